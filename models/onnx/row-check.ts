import type { ModelOutput, OutputColumn } from '../model.ts'

/** The allowed difference, relative to the output's largest number: batches use other kernels than a single row. */
const tolerance = 1e-4

/** Whether two lists of values are the same except for differences between kernels. */
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

/** The number of meaningful comparisons, and of batches, after which checking ends. */
const enough = 24
const mostBatches = 12
const rowsABatch = 4

/**
 * Compares the first batches that a model scores with some of their rows scored alone. This finds what the graph does not show, such as unknown
 * operators that mix records. A batch whose rows all have the same outputs proves nothing.
 */
export class RowCheck {
  readonly #fractions: readonly boolean[]
  #comparisons = 0
  #batches = 0

  constructor(outputs: readonly ModelOutput[]) {
    this.#fractions = outputs.map(({ type }) => type.startsWith('float'))
  }

  /** Whether a batch of this many rows needs no check. The very first is checked whatever its size: an output may only seem to have a row for each record. */
  believes(length: number): boolean {
    return this.#comparisons >= enough || this.#batches >= mostBatches || (length < 2 && this.#batches > 0)
  }

  /** The rows to check, of this many. */
  rowsOf(length: number): readonly number[] {
    const step = Math.max(1, (length - 1) / (rowsABatch - 1))
    return [...new Set(Array.from({ length: Math.min(rowsABatch, length) }, (_, at) => Math.min(length - 1, Math.round(at * step))))]
  }

  /** Whether the rows have the same results in the batch as alone; `alone` has one batch of one row for each. */
  agrees(batch: readonly OutputColumn[], rows: readonly number[], alone: readonly (readonly OutputColumn[])[]): boolean {
    this.#batches++
    let differ = false
    for (const [at, column] of batch.entries()) {
      const together = rows.map(row => valuesOf(column, row))
      const singly = alone.map(columns => valuesOf(columns[at] as OutputColumn, 0))
      // Integers and text must be equal.
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
