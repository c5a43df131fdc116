import { readFileSync } from 'node:fs'
import { ColumnBatch, defaultModelFactory, messages, modelRecord, wineRecordReader } from '../../serving.ts'
import { makeWines, wineFields } from '../wine/index.ts'

export const topics = { models: 'models', data: 'data', results: 'results' } as const
export const dataTypes = ['red', 'white'] as const
export type DataType = (typeof dataTypes)[number]

const files = { linear: 'wine-linear.onnx', network: 'wine-mlp.onnx' } as const
export type ModelName = keyof typeof files
export const modelNames = Object.keys(files) as readonly ModelName[]

/** A model that is published for a data type. */
export interface PublishedModel {
  readonly dataType: DataType
  readonly name: ModelName
}

/** Models that are published, and the rows that are sent once they are in force. */
export interface Phase {
  readonly models: readonly PublishedModel[]
  /** The first row, and the one after the last. */
  readonly rows: readonly [from: number, to: number]
}

/** The recorded input of every architecture: no model yet, then a first one each, then two that replace them one after the other. */
export const phases: readonly Phase[] = [
  { models: [], rows: [0, 10] },
  { models: dataTypes.map(dataType => ({ dataType, name: 'linear' })), rows: [10, 70] },
  { models: [{ dataType: 'red', name: 'network' }], rows: [70, 130] },
  {
    models: [
      { dataType: 'white', name: 'network' },
      { dataType: 'red', name: 'linear' },
    ],
    rows: [130, 190],
  },
]

const rowCount = phases.at(-1)!.rows[1]
const wines = makeWines(rowCount, 7)

export const typeOf = (row: number): DataType => (row % 3 === 0 ? 'white' : 'red')

/** A row as the value of a data record; its key is the data type. */
export function rowValue(row: number, dataType: DataType = typeOf(row)): Uint8Array {
  const numbers = Object.fromEntries(wineFields.map((field, at) => [field, wines[row]!.features[at]]))
  return messages.WineRecord.encode({ ...numbers, dataType }).finish()
}

/** A model as the value of a record of the models topic; its key is the data type. */
export function modelValue({ dataType, name }: PublishedModel): Uint8Array {
  return modelRecord({ dataType, name, bytes: modelFile(name), location: undefined }).value
}

/** The same model at the location of a server, as the value of such a record. */
export function locatedModel({ dataType, name }: PublishedModel, location: string): Uint8Array {
  return modelRecord({ dataType, name, bytes: undefined, location, type: 'SERVICE' }).value
}

export function modelFile(name: ModelName): Buffer {
  return readFileSync(new URL(`../wine/${files[name]}`, import.meta.url))
}

/** The models that are in force in a phase, by data type. */
export function modelsIn(phase: number): Map<DataType, ModelName> {
  return new Map(phases.slice(0, phase + 1).flatMap(({ models }) => models.map(({ dataType, name }) => [dataType, name] as const)))
}

/** The models that are in force in the end. */
export function modelsAtTheEnd(): PublishedModel[] {
  return [...modelsIn(phases.length - 1)].map(([dataType, name]) => ({ dataType, name }))
}

/** What counts of a result. */
export interface Result {
  readonly dataType: string
  readonly modelName: string
  readonly score: number
  /** That of the data record. */
  readonly timestamp: number
}

export function decodeResult(bytes: Uint8Array): Result {
  return messages.ScoreResult.toObject(messages.ScoreResult.decode(bytes), { longs: Number, defaults: true }) as Result
}

/** A result, as a line: row, data type, model, score. */
export function lineOf(row: number, { dataType, modelName, score }: Omit<Result, 'timestamp'>): string {
  return `${row} ${dataType} ${modelName === '' ? 'no model' : `${modelName} ${score.toFixed(5)}`}`
}

/** What every architecture must answer, row by row, made by the models alone. */
export async function expectedLines(): Promise<string[]> {
  const reader = wineRecordReader()
  const lines: string[] = []
  for (const [phase, { rows }] of phases.entries()) {
    const inForce = modelsIn(phase)
    for (let row = rows[0]; row < rows[1]; row++) {
      const modelName = inForce.get(typeOf(row)) ?? ''
      let score = 0
      if (modelName !== '') {
        const model = await defaultModelFactory().load({ bytes: modelFile(modelName), format: undefined, output: undefined })
        const batch = new ColumnBatch(reader.specs, 1)
        reader.read(rowValue(row), batch, 0)
        batch.length = 1
        score = (await model.score(batch)).score[0]!
        await model.dispose()
      }
      lines.push(lineOf(row, { dataType: typeOf(row), modelName, score }))
    }
  }
  return lines
}
