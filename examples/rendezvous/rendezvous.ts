import { jsonSerde, keyValueStore, stringSerde, Topology } from '../../index.ts'
import type { KeyValueStore, Processor, ProcessorContext, StreamRecord } from '../../index.ts'
import { type KnownDecider, knownDecider, type ModelResult, type RacingModel, type Verdict } from '../../serving.ts'

/** What models are asked, and what they answer; the key is the request's id. */
export interface Request {
  readonly value: number
}
export interface Answer {
  readonly model: string
  /** null: the model has no result. */
  readonly score: number | null
}

/** What becomes of a request: one decision. */
export interface Decision {
  readonly cause: 'all' | 'early' | 'timeout' | 'fallback'
  /** null: there is no result. */
  readonly score: number | null
  readonly contributors: readonly string[]
  readonly missing: readonly string[]
  /** How long each model took that has answered, ms. */
  readonly times: Readonly<Record<string, number>>
}

/** How requests are decided. */
export interface Policy {
  /** The smartest first. */
  readonly models: readonly string[]
  readonly budgetMs: number
  readonly decider: KnownDecider
  /** The score where there is no decision. */
  readonly fallback?: number
}

export const topics = { requests: 'requests', raced: 'raced', answers: 'answers', decisions: 'decisions', late: 'late' } as const

/** A request whose decision is open: a row of the changelogged store, so that whoever owns its partition next goes on with it. */
interface OpenRace {
  readonly arrived: number
  readonly answers: readonly (Answer & { readonly elapsed: number })[]
}

/** When a request was decided. Its late answers come within this time; then the row goes. */
const remembered = 60_000
const lookEveryMs = 10

type Context = ProcessorContext<string>

/** What starter and collector share: the stores of the task. */
class Races {
  readonly context: Context
  readonly open: KeyValueStore<string, OpenRace>
  readonly decided: KeyValueStore<string, number>

  constructor(context: Context) {
    this.context = context
    this.open = context.getStateStore('open-races')
    this.decided = context.getStateStore('decided-races')
  }
}

/** Opens the race of a request, and gives it to the models. A request that is there twice races once. */
class Starter implements Processor<string, Request, string> {
  #races!: Races

  init(context: Context): void {
    this.#races = new Races(context)
  }

  process(request: StreamRecord<string, Request>): void | Promise<void> {
    const { open, decided, context } = this.#races
    if (open.get(request.key) !== undefined || decided.get(request.key) !== undefined) return undefined
    open.put(request.key, { arrived: Date.now(), answers: [] })
    return context.forward(request, 'raced')
  }
}

/** Takes the models' answers as they come, until the decider has decided or the budget is over. An answer after that is late. */
class Collector implements Processor<string, Answer, string> {
  readonly #policy: Policy
  readonly #models: readonly RacingModel[]
  #races!: Races

  constructor(policy: Policy) {
    this.#policy = policy
    this.#models = policy.models.map(name => ({ name, version: 1 }))
  }

