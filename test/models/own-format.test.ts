import { mapFeatures, type Model, ModelFactory, type ModelInput, type Scores } from '../../models/index.ts'
import type { ColumnBatch, NumberColumn } from '../../records/column-batch.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { specsOf } from './batches.ts'
import { modelSuite } from './model-suite.ts'

/** A format that a user might bring: `weights a=1,b=2`, a weighted sum of fields by name; a sum with a missing field has no result. */
const magic = 'weights '

class WeightsModel implements Model {
  readonly format = 'WEIGHTS'
  readonly inputs: readonly ModelInput[]
  readonly outputs = [{ name: 'sum', type: 'float64', width: 1 }] as const
  readonly #weights: readonly number[]
  #disposed = false

  constructor(weights: ReadonlyMap<string, number>) {
    this.inputs = [...weights.keys()].map(name => ({ name, type: 'float64', width: 1, required: true }))
    this.#weights = [...weights.values()]
  }

  score(batch: ColumnBatch): Scores {
    if (this.#disposed) throw new SluiceError('MODEL_FAILED', 'the model has been disposed of')
    const columns = mapFeatures(this.inputs, batch.specs).inputs.map(
      ({ columns: [column] }) => batch.columns[column as number] as NumberColumn,
    )
    const score = new Float64Array(batch.length)
    for (let row = 0; row < batch.length; row++)
      score[row] = columns.reduce((sum, { values }, at) => sum + (values[row] as number) * (this.#weights[at] as number), 0)
    const noResult = Uint8Array.from(score, value => (Number.isNaN(value) ? 1 : 0))
    return { length: batch.length, score, labels: undefined, noResult, outputs: [{ name: 'sum', kind: 'number', width: 1, values: score }] }
  }

  dispose(): Promise<void> {
    this.#disposed = true
    return Promise.resolve()
  }
}

const factory = new ModelFactory().register('WEIGHTS', {
  detect: bytes => Buffer.from(bytes).toString('utf8', 0, magic.length) === magic,
  load: ({ bytes }) => {
    const pairs = Buffer.from(bytes).toString('utf8', magic.length).split(',')
    return Promise.resolve(new WeightsModel(new Map(pairs.map(pair => [pair.split('=')[0] as string, Number(pair.split('=')[1])]))))
  },
})

modelSuite('a custom format', {
  load: () => factory.load({ bytes: Buffer.from(`${magic}first_field=2,b=-1`), format: 'WEIGHTS', output: undefined }),
  specs: specsOf(['first_field', 'b']),
  rows: [
    [1, 2],
    [3, 4],
    [undefined, 6],
  ],
  tolerance: 0,
  byName: true,
})
