/** A straight line through points, by least squares. */
export interface LineFit {
  /** Per unit of x. */
  readonly slope: number
  /** The standard error of the slope. */
  readonly error: number
  readonly mean: number
}

/** At least three points, of different x. The errors are taken for independent: smooth what is not beforehand. */
export function lineFit(points: readonly (readonly [x: number, y: number])[]): LineFit {
  const count = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / count
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - mean), 0) / spread
  const left = points.reduce((sum, [x, y]) => sum + (y - mean - slope * (x - meanX)) ** 2, 0)
  return { slope, error: Math.sqrt(left / (count - 2) / spread), mean }
}
