import { sluice } from '../../proto/messages.js'
import type { ModelEvent } from '../../serving/index.ts'
import type { Span } from '../echo/index.ts'
import type { Marked } from './latencies.ts'
import type { Asked, LifeWorld } from './life-world.ts'
import { modelOf, scoresOf, sha256Of, wineValue } from './wines.ts'

const { CHALLENGER, SHADOW } = sluice.ModelRole

/** What a change does to records in the time after it is told of, ms. */
const afterMs = 500

/** Models of one data type and what is asked for it, with what each policy has then; and the stretches of time in which something went on. */
export class SteeredModels {
  readonly dataType: string
  /** What went on, when. */
  readonly marked: Marked[] = []
  /** From each request until its policy answered a record, or the request was refused; without load, until its event. */
  readonly changes: Span[] = []
  /** The event that each request brought, in order. */
  readonly outcomes: ModelEvent[] = []
  readonly #world: LifeWorld
  readonly #challengers = new Map<number, readonly number[]>()
  readonly #scores: Map<string, Float64Array>
  #loaded = false

  /** `scores`: by SHA-256; what is published is added. */
  constructor(world: LifeWorld, dataType: string, scores: Map<string, Float64Array>) {
    this.#world = world
    this.dataType = dataType
    this.#scores = scores
  }

  challengersOf(policy: number): readonly number[] {
    return this.#challengers.get(policy) ?? []
  }

  /** Publishes the model with that number; resolves with its event. */
  async publish(number: number, more: Pick<sluice.ModelDescriptor.$Properties, 'role' | 'golden'> = {}): Promise<ModelEvent> {
    const bytes = modelOf(number)
    this.#scores.set(sha256Of(bytes), await scoresOf(bytes))
    return this.#outcome(() => this.#world.publish(this.dataType, { name: `model ${number}`, bytes, ...more }))
  }

  /** The model begins beside the champion, and then has a share of the keys. */
  async canary(number: number, weight: number): Promise<ModelEvent> {
    const { version = 0 } = await this.publish(number, { role: { role: SHADOW } })
    return this.share(version, weight)
  }

  async share(version: number, weight: number): Promise<ModelEvent> {
    const event = await this.control({ setPolicy: { challengers: [{ of: { version }, weight }], bucketBy: 'alcohol' } })
    this.#challengers.set(event.policy ?? 0, [version])
    return event
  }

  /** The challenger of that version gets its share by the record keys. */
  async shareByKey(version: number, weight: number): Promise<ModelEvent> {
    const event = await this.control({ setRole: { of: { version }, role: CHALLENGER, weight } })
    this.#challengers.set(event.policy ?? 0, [version])
    return event
  }

  /** `onWritten` is called once Kafka has the record. */
  control(control: sluice.ModelControl.$Properties, onWritten?: () => void): Promise<ModelEvent> {
    return this.#outcome(async () => {
      const asked = await this.#world.control(this.dataType, control)
      onWritten?.()
      return asked
    })
  }

  /** A model whose golden record asks for another score than it gives. */
  bad(number: number): Promise<ModelEvent> {
    return this.publish(number, { golden: [{ record: wineValue(this.dataType, 0), score: 1e6, tolerance: 0.001 }] })
  }

  /** A model that does its worst when it is tried. */
  hostile(name: string, body: string): Promise<ModelEvent> {
    const program = `export default { inputs: [{ name: 'alcohol' }], outputs: [{ name: 'y' }], score() { ${body} } }\n`
    return this.#outcome(() => this.#world.publishModule(this.dataType, name, program))
  }

  /** Marks the time of some work, and a while after it. */
  async mark<T>(stretch: Marked['stretch'], work: () => Promise<T>): Promise<T> {
    const from = Date.now()
    const done = await work()
    this.marked.push({ stretch, from, to: Date.now() + afterMs })
    return done
  }

  /** A change under load: until its policy is in force, or it is refused. */
  async #outcome(ask: () => Promise<Asked>): Promise<ModelEvent> {
    return this.mark('swap', async () => {
      const from = Date.now()
      const event = await this.#world.outcome(this.dataType, await ask())
      if (event.event !== 'refused' && event.policy !== undefined && this.#loaded) await this.#world.effective(this.dataType, event.policy)
      this.changes.push({ from, to: Date.now() })
      this.outcomes.push(event)
      return event
    })
  }

  /** From now on there are records all the time: a change is over when one was answered under it. */
  underLoad(): void {
    this.#loaded = true
  }
}
