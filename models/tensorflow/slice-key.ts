import type { TensorSlice } from './graph/index.ts'

/**
 * The key under which a part of a variable lies in the index: 0, the name, and the part's extents, in an encoding whose bytes sort like its
 * values. One byte a character, like the index's keys.
 */
export function sliceKey(name: string, { extent = [] }: TensorSlice): string {
  const escaped = Buffer.from(name, 'utf8')
    .toString('latin1')
    .replaceAll(/[\0\xff]/g, char => (char === '\0' ? '\0\xff' : '\xff\0'))
  const extents = extent.map(({ start, length }) => {
    // Without a length it is the whole dimension, which is written as -1.
    const count = length === undefined || Number(length) === 0 ? -1 : Number(length)
    return signed(count === -1 ? 0 : Number(start ?? 0)) + signed(count)
  })
  return unsigned(0) + escaped + '\0\x01' + unsigned(extent.length) + extents.join('')
}

/** How many bytes, then the bytes, the highest first. */
function unsigned(value: number): string {
  const bytes = bigEndian(value, 0)
  return String.fromCharCode(bytes.length, ...bytes)
}

/** One byte from -64 to 63; each further byte has seven bits more, and the first one's leading bits say how many there are. */
function signed(value: number): string {
  if (value >= -64 && value < 64) return String.fromCharCode((value & 0xff) ^ 0x80)
  let count = 2
  while (value >= 2 ** (7 * count - 1)) count++
  const bytes = bigEndian(value, count)
  bytes[0] = (bytes[0] as number) ^ ((0xff << (8 - count)) & 0xff)
  return String.fromCharCode(...bytes)
}

function bigEndian(value: number, least: number): number[] {
  const bytes: number[] = []
  for (let rest = value; rest > 0 || bytes.length < least; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return bytes
}
