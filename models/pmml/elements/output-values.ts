import { type Row, evaluate, giveUp } from '../expressions/index.ts'
import type { Evaluator } from '../contract/index.ts'
import type { CompiledOutput, FromSegment, OutputSource, TextSource } from './compiled-output.ts'
import { type DataType, castValue } from '../document/index.ts'

/** The result of a model, from which outputs are taken. */
export interface Prediction {
  readonly evaluator: Evaluator
  /** NaN if there is no result. */
  readonly value: number
  readonly type: DataType
  readonly found: boolean
}

/** Writes the output's value to its slot; NaN if there is none. Ends the row's scoring if the value cannot be converted to the output's type. */
export function setOutput(output: CompiledOutput, whole: Prediction, row: Row): void {
  const { source, type, segment } = output
  const { symbols } = row
  const given = segment === undefined ? whole : segmentPrediction(whole, segment)
  let value: number
  let from: DataType
  if (source.feature === 'transformedValue') {
    value = evaluate(source.expression, row)
    from = source.expression.type
  } else if (given === undefined || !given.found) {
    value = NaN
    from = type
  } else if (source.feature === 'predictedValue') {
    value = given.value
    from = given.type
  } else if (source.feature === 'predictedDisplayValue') {
    const display = source.displays.get(given.value)
    value = display !== undefined || source.named ? (display ?? NaN) : castValue(given.type, 'string', { value: given.value, symbols })
    from = 'string'
  } else if (source.feature === 'residual') {
    value = residual(source, given, row)
    from = 'double'
  } else if (isText(source)) {
    const text = textOf(source, given.evaluator)
    value = text === undefined ? NaN : symbols.codeOf(text)
    from = 'string'
  } else {
    value = numberOf(source, given.evaluator)
    from = 'double'
  }
  const cast = from === type ? value : castValue(from, type, { value, symbols })
  row.values[output.slot] = Number.isNaN(cast) && !Number.isNaN(value) ? giveUp() : cast
}

function segmentPrediction({ evaluator: { details } }: Prediction, { indices, type, ifResult }: FromSegment): Prediction | undefined {
  for (const index of indices) {
    const result = ifResult && details?.chosen?.(index) === undefined ? undefined : details?.segment?.(index)
    if (result !== undefined) return { evaluator: result.evaluator, value: result.value, type, found: true }
  }
  return undefined
}

function isText(source: OutputSource): source is TextSource {
  return (
    source.feature === 'entityId' ||
    source.feature === 'reasonCode' ||
    source.feature === 'ruleValue' ||
    source.feature === 'warning' ||
    source.feature === 'x-report'
  )
}

function textOf(source: TextSource, { details }: Evaluator): string | undefined {
  if (source.feature === 'ruleValue') return details?.rule?.(source.rank, source.attribute)
  if (source.feature === 'entityId') return details?.entity?.(source.rank)
  return source.feature === 'reasonCode' ? details?.reasonCode?.(source.rank) : undefined
}

function numberOf(source: OutputSource, evaluator: Evaluator): number {
  if (source.feature === 'affinity') return evaluator.details?.affinity?.(source.rank, source.entity) ?? NaN
  if (source.feature !== 'probability' && source.feature !== 'confidence') return NaN
  const index = source.classIndex < 0 ? evaluator.value : source.classIndex
  const confidence = source.feature === 'confidence' ? evaluator.details?.confidence?.(index) : undefined
  return confidence ?? evaluator.probabilities[index] ?? (index >= 0 && evaluator.probabilities.length > 0 ? 0 : NaN)
}

/**
 * The record's value minus the prediction. For classes: 1 (0 if the prediction is not the record's class) minus the probability of the predicted
 * class.
 */
function residual({ slot, isClass }: Extract<OutputSource, { feature: 'residual' }>, { evaluator, value }: Prediction, row: Row): number {
  const expected = slot < 0 ? NaN : row.read(slot)
  if (Number.isNaN(expected)) return NaN
  if (!isClass) return expected - value
  return (expected === value ? 1 : 0) - (evaluator.probabilities[evaluator.value] ?? NaN)
}
