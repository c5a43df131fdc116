/** The median of the values: of an even number, the mean of the two middle ones; NaN if there are none. Sorts the array. */
export function medianOf(values: number[]): number {
  values.sort((a, b) => a - b)
  const middle = values.length >> 1
  const upper = values[middle] ?? NaN
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? NaN) + upper) / 2
}

/** The weighted median: the smallest value at which the weights, summed in ascending order of values, reach half of their total. */
export function weightedMedianOf(values: readonly { readonly value: number; readonly weight: number }[]): number {
  const sorted = [...values].sort((a, b) => a.value - b.value)
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2
  let reached = 0
  return sorted.find(({ weight }) => (reached += weight) >= half)?.value ?? NaN
}

/** The largest of the shares, or their median: of an even number, the mean of the two middle ones. */
export function chosenShare(shares: readonly number[], method: 'max' | 'median'): number {
  const sorted = [...shares].sort((a, b) => a - b)
  if (method === 'max') return sorted.at(-1) ?? NaN
  const lower = sorted[(sorted.length - 1) >> 1] ?? NaN
  return lower + 0.5 * ((sorted[sorted.length >> 1] ?? NaN) - lower)
}
