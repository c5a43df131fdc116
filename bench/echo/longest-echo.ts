/** A stretch of time, epoch ms. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The longest echo of those that were under way at the same time. `echoes`: in the order of their beginnings. */
export function longestEcho(echoes: readonly Span[], { from, to }: Span): number {
  let longest = 0
  for (let at = firstAfter(echoes, to) - 1; at >= 0; at--) {
    const echo = echoes[at] as Span
    // Echoes are far shorter than this, and begin one after the other.
    if (echo.from < from - 10_000) break
    if (echo.to >= from) longest = Math.max(longest, echo.to - echo.from)
  }
  return longest
}

function firstAfter(echoes: readonly Span[], time: number): number {
  let [low, high] = [0, echoes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((echoes[middle] as Span).from > time) high = middle
    else low = middle + 1
  }
  return low
}
