import type { Row } from '../../../stores/index.ts'

/** Most bytes of rows of one commit that may precede it: what is above is written before it, in commits of so much, that none takes too long. */
const mostAhead = 8 * 1024 * 1024

/** The rows in their order, in parts of at most `mostAhead` bytes. */
export function inParts(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = []
  let room = 0
  for (const row of rows) {
    const bytes = row.key.length + (row.value?.length ?? 0)
    if (bytes > room) {
      parts.push([])
      room = mostAhead
    }
    parts.at(-1)?.push(row)
    room -= bytes
  }
  return parts
}