  init(context: Context): void {
    this.#races = new Races(context)
    context.schedule(lookEveryMs, 'wall-clock', now => this.#endOverdue(now))
  }

  process(answer: StreamRecord<string, Answer>): void | Promise<void> {
    const { open, decided, context } = this.#races
    const race = open.get(answer.key)
    if (race === undefined) {
      const at = decided.get(answer.key)
      if (at === undefined) throw new Error(`an answer to ${answer.key}, which was not asked or is long decided`)
      return context.forward({ ...answer, value: { ...answer.value, lateByMs: Date.now() - at } }, 'late')
    }
    if (race.answers.some(({ model }) => model === answer.value.model)) return undefined
    const after = { ...race, answers: [...race.answers, { ...answer.value, elapsed: Date.now() - race.arrived }] }
    open.put(answer.key, after)
    const { verdict, complete } = this.#judge(after, false)
    if (verdict === undefined && !complete) return undefined
    return this.#decide(answer.key, after, answer)
  }

  async #endOverdue(now: number): Promise<void> {
    const { open, decided } = this.#races
    for await (const [key, race] of open.range()) if (now - race.arrived >= this.#policy.budgetMs) await this.#decide(key, race)
    for await (const [key, at] of decided.range()) if (now - at > remembered) decided.delete(key)
  }

  /** Once for each request: after that its race is not open any more. */
  async #decide(key: string, race: OpenRace, cause?: StreamRecord): Promise<void> {
    const { open, decided, context } = this.#races
    const { verdict, complete } = this.#judge(race, true)
    const instead = verdict === undefined ? this.#policy.fallback : undefined
    const inTime = complete ? 'all' : cause === undefined ? 'timeout' : 'early'
    const decision: Decision = {
      cause: instead === undefined ? inTime : 'fallback',
      score: verdict?.score ?? instead ?? null,
      contributors: (verdict?.contributors ?? []).map(place => this.#policy.models[place] as string),
      missing: this.#policy.models.filter(name => !race.answers.some(({ model }) => model === name)),
      times: Object.fromEntries(race.answers.map(({ model, elapsed }) => [model, elapsed])),
    }
    open.delete(key)
    decided.put(key, Date.now())
    const origin = cause ?? { topic: topics.requests, partition: context.partition, offset: -1, source: undefined }
    await context.forward(
      { ...origin, source: cause?.source, key, value: decision, timestamp: Date.now(), headers: undefined },
      'decisions',
    )
  }

  /** The decider is a pure reducer: what it knows follows from the answers in the store. */
  #judge(race: OpenRace, over: boolean): { readonly verdict: Verdict | undefined; readonly complete: boolean } {
    const decider = knownDecider(this.#policy.decider)
    let state = decider.start(this.#models)
    const complete = race.answers.length === this.#models.length
    for (const answer of race.answers) {
      const step = decider.onResult(state, this.#resultOf(answer))
      if (step.verdict !== undefined) return { verdict: step.verdict, complete }
      state = step.state
    }
    return { verdict: over ? decider.onTimeout(state) : undefined, complete }
  }

  #resultOf({ model, score }: Answer): ModelResult {
    const result = { model: this.#policy.models.indexOf(model), label: undefined, outputs: [] }
    return score === null ? { ...result, kind: 'abstain', score: NaN } : { ...result, kind: 'score', score }
  }
}

const message = { key: stringSerde, value: jsonSerde() }

/** The rendezvous: requests go out to models that answer on a topic, wherever they are and whoever runs them, and one decision comes back for each. */
export function rendezvous(policy: Policy, prefix = ''): Topology {
  const name = (topic: string): string => `${prefix}${topic}`
  return new Topology()
    .addSource('requests', name(topics.requests), message)
    .addSource('answers', name(topics.answers), message)
    .addProcessor('starter', () => new Starter(), 'requests')
    .addProcessor('collector', () => new Collector(policy), 'answers')
    .addStateStore(keyValueStore({ name: 'open-races', key: stringSerde, value: jsonSerde<OpenRace>() }), 'starter', 'collector')
    .addStateStore(keyValueStore({ name: 'decided-races', key: stringSerde, value: jsonSerde<number>() }), 'starter', 'collector')
    .addSink('raced', name(topics.raced), message, 'starter')
    .addSink('decisions', name(topics.decisions), message, 'collector')
    .addSink('late', name(topics.late), message, 'collector')
}

/** A request that a model is at work on, until it is due. */
interface Work {
  readonly value: number
  readonly due: number
}

/** What stands for a model: how it scores, and how long that takes. */
export interface ModelStandIn {
  readonly name: string
  readonly ms: number
  readonly score: (value: number) => number | null
}

/** A model that answers on a topic after some time, whatever else it is asked meanwhile: any program in any language may be one. */
export function answeringModel(model: ModelStandIn, prefix = ''): Topology {
  return new Topology()
    .addSource('raced', `${prefix}${topics.raced}`, message)
    .addProcessor('model', () => new AnsweringModel(model), 'raced')
    .addStateStore(keyValueStore({ name: 'work', key: stringSerde, value: jsonSerde<Work>() }), 'model')
    .addSink('answers', `${prefix}${topics.answers}`, message, 'model')
}

class AnsweringModel implements Processor<string, Request, string, Answer> {
  readonly #model: ModelStandIn
  #work!: KeyValueStore<string, Work>

  constructor(model: ModelStandIn) {
    this.#model = model
  }

  init(context: ProcessorContext<string, Answer>): void {
    this.#work = context.getStateStore('work')
    context.schedule(lookEveryMs, 'wall-clock', async now => {
      for await (const [key, { value, due }] of this.#work.range()) {
        if (due > now) continue
        this.#work.delete(key)
        const answer = { model: this.#model.name, score: this.#model.score(value) }
        const origin = { topic: topics.raced, partition: context.partition, offset: -1, source: undefined, headers: undefined }
        await context.forward({ ...origin, key, value: answer, timestamp: now })
      }
    })
  }

  process({ key, value: { value } }: StreamRecord<string, Request>): void {
    this.#work.put(key, { value, due: Date.now() + this.#model.ms })
  }
}
