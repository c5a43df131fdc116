import type { ModelOutput, OutputColumn } from '../model.ts'

/** How far numbers may be from each other, as a part of the largest of their output: rows together go through other kernels than a row alone. */
const tolerance = 1e-4

/** Whether two lists of values are the same but for what kernels differ in. */
export function alike(a: readonly unknown[], b: readonly unknown[], scale = largest([a, b])): boolean {
  return a.length === b.length && a.every((value, at) => same(value, b[at], scale))
}

function same(a: unknown, b: unknown, scale: number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * scale
  return a === b
}

function largest(lists: readonly (readonly unknown[])[]): number {
  let most = 0
  for (const list of lists) for (const value of list) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value as number))
  return most
}

/** Comparisons that tell something, and batches, after which a model is believed. */
const enough = 24
const mostBatches = 12
const rowsABatch = 4

/**
 * Holds the first batches that a model scores against some of their rows alone: what no graph tells, such as an operator that is not known or a
 * server's own, comes to light there. A batch whose rows all have the same outputs tells nothing.
 */
export class RowCheck {
  readonly #fractions: readonly boolean[]
  #comparisons = 0
  #batches = 0

  constructor(outputs: readonly ModelOutput[]) {
    this.#fractions = outputs.map(({ type }) => type.startsWith('float'))
  }

  /** Whether a batch of so many rows need not be looked at. The very first is, whatever its size: an output may only seem to have a row for each. */
  believes(length: number): boolean {
    return this.#comparisons >= enough || this.#batches >= mostBatches || (length < 2 && this.#batches > 0)
  }

  /** Of so many rows those that are looked at. */
  rowsOf(length: number): readonly number[] {
    const step = Math.max(1, (length - 1) / (rowsABatch - 1))
    return [...new Set(Array.from({ length: Math.min(rowsABatch, length) }, (_, at) => Math.min(length - 1, Math.round(at * step))))]
  }

  /** Whether the rows have in the batch what they have alone, each in `alone` as an only row. */
  agrees(batch: readonly OutputColumn[], rows: readonly number[], alone: readonly (readonly OutputColumn[])[]): boolean {
    this.#batches++
    let differ = false
    for (const [at, column] of batch.entries()) {
      const together = rows.map(row => valuesOf(column, row))
      const singly = alone.map(columns => valuesOf(columns[at] as OutputColumn, 0))
      // Whole numbers and text are the same or not.
      const scale = this.#fractions[at] === true ? largest([...together, ...singly]) : 0
      if (together.some((values, row) => !alike(values, singly[row] as readonly unknown[], scale))) return false
      differ ||= together.some(values => !alike(values, together[0] as readonly unknown[], scale))
    }
    if (differ) this.#comparisons += rows.length
    return true
  }
}

function valuesOf({ values, width }: OutputColumn, row: number): readonly unknown[] {
  return Array.from({ length: width }, (_, at) => values[row * width + at])
}
