/** A column's or field's name without what people write differently: case, spaces, underscores. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_]+/g, '')
}
