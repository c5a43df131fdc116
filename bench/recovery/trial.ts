/** What a trial measured, ms. */
export interface Trial {
  readonly value: number
  /** The longest time without an acknowledged input, where that is measured: the part of the value that no application can avoid. */
  readonly inputs?: number
}
