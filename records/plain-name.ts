/** A column's or field's name without what people write differently: case, spaces, underscores, and how accents are encoded. */
export function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_]+/g, '')
}

/** Of a name only what converters leave of it: letters and digits. They write `income ($)` as `income____`. */
export function bareName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}
