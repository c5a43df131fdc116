import { gunzipSync } from 'node:zlib'
import { asBuffer } from '../records/index.ts'

const zipFile = 0x04034b50
const zipEntry = 0x02014b50
const zipEnd = 0x06054b50
/** How far before the end of a zip its end record may begin: a comment of at most 64 KB may follow it. */
const zipEndReach = 22 + 65_535
const tarBlock = 512
/** How much of a compressed archive is inflated to find the names of its files, bytes. */
const peekedBytes = 256 * 1024 * 1024

/** Whether the bytes are a zip, a tar or a gzip'd tar, by their first bytes; never throws. */
export function isArchive(bytes: Uint8Array): boolean {
  return isZip(bytes) || isTar(bytes) || (isGzip(bytes) && isTar(inflateStart(bytes, tarBlock)))
}

/** Whether the bytes begin like something that would have to be unpacked. Nothing is. */
export function isPacked(bytes: Uint8Array): boolean {
  return isZip(bytes) || isGzip(bytes) || isTar(bytes)
}

/** Whether the bytes begin like a zip that has files. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length > 22 && asBuffer(bytes).readUInt32LE(0) === zipFile
}

/** Whether the bytes begin like gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 18 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8
}

/** Whether the first block is a tar header with a correct checksum. */
export function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < tarBlock) return false
  const header = asBuffer(bytes).subarray(0, tarBlock)
  const stated = octal(header, 148, 8)
  let sum = 8 * 32
  for (let at = 0; at < tarBlock; at++) if (at < 148 || at >= 156) sum += header[at] as number
  return stated === sum
}

/**
 * The names of an archive's files, read quickly from its headers: enough to recognize the kind of model. Nothing is verified, and a damaged
 * archive gives fewer names. Never throws.
 */
export function archiveNames(bytes: Uint8Array): string[] {
  if (isZip(bytes)) return zipNames(asBuffer(bytes))
  if (isTar(bytes)) return tarNames(asBuffer(bytes))
  if (!isArchive(bytes)) return []
  return tarNames(inflateStart(bytes, peekedBytes))
}

function zipNames(bytes: Buffer): string[] {
  const names: string[] = []
  let end = bytes.length - 22
  const first = Math.max(0, bytes.length - zipEndReach)
  while (end >= first && bytes.readUInt32LE(end) !== zipEnd) end--
  if (end < first) return names
  let at = bytes.readUInt32LE(end + 16)
  while (at + 46 <= end && bytes.readUInt32LE(at) === zipEntry) {
    const nameLength = bytes.readUInt16LE(at + 28)
    names.push(bytes.toString('utf8', at + 46, at + 46 + nameLength))
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return names
}

function tarNames(bytes: Buffer): string[] {
  const names: string[] = []
  for (let at = 0; at + tarBlock <= bytes.length && isTar(bytes.subarray(at, at + tarBlock));) {
    const size = octal(bytes, at + 124, 12)
    const kind = bytes[at + 156] as number
    if (kind === 0 || kind === 0x30) {
      const prefix = bytes.toString('latin1', at + 257, at + 263) === 'ustar\0' ? text(bytes, at + 345, 155) : ''
      names.push(prefix === '' ? text(bytes, at, 100) : `${prefix}/${text(bytes, at, 100)}`)
    }
    if (!Number.isFinite(size)) break
    at += tarBlock + Math.ceil(size / tarBlock) * tarBlock
  }
  return names
}

/** The inflated beginning, up to a limit; of damaged bytes, what can be inflated. */
function inflateStart(bytes: Uint8Array, limit: number): Buffer {
  try {
    // A block of a few KB holds the first header; the stream may be incomplete.
    const source = limit <= tarBlock ? bytes.subarray(0, 4096) : bytes
    return gunzipSync(source, { finishFlush: 2, maxOutputLength: Math.max(limit, 8 * 1024 * 1024) })
  } catch {
    return Buffer.alloc(0)
  }
}

function text(bytes: Buffer, at: number, length: number): string {
  const field = bytes.toString('utf8', at, at + length)
  const end = field.indexOf('\0')
  return end < 0 ? field : field.slice(0, end)
}

/** NaN if the field is not an octal number. */
function octal(bytes: Buffer, at: number, length: number): number {
  const digits = text(bytes, at, length).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN
}
