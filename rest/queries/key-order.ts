import type { QueriedEntry } from '../../topology/index.ts'

/** Compares texts by their UTF-8 bytes, as stores order them; `<` compares UTF-16 units, which sorts characters beyond U+FFFF too early. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Compares entries in the order of their store: by `order` if both have it, otherwise by key. */
export function compareEntries(a: QueriedEntry, b: QueriedEntry): number {
  if (a.order === undefined || b.order === undefined) return compareKeys(a.key, b.key)
  return a.order < b.order ? -1 : a.order > b.order ? 1 : 0
}

/** Surrogates rank above all other units, because they encode characters beyond U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
