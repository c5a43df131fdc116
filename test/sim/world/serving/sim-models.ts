import { env, pause, SluiceError } from '../../../../base/index.ts'
import { type Model, ModelFactory, type ModelInput, type ModelOutput, type Scores } from '../../../../models/index.ts'
import { type ColumnBatch, jsonRecordReader, type RecordReader } from '../../../../records/index.ts'

/** What a simulated model is made of: its score is its factor times x. */
export interface SimModelFacts {
  readonly factor: number
  readonly loadMs: number
  readonly scoreMs: number
  /** It cannot be loaded. */
  readonly bad: boolean
}

const magic = 'sim '

export function simModelBytes(facts: SimModelFacts): Buffer {
  return Buffer.from(magic + JSON.stringify(facts))
}

/** A factory with one format of its own, whose models take simulated time. */
export function simFactory(): ModelFactory {
  return new ModelFactory().register('SIM', {
    detect: bytes => Buffer.from(bytes).toString('latin1', 0, magic.length) === magic,
    load: async ({ bytes }) => {
      const facts = JSON.parse(Buffer.from(bytes).toString('latin1', magic.length)) as SimModelFacts
      if (facts.loadMs > 0) await pause(facts.loadMs)
      if (facts.bad) throw new SluiceError('MODEL_LOAD_FAILED', 'it is bad')
      return new SimModel(facts)
    },
  })
}

/** JSON records of a number `x`, with their data type in `type`. */
export function simReader(): RecordReader {
  return jsonRecordReader({ specs: [{ name: 'x', kind: 'number' }], dataTypeField: 'type' })
}

class SimModel implements Model {
  readonly format = 'SIM'
  readonly inputs: readonly ModelInput[] = [{ name: 'x', type: 'float64', width: 1, required: true }]
  readonly outputs: readonly ModelOutput[] = [{ name: 'y', type: 'float64', width: 1 }]
  readonly #facts: SimModelFacts
  #calls = 0
  #disposed = false
  #underWay = false

  constructor(facts: SimModelFacts) {
    this.#facts = facts
  }

  score(batch: ColumnBatch): Scores | Promise<Scores> {
    if (this.#disposed || this.#underWay) throw new Error('scored after it was disposed of, or while it scores')
    const { scoreMs } = this.#facts
    if (scoreMs === 0 || this.#calls++ % 3 > 0) return this.#scored(batch)
    this.#underWay = true
    return new Promise(
      resolve =>
        void env.timer(scoreMs, () => {
          this.#underWay = false
          resolve(this.#scored(batch))
        }),
    )
  }

  dispose(): Promise<void> {
    this.#disposed = true
    return Promise.resolve()
  }

  #scored({ length, columns: [x] }: ColumnBatch): Scores {
    if (x?.kind !== 'number') throw new SluiceError('MODEL_INPUT_MISMATCH', 'x is no number')
    const score = Float64Array.from({ length }, (_none, row) => this.#facts.factor * (x.values[row] as number))
    return { length, score, labels: undefined, noResult: undefined, outputs: [] }
  }
}
