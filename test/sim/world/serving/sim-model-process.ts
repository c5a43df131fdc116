import { env, pause } from '../../../../base/index.ts'
import { BatchReader, ModelKilled, ProcessModel } from '../../../../models/index.ts'
import { simInputs, type SimModelFacts, simOutputs, simScores } from './sim-model-facts.ts'

type Parts = ConstructorParameters<typeof ProcessModel>[0]
type ScoringProcess = Parts['process']

/** Of the records that a heavy model scores, those whose x is a multiple of this kill its process. */
export const deadlyEvery = 40

/** The share of its time that a heavy model takes for most calls. */
const usualShare = 0.1

/** The product's own model of another process, whose process takes simulated time. */
export function simProcessModel(facts: SimModelFacts): ProcessModel {
  return new ProcessModel({
    facts: { format: 'SIM', inputs: simInputs, outputs: simOutputs, oneByOne: undefined, runMs: 1 },
    process: new SimModelProcess(facts),
    limits: { timeoutMs: 60_000, memoryBytes: Infinity },
    restarts: Infinity,
    reopen: async () => {
      await pause(Math.max(1, facts.loadMs / 4))
      return new SimModelProcess(facts)
    },
  })
}

/** A process of a heavy model: each message is copied when it is sent, and its arrays of scores are used again for the next one. */
class SimModelProcess implements ScoringProcess {
  readonly #facts: SimModelFacts
  readonly #reader = new BatchReader()
  #scores = new Float64Array(0)
  #calls = 0
  #end: (() => void) | undefined
  alive = true

  constructor(facts: SimModelFacts) {
    this.#facts = facts
  }

  request(request: Parameters<ScoringProcess['request']>[0]): ReturnType<ScoringProcess['request']> {
    if (request.kind !== 'score') throw new Error(`a simulated process is not asked to ${request.kind}`)
    if (this.#end !== undefined) throw new Error('requests overlap')
    const batch = this.#reader.read(structuredClone(request.batch))
    const { scoreMs } = this.#facts
    const takesMs = this.#calls++ % 3 === 0 ? scoreMs : usualShare * scoreMs
    return new Promise((resolve, reject) => {
      const killed = (): void => {
        this.#end = undefined
        this.alive = false
        reject(new ModelKilled('a deadly record'))
      }
      this.#end = killed
      env.timer(takesMs, () => {
        if (!this.alive) return
        const { values } = batch.columns[0] as { readonly values: Float64Array }
        if (values.subarray(0, batch.length).some(x => x % deadlyEvery === 0)) return killed()
        this.#end = undefined
        if (this.#scores.length < batch.length) this.#scores = new Float64Array(2 * batch.length)
        const scores = simScores(this.#facts, batch)
        this.#scores.set(scores.score)
        const score = this.#scores.subarray(0, batch.length)
        resolve({ kind: 'scores', scores: { ...scores, score } })
      })
    })
  }

  kill(): void {
    this.alive = false
    this.#end?.()
  }
}
