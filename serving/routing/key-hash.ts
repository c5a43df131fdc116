/** Offset basis and prime of FNV-1a, 32 bits. */
const basis = 0x811c9dc5
const prime = 0x01000193

/** The hash of a record's key for `KeyBuckets.at`; undefined for a record without a key, which belongs to no bucket. */
export function keyHash(key: Uint8Array | null): number | undefined {
  if (key === null) return undefined
  let hash = basis
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ (key[at] as number), prime)
  // As a signed number of 32 bits, which V8 never boxes.
  return mixed(hash) | 0
}

/** The hash of a text field: that of its UTF-8 bytes, so that it is the same as that of a key with this text. */
export function textHash(text: string): number {
  let hash = basis
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) hash = Math.imul(hash ^ unit, prime)
    else {
      const point = pointAt(text, at)
      if (point > 0xffff) at++
      hash = wide(hash, point)
    }
  }
  return mixed(hash) | 0
}

/** The hash of a number field: that of the text that JavaScript writes it as. */
export function numberHash(value: number): number {
  return textHash(String(value))
}

/** The code point at a place; U+FFFD for half of a pair, as the UTF-8 encoder has it. */
function pointAt(text: string, at: number): number {
  const point = text.codePointAt(at) as number
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
}

/** Adds the two, three or four UTF-8 bytes of a code point. */
function wide(hash: number, point: number): number {
  if (point < 0x800) return trailing(Math.imul(hash ^ (0xc0 | (point >>> 6)), prime), point, 1)
  if (point < 0x10000) return trailing(Math.imul(hash ^ (0xe0 | (point >>> 12)), prime), point, 2)
  return trailing(Math.imul(hash ^ (0xf0 | (point >>> 18)), prime), point, 3)
}

function trailing(hash: number, point: number, count: number): number {
  let sum = hash
  for (let left = count - 1; left >= 0; left--) sum = Math.imul(sum ^ (0x80 | ((point >>> (6 * left)) & 0x3f)), prime)
  return sum
}

/** The finalizer of murmur3: each bit of the argument changes half of the bits of the result. A bijection of 32 bits. */
export function mixed(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
