/** Writes a whole number from 0 to 2⁵³ as an unsigned varint (base 128, least significant group first). Returns the offset after it. */
export function putVarint(buffer: Uint8Array, at: number, value: number): number {
  let next = at
  let rest = value
  while (rest >= 0x80) {
    buffer[next++] = (rest % 0x80) | 0x80
    rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 0x80)
  }
  buffer[next++] = rest
  return next
}

/** Bytes of such a varint. */
export function unsignedVarintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}
