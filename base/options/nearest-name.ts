/**
 * The name that was probably meant; undefined: none is similar. Case, blanks and the separators `-`, `_` and `.` are ignored, so that
 * `commit.interval.ms` equals `commitIntervalMs`. One letter in three may be wrong, missing, added or swapped with its neighbour.
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const meant = plain(name)
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(meant.length / 3)) + 1
  for (const candidate of names) {
    const other = plain(candidate)
    if (Math.abs(other.length - meant.length) >= least) continue
    const found = distance(meant, other)
    if (found < least) [nearest, least] = [candidate, found]
  }
  return nearest
}

function plain(name: string): string {
  return name
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[-_.\s]/g, '')
}

/** Single-letter edits from one text to the other: insertions, deletions, substitutions, swaps of neighbours. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let at = 1; at <= to.length; at++) {
      const same = from[row - 1] === to[at - 1]
      let edits = Math.min(last[at]! + 1, current[at - 1]! + 1, last[at - 1]! + (same ? 0 : 1))
      if (row > 1 && at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1]) edits = Math.min(edits, before[at - 2]! + 1)
      current.push(edits)
    }
    ;[before, last] = [last, current]
  }
  return last[to.length]!
}
