/** A name in lower case, without spaces and underscores, with accents in composed form. */
export function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_]+/g, '')
}

/** A name in lower case with only its letters and digits, because model converters replace the rest: `income ($)` becomes `income____`. */
export function bareName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}
