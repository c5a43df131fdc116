import { SluiceError } from 'sluice'
import { mapFeatures, type ColumnBatch, type FormatLoader, type Model, type ModelInput, type Scores } from 'sluice/serving'

const magic = 'weights '

/** A format of one's own: `weights a=1,b=2` is a weighted sum of the fields by their names. */
class WeightsModel implements Model {
  readonly format = 'WEIGHTS'
  readonly inputs: readonly ModelInput[]
  readonly outputs = [{ name: 'sum', type: 'float64', width: 1 }] as const
  readonly #weights: readonly number[]

  constructor(weights: ReadonlyMap<string, number>) {
    this.inputs = [...weights.keys()].map(name => ({ name, type: 'float64', width: 1, required: true }))
    this.#weights = [...weights.values()]
  }

  score(batch: ColumnBatch): Scores {
    const score = new Float64Array(batch.length)
    for (const [at, { columns }] of mapFeatures(this.inputs, batch.specs).inputs.entries()) {
      const column = batch.columns[columns[0] ?? -1]
      if (column?.kind !== 'number') throw new SluiceError('MODEL_INPUT_MISMATCH', `${this.inputs[at]?.name} is no number`)
      for (let row = 0; row < batch.length; row++) score[row] = (score[row] ?? 0) + (column.values[row] ?? NaN) * (this.#weights[at] ?? NaN)
    }
    const noResult = Uint8Array.from(score, value => (Number.isNaN(value) ? 1 : 0))
    return { length: batch.length, score, labels: undefined, noResult, outputs: [{ name: 'sum', kind: 'number', width: 1, values: score }] }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

/** With `module` new models are loaded and tried in a process of their own, as those of Sluice's formats are. */
export const formatLoader: FormatLoader = {
  module: import.meta.url,
  detect: bytes => Buffer.from(bytes).toString('utf8', 0, magic.length) === magic,
  load: async ({ bytes }) => {
    const pairs = Buffer.from(bytes)
      .toString('utf8', magic.length)
      .split(',')
      .map(pair => pair.split('='))
    const weights = new Map(pairs.map(([name = '', weight]) => [name, Number(weight)]))
    if ([...weights.values()].some(Number.isNaN)) throw new SluiceError('MODEL_LOAD_FAILED', 'a weight is no number')
    return new WeightsModel(weights)
  },
}
