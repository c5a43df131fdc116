import type { Mend } from './mend.ts'

const castagnoli = 0x82f63b78
/** Eight tables of 256 values: table k has the checksum of each byte followed by k zero bytes. */
const tables = makeTables()

/** The CRC-32C as an unsigned number, computed eight bytes at a time. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const t = tables
  let crc = -1
  let at = start
  for (const whole = start + ((end - start) & ~7); at < whole; at += 8) {
    const low = crc ^ (byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24))
    crc =
      byte32(t, 0x700 | (low & 0xff)) ^
      byte32(t, 0x600 | ((low >>> 8) & 0xff)) ^
      byte32(t, 0x500 | ((low >>> 16) & 0xff)) ^
      byte32(t, 0x400 | (low >>> 24)) ^
      byte32(t, 0x300 | byte(bytes, at + 4)) ^
      byte32(t, 0x200 | byte(bytes, at + 5)) ^
      byte32(t, 0x100 | byte(bytes, at + 6)) ^
      byte32(t, byte(bytes, at + 7))
  }
  for (; at < end; at++) crc = byte32(t, (crc ^ byte(bytes, at)) & 0xff) ^ (crc >>> 8)
  return ~crc >>> 0
}

function makeTables(): Int32Array {
  const all = new Int32Array(8 * 256)
  for (let value = 0; value < 256; value++) {
    let crc = value
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ castagnoli : crc >>> 1
    all[value] = crc
  }
  for (let at = 256; at < all.length; at++) {
    const before = byte32(all, at - 256)
    all[at] = (before >>> 8) ^ byte32(all, before & 0xff)
  }
  return all
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function byte32(table: Int32Array, at: number): number {
  return table[at] as number
}

/** kafkajs computes the checksum of all produced bytes one byte at a time. */
export const crc32cMend: Mend = {
  defect: 'slow crc32c',
  apply: modules => modules.replace('src/protocol/recordBatch/crc32C/index.js', (bytes: Uint8Array) => crc32c(bytes)),
}
