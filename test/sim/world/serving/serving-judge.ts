import { sluice } from '../../../../proto/messages.js'
import type { ModelEvent } from '../../../../serving/model-event-log.ts'
import { movedFromHeader } from '../../../../topology/index.ts'
import { placeOf } from '../judge.ts'
import type { LoggedRecord } from '../../kafka/index.ts'
import { wrongPolicies, wrongVerdicts } from './judged-events.ts'
import { heavyPrefix, large, servedTopics, unreadable } from './served-inputs.ts'
import { deadlyEvery } from './sim-model-process.ts'

export interface JudgedData {
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly key: Uint8Array | null
  /** '': it cannot be read. */
  readonly type: string
  /** Whether it is to have a dead letter: it cannot be read, or its result is too large. */
  readonly refused: boolean
  readonly x: number
  /** The first result that was seen. */
  result: JudgedResult | undefined
  letters: number
}

/** What a ScoreResult says. */
export interface JudgedResult {
  readonly at: string
  readonly status: string
  readonly modelName: string
  readonly modelVersion: number
  readonly policy: number
  readonly score: number
  readonly error: string
}

/** A record of the models topic. */
export interface JudgedChange {
  readonly partition: number
  readonly offset: number
  readonly key: Uint8Array | null
  readonly dataType: string
  /** Where it was moved from; undefined: it was not. Copies of one record count as one. */
  readonly movedFrom: string | undefined
  letters: number
}

export interface Ending {
  /** The committed offset of an input. */
  readonly committed: (topic: string, partition: number) => number
  /** The partition of a data type's models. */
  readonly home: (dataType: string) => number
  readonly keyed: boolean
  /** Whether data waits for each model until it is loaded. Else the one before it answers meanwhile, under the policy before. */
  readonly patient: boolean
}

/** Looks at what was committed of data, models, results and events. What it finds wrong stays wrong, except for what is missing, which may still come. */
export class ServingJudge {
  readonly violations: string[] = []
  readonly data = new Map<string, JudgedData>()
  readonly changes = new Map<string, JudgedChange>()
  readonly events: ModelEvent[] = []
  readonly #exactlyOnce: boolean
  readonly #furthest = new Map<string, number>()
  #answered = 0

  constructor(exactlyOnce: boolean) {
    this.#exactlyOnce = exactlyOnce
  }

  get inputs(): number {
    return this.data.size
  }

  get answered(): number {
    return this.#answered
  }

  dataRecord(partition: number, { offset, timestamp, key, value, headers }: LoggedRecord): void {
    const text = String(value)
    const { type, x } = text === unreadable ? { type: '', x: 0 } : (JSON.parse(text) as { readonly type: string; readonly x: number })
    const refused = type === '' || headers.some(({ key: name }) => name === large)
    const judged = { partition, offset, timestamp, key, type, refused, x, result: undefined, letters: 0 }
    this.data.set(placeOf(servedTopics.data, partition, offset), judged)
  }

  modelRecord(partition: number, { offset, key, value, headers }: LoggedRecord): void {
    const { dataType } = sluice.ModelDescriptor.decode(value ?? new Uint8Array())
    const header = headers.find(({ key: name }) => name === movedFromHeader)
    const movedFrom = header === undefined ? undefined : String(header.value)
    this.changes.set(placeOf(servedTopics.models, partition, offset), { partition, offset, key, dataType, movedFrom, letters: 0 })
  }

  event({ value }: LoggedRecord): void {
    this.events.push(JSON.parse(String(value)) as ModelEvent)
  }

  result(partition: number, record: LoggedRecord): void {
    const decoded = sluice.ScoreResult.decode(record.value ?? new Uint8Array())
    const result = sluice.ScoreResult.toObject(decoded, { longs: Number, enums: String, defaults: true }) as unknown as Omit<
      JudgedResult,
      'at'
    >
    const { inputPartition, inputOffset } = result as unknown as { readonly inputPartition: number; readonly inputOffset: number }
    const place = placeOf(servedTopics.data, inputPartition, inputOffset)
    const at = `result ${partition}@${record.offset}`
    const input = this.data.get(place)
    if (input === undefined || input.refused)
      return this.#say(`${at} answers ${place}, ${input ? 'which is to be refused' : 'which is no input'}`)
    if (Buffer.compare(Buffer.from(record.key ?? []), Buffer.from(input.key ?? [])) !== 0) this.#say(`${at} of ${place} has another key`)
    this.#checkScore(place, input, { ...result, at })
    if (input.result === undefined) this.#first(partition, place, input, { ...result, at })
    else if (this.#exactlyOnce) this.#say(`${place} has ${input.result.at} and again ${at}`)
  }

  #first(partition: number, place: string, input: JudgedData, result: JudgedResult): void {
    input.result = result
    this.#answered++
    if (input.key === null) return
    const group = `${partition} ${input.partition} ${input.type} ${String(input.key)}`
    const before = this.#furthest.get(group) ?? -1
    if (input.offset < before) this.#say(`${result.at} of ${place} comes after one of offset ${before}`)
    this.#furthest.set(group, Math.max(before, input.offset))
  }

  #checkScore(place: string, { x }: JudgedData, { at, status, modelName, modelVersion, score, error }: JudgedResult): void {
    const due = Number(modelName.slice(1)) * x
    if (status === 'OK' && score !== due) this.#say(`${at} of ${place}: ${modelName} gives ${score} instead of ${due}`)
    if (status === 'NO_MODEL' && modelVersion !== 0) this.#say(`${at} of ${place} names version ${modelVersion}, and no model`)
    const deadly = modelName.startsWith(heavyPrefix) && x % deadlyEvery === 0
    if (status === 'FAILED' && !deadly && !error.includes('still being loaded')) this.#say(`${at} of ${place} has failed: ${error}`)
    if (status === 'OK' && deadly) this.#say(`${at} of ${place} has a score of ${modelName}, whose process x = ${x} kills`)
    if (status === 'NO_RESULT') this.#say(`${at} of ${place} has no result`)
  }

  letter({ topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number }, at: string): void {
    const place = placeOf(topic, partition, offset)
    const change = this.changes.get(place)
    if (change !== undefined) return void change.letters++
    const input = this.data.get(place)
    if (input?.refused !== true) return this.#say(`dead letter ${at} is of ${place}, which ${input ? 'is good' : 'is no input'}`)
    if (input.letters++ === 0) this.#answered++
    else if (this.#exactlyOnce) this.#say(`${place} has a second dead letter ${at}`)
  }

  /** Each input below the committed offset has its answer; and, exactly once, which model answered what follows from positions and times. */
  finish(ending: Ending): void {
    for (const [place, { partition, offset, refused, result, letters }] of this.data) {
      const committed = ending.committed(servedTopics.data, partition)
      if (offset >= committed) this.#say(`${place} is not committed: the offset is ${committed}`)
      else if (refused ? letters === 0 : result === undefined) this.#say(`${place} has no ${refused ? 'dead letter' : 'result'}`)
    }
    if (!this.#exactlyOnce || this.violations.length > 0) return
    for (const violation of wrongVerdicts(this, ending)) this.#say(violation)
    for (const violation of wrongPolicies(this, ending)) this.#say(violation)
  }

  #say(violation: string): void {
    this.violations.push(violation)
  }
}
