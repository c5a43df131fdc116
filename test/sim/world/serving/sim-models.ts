import { env, pause, SluiceError } from '../../../../base/index.ts'
import { type Model, ModelFactory, type Scores } from '../../../../models/index.ts'
import { type ColumnBatch, jsonRecordReader, type RecordReader } from '../../../../records/index.ts'
import { simInputs, type SimModelFacts, simOutputs, simScores } from './sim-model-facts.ts'
import { simProcessModel } from './sim-model-process.ts'

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
      return facts.heavy ? simProcessModel(facts) : new SimModel(facts)
    },
  })
}

/** JSON records of a number `x`, with their data type in `type`. */
export function simReader(): RecordReader {
  return jsonRecordReader({ specs: [{ name: 'x', kind: 'number' }], dataTypeField: 'type' })
}

class SimModel implements Model {
  readonly format = 'SIM'
  readonly inputs = simInputs
  readonly outputs = simOutputs
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
    if (scoreMs === 0 || this.#calls++ % 3 > 0) return simScores(this.#facts, batch)
    this.#underWay = true
    return new Promise(
      resolve =>
        void env.timer(scoreMs, () => {
          this.#underWay = false
          resolve(simScores(this.#facts, batch))
        }),
    )
  }

  dispose(): Promise<void> {
    this.#disposed = true
    return Promise.resolve()
  }
}
