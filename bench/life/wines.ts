import { createHash } from 'node:crypto'
import { linearOnnx, makeWines, networkOnnx, qualities, uniformNumbers, wineFields } from '../../examples/wine/index.ts'
import { defaultModelFactory } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { ColumnBatch, wineRecordReader } from '../../records/index.ts'

/** Different rows, each with an alcohol of its own: by that it is known. */
export const rowCount = 1000
const lowestAlcohol = 8
const alcoholStep = 1 / 128

const rows = makeWines(rowCount, 7).map(({ features }, row) =>
  Object.fromEntries(wineFields.map((name, field) => [name, name === 'alcohol' ? lowestAlcohol + row * alcoholStep : features[field]])),
)

/** Row `at`, counted round, as the value of a data record. */
export function wineValue(dataType: string, at: number): Uint8Array {
  return sluice.WineRecord.encode({ ...rows[at % rowCount], dataType }).finish()
}

/** The row of a data record, and its data type. */
export function rowOf(value: Uint8Array): { readonly row: number; readonly dataType: string } {
  const { alcohol, dataType } = sluice.WineRecord.decode(value)
  return { row: Math.round((alcohol - lowestAlcohol) / alcoholStep), dataType }
}

const scaling = { mean: wineFields.map(() => 1), deviation: wineFields.map(() => 2) }
const hidden = 12

/** A model of small weights, another one for each number: of three one is a network, and two are linear. */
export function modelOf(number: number): Uint8Array {
  const uniform = uniformNumbers(number + 1)
  const weights = (count: number): readonly number[] => Array.from({ length: count }, () => uniform() - 0.5)
  if (number % 3 !== 0) return linearOnnx({ ...scaling, weights: weights(wineFields.length), bias: number })
  return networkOnnx({
    ...scaling,
    hidden,
    weights1: weights(wineFields.length * hidden),
    bias1: weights(hidden),
    weights2: weights(hidden * qualities.length),
    bias2: weights(qualities.length),
  })
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What the model gives for each row, without the stream. */
export async function scoresOf(bytes: Uint8Array): Promise<Float64Array> {
  const reader = wineRecordReader()
  const batch = new ColumnBatch(reader.specs, rowCount)
  for (let row = 0; row < rowCount; row++) reader.read(wineValue('', row), batch, row)
  batch.length = rowCount
  const model = await defaultModelFactory().load({ bytes, format: undefined, output: undefined })
  try {
    return Float64Array.from((await model.score(batch)).score)
  } finally {
    await model.dispose()
  }
}
