/** A column's or field's name without what people write differently: case, spaces, underscores. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_]+/g, '')
}

/** Of a name only what converters leave of it: letters and digits. They write `income ($)` as `income____`. */
export function bareName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}
