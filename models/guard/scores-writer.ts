import type { OutputColumn } from '../model.ts'
import type { FrameWriter } from './frame-writer.ts'
import { type NumberArray, numberArrayName } from './number-arrays.ts'
import type { PlainScores } from './plain-scores.ts'
import { type HeadOutput, mostTextLength, mostTexts, type ScoresHead, scoresParts } from './scores-head.ts'

/** Writes the results of a model as numbers, and what they have in common once. */
export class ScoresWriter {
  #outputs: readonly HeadOutput[] | undefined
  readonly #places = new Map<string, number>()
  /** So many of the texts were written. */
  #told = 0

  /** Whether the result can be written so: its values are arrays of numbers, or few short texts, and no array is too short. To be asked before it is. */
  takes({ length, score, labels, noResult, blank, outputs }: PlainScores): boolean {
    if (![score, labels, noResult, blank].every(values => isAtLeast(values, length))) return false
    for (const column of outputs) {
      const { kind, width, values } = column
      if (!isAtLeast(values, length * width) || (kind === 'number' && !isAtLeast(column.exact, length * width))) return false
      if (kind === 'text' ? !this.#learns(values) : numberArrayName(values) === undefined) return false
    }
    return labels === undefined || this.#learns(labels)
  }

  write(writer: FrameWriter, { length, score, labels, noResult, blank, outputs }: PlainScores): void {
    const head = this.#newHead(outputs)
    const part = (has: unknown, bit: number): number => (has === undefined ? 0 : bit)
    const { labels: isLabels, noResult: isNoResult, blank: isBlank, head: isHead } = scoresParts
    writer.whole(length)
    writer.whole(part(head, isHead) | part(labels, isLabels) | part(noResult, isNoResult) | part(blank, isBlank))
    if (head !== undefined) writer.value(head)
    writer.numbers(score.subarray(0, length))
    for (const column of outputs) {
      const count = length * column.width
      if (column.kind === 'text') writer.numbers(this.#placesOf(column.values, count))
      else {
        writer.numbers((column.values as NumberArray).subarray(0, count))
        if (column.exact !== undefined) writer.numbers(column.exact.subarray(0, count))
      }
    }
    if (labels !== undefined) writer.numbers(this.#placesOf(labels, length))
    if (noResult !== undefined) writer.numbers(noResult.subarray(0, length))
    if (blank !== undefined) writer.numbers(blank.subarray(0, length))
  }

  /** undefined: the last one holds. */
  #newHead(outputs: readonly OutputColumn[]): ScoresHead | undefined {
    const last = this.#outputs
    const holds = last?.length === outputs.length && outputs.every((column, at) => isSame(column, last[at] as HeadOutput))
    if (holds && this.#told === this.#places.size) return undefined
    this.#outputs = outputs.map(headOutput)
    this.#told = this.#places.size
    return { outputs: this.#outputs, texts: [...this.#places.keys()] }
  }

  #learns(texts: readonly string[]): boolean {
    for (const text of texts) {
      if (this.#places.has(text)) continue
      if (this.#places.size === mostTexts || text.length > mostTextLength) return false
      this.#places.set(text, this.#places.size)
    }
    return true
  }

  #placesOf(texts: readonly string[], count: number): Uint32Array {
    const places = new Uint32Array(count)
    for (let at = 0; at < count; at++) places[at] = this.#places.get(texts[at] as string) as number
    return places
  }
}

function isAtLeast(values: ArrayLike<unknown> | undefined, count: number): boolean {
  return values === undefined || values.length >= count
}

function headOutput(column: OutputColumn): HeadOutput {
  const { name, width, shape } = column
  if (column.kind === 'text') return { name, width, shape, values: 'texts', exact: undefined }
  return { name, width, shape, values: numberArrayName(column.values) ?? 'texts', exact: numberArrayName(column.exact) }
}

function isSame(column: OutputColumn, { name, width, shape, values, exact }: HeadOutput): boolean {
  if (column.name !== name || column.width !== width || !areEqual(column.shape, shape)) return false
  if (column.kind === 'text') return values === 'texts'
  return numberArrayName(column.values) === values && numberArrayName(column.exact) === exact
}

function areEqual(one: readonly number[] | undefined, other: readonly number[] | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.length === other.length && one.every((dim, at) => dim === other[at])
}
