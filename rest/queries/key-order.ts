import type { QueriedEntry } from '../../topology/index.ts'

/** Orders texts as their UTF-8 bytes, which is how stores order them; `<` would put some characters beyond U+FFFF too early. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** As the store that gave them orders them. */
export function compareEntries(a: QueriedEntry, b: QueriedEntry): number {
  if (a.order === undefined || b.order === undefined) return compareKeys(a.key, b.key)
  return a.order < b.order ? -1 : a.order > b.order ? 1 : 0
}

/** Half of a surrogate pair stands for a character beyond all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
