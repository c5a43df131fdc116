import { crc32 } from 'node:zlib'

const LONG = 256

/**
 * The number of rows and the XOR of their hashes: detects lost, stale and changed rows, independent of their order.
 * It is updated row by row, so that a checkpoint needs no scan.
 */
export class RowDigest {
  count: number
  hash: number

  constructor(count = 0, hash = 0) {
    this.count = count
    this.hash = hash
  }

  add(key: Uint8Array, value: Uint8Array): void {
    this.count++
    this.hash = (this.hash ^ rowHash(key, value)) >>> 0
  }

  remove(key: Uint8Array, value: Uint8Array): void {
    this.count--
    this.hash = (this.hash ^ rowHash(key, value)) >>> 0
  }

  equals(other: RowDigest): boolean {
    return this.count === other.count && this.hash === other.hash
  }
}

/** The last mixing steps are not linear: with a plain CRC, the same change in two rows would cancel out. */
function rowHash(key: Uint8Array, value: Uint8Array): number {
  let hash = fold(value, fold(key, 0x811c9dc5) ^ key.length)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** FNV-1a for short bytes, where a native call costs more than the loop; CRC-32 for long ones. */
function fold(bytes: Uint8Array, seed: number): number {
  if (bytes.length > LONG) return crc32(bytes, seed >>> 0)
  let hash = seed
  // Not for…of: this runs over every byte of a store when it opens, and an iterator takes twice as long.
  // oxlint-disable-next-line typescript/prefer-for-of
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return hash
}
