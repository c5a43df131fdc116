import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultModelFactory } from '../../models/index.ts'
import { ColumnBatch, type CsvRow, openCsv, wineRecordReader } from '../../records/index.ts'
import { rowEncoder } from '../commands/index.ts'

/** The path of a file of the wine example; the relative path is the same from the sources and from the compiled files. */
export function exampleFile(name: string): string {
  return fileURLToPath(new URL(`../../examples/wine/${name}`, import.meta.url))
}

/** The rows of wine.csv, as records and with the scores of a model without the stream. */
export class WineRows {
  readonly #rows: readonly CsvRow[]

  private constructor(rows: readonly CsvRow[]) {
    this.#rows = rows
  }

  static async read(): Promise<WineRows> {
    const { rows } = await openCsv(exampleFile('wine.csv'), encoderFor('').fields)
    const all: CsvRow[] = []
    for await (const row of rows) all.push(row)
    return new WineRows(all)
  }

  get length(): number {
    return this.#rows.length
  }

  /** Row `at`, from 0, as a data record. */
  record(at: number, dataType: string): Uint8Array {
    return encoderFor(dataType).encode(this.#rows[at] as CsvRow)
  }

  /** The score of the model for each row. */
  async scores(modelFile: string): Promise<Float64Array> {
    const reader = wineRecordReader()
    const batch = new ColumnBatch(reader.specs, this.length)
    for (let at = 0; at < this.length; at++) reader.read(this.record(at, ''), batch, at)
    batch.length = this.length
    const model = await defaultModelFactory().load({ bytes: readFileSync(modelFile), format: undefined, output: undefined })
    try {
      return Float64Array.from((await model.score(batch)).score)
    } finally {
      await model.dispose()
    }
  }
}

function encoderFor(dataType: string): ReturnType<typeof rowEncoder> {
  return rowEncoder({ format: 'protobuf', schema: undefined, message: undefined, dataTypeField: 'dataType', features: undefined }, dataType)
}
