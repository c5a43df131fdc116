import { SluiceError } from '../../base/index.ts'
import { joinColumns } from '../join-columns.ts'
import type { ModelOutput, OutputColumn, Scores } from '../model.ts'

export type PlainScores = Scores

/** Scores as data for another process: one typed array for each output. */
export function plainScores({ length, score, labels, noResult, blank, outputs }: Scores): PlainScores {
  const plain = { length, score, labels: labels && [...labels], noResult, outputs: outputs.map(plainColumn) }
  return blank === undefined ? plain : { ...plain, blank }
}

function plainColumn(column: OutputColumn): OutputColumn {
  if (column.kind === 'text' || ArrayBuffer.isView(column.values)) return column
  return { ...column, values: Float64Array.from(column.values) }
}

/** The scores of several runs, in their order. */
export function joinScores(parts: readonly Scores[]): Scores {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const flags = (of: (part: Scores) => Uint8Array | undefined): Uint8Array | undefined => {
    if (parts.every(part => of(part) === undefined)) return undefined
    return Uint8Array.from(parts.flatMap(part => [...(of(part) ?? new Uint8Array(part.length))]))
  }
  const blank = parts.some(part => part.blank !== undefined) ? flags(part => part.blank ?? part.noResult) : undefined
  return {
    length,
    score: Float64Array.from(parts.flatMap(part => [...part.score])),
    labels: parts.some(part => part.labels === undefined) ? undefined : parts.flatMap(part => [...(part.labels ?? [])]),
    noResult: flags(part => part.noResult),
    ...(blank === undefined ? {} : { blank }),
    outputs: joinColumns(parts.map(part => [...part.outputs])),
  }
}

/**
 * Scores that another process has sent, if they are what a model of these outputs gives for so many rows. A model may have taken its process over:
 * nothing that it sends is used before it was looked at. Throws SluiceError MODEL_FAILED.
 */
export function checkedScores(given: unknown, outputs: readonly ModelOutput[], rows: number): Scores {
  const scores = given as Scores
  const flags = (value: unknown): boolean => value === undefined || (value instanceof Uint8Array && value.length >= rows)
  const sound =
    isObject(given) &&
    scores.length === rows &&
    scores.score instanceof Float64Array &&
    scores.score.length >= rows &&
    (scores.labels === undefined || (Array.isArray(scores.labels) && areTexts(scores.labels, rows))) &&
    flags(scores.noResult) &&
    flags(scores.blank) &&
    Array.isArray(scores.outputs) &&
    scores.outputs.length === outputs.length &&
    scores.outputs.every((column, at) => isColumn(column, (outputs[at] as ModelOutput).name, rows))
  if (sound) return scores
  throw new SluiceError('MODEL_FAILED', `the model's process answered with something that is no result for ${rows} records`)
}

function isColumn(column: unknown, name: string, rows: number): boolean {
  if (!isObject(column)) return false
  const { kind, width, shape, values, exact } = column as Partial<Record<keyof Extract<OutputColumn, { kind: 'number' }>, unknown>>
  if ((column as { name?: unknown }).name !== name || !Number.isSafeInteger(width) || (width as number) < 0) return false
  const count = rows * (width as number)
  if (shape !== undefined && !(Array.isArray(shape) && shape.every(dim => Number.isSafeInteger(dim) && dim >= 0))) return false
  if (kind === 'text') return Array.isArray(values) && areTexts(values, count)
  const whole = exact === undefined || ((exact instanceof BigInt64Array || exact instanceof BigUint64Array) && exact.length >= count)
  const other = values instanceof DataView || values instanceof BigInt64Array || values instanceof BigUint64Array
  const numbers = (ArrayBuffer.isView(values) && !other) || (Array.isArray(values) && values.length === 0)
  return kind === 'number' && whole && numbers && (values as ArrayLike<unknown>).length >= count
}

/** Whether the first `count` values are texts. Others are not looked at: an array may be of any length without having anything in it. */
function areTexts(values: readonly unknown[], count: number): boolean {
  for (let at = 0; at < count; at++) if (typeof values[at] !== 'string') return false
  return true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
