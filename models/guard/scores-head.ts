import type { OutputColumn } from '../model.ts'
import type { NumberArrayName } from './number-arrays.ts'

/**
 * What is mostly the same in the results of all batches of a model. It is written with the first of them and whenever it has changed; otherwise a result is numbers alone. A text is written
 * as the number of its place among the texts.
 */
export interface ScoresHead {
  readonly outputs: readonly HeadOutput[]
  /** All that came in a result. */
  readonly texts: readonly string[]
}

/** An output without its values. */
export interface HeadOutput extends Pick<OutputColumn, 'name' | 'width' | 'shape'> {
  /** What its values are. */
  readonly values: NumberArrayName | 'texts'
  /** What its exact values are; undefined: there are none. */
  readonly exact: NumberArrayName | undefined
}

/** What a result has beside its scores and outputs, as bits. */
export const scoresParts = { head: 1, labels: 2, noResult: 4, blank: 8 } as const

/** The most texts of a head, and the most characters of each: a model that gives more, or longer ones, does not name classes. */
export const mostTexts = 1024
export const mostTextLength = 256
