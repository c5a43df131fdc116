import { countedKey, countsTo } from './counting.ts'
import type { Setup, TopicSetup } from './plan.ts'

/** A record as it is in the broker's log. */
export interface LoggedRecord {
  readonly offset: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface JudgedInput {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: Uint8Array | null
  readonly poison: boolean
}

interface Answered {
  readonly place: string
  readonly inputOffset: number
  readonly count: number
}

/** Checks committed records as they appear. A fault that it finds is final, except for a missing record, which may still come. */
export class Judge {
  readonly violations: string[] = []
  readonly #exactlyOnce: boolean
  readonly #topics: TopicSetup
  readonly #inputs = new Map<string, JudgedInput>()
  /** The committed results of each input. */
  readonly #results = new Map<string, Answered[]>()
  readonly #letters = new Map<string, number>()
  /** The furthest input that the results of a results partition answer, by the partition and the input's topic, partition and key. */
  readonly #furthest = new Map<string, number>()

  constructor({ guarantee, topics }: Pick<Setup, 'guarantee' | 'topics'>) {
    this.#exactlyOnce = guarantee === 'exactly_once'
    this.#topics = topics
  }

  input(input: JudgedInput): void {
    this.#inputs.set(placeOf(input.topic, input.partition, input.offset), input)
  }

  get inputs(): number {
    return this.#inputs.size
  }

  /** The number of inputs that have the result they need. */
  get answered(): number {
    return this.#results.size + this.#letters.size
  }

  result(partition: number, record: LoggedRecord): void {
    const [topic = '', inPartition, inOffset, count] = Buffer.from(record.value ?? [])
      .toString()
      .split(' ')
    const place = placeOf(topic, Number(inPartition), Number(inOffset))
    const own = `result ${partition}@${record.offset}`
    const input = this.#inputs.get(place)
    if (input === undefined || input.poison)
      return this.#say(`${own} answers ${place}, ${input ? 'which was refused' : 'which is no input'}`)
    if (Buffer.compare(Buffer.from(record.key ?? []), Buffer.from(input.key ?? [])) !== 0) this.#say(`${own} of ${place} has another key`)
    const known = this.#results.get(place)
    const answer = { place: own, inputOffset: input.offset, count: Number(count) }
    if (known === undefined) this.#results.set(place, [answer])
    else {
      known.push(answer)
      if (this.#exactlyOnce)
        this.#say(`${place} has ${known[0]?.place} (count ${known[0]?.count}) and again ${own} (count ${answer.count})`)
    }
    if (input.key === null) return
    const group = `${partition} ${topic} ${input.partition} ${countedKey(topic, input.key)}`
    const before = this.#furthest.get(group) ?? -1
    if (known === undefined && input.offset < before) this.#say(`${own} of ${place} comes after one of offset ${before}`)
    this.#furthest.set(group, Math.max(before, input.offset))
  }

  letter(origin: { readonly topic: string; readonly partition: number; readonly offset: number }, at: string): void {
    const place = placeOf(origin.topic, origin.partition, origin.offset)
    const input = this.#inputs.get(place)
    if (input?.poison !== true) return this.#say(`dead letter ${at} is of ${place}, which ${input ? 'is good' : 'is no input'}`)
    const known = this.#letters.get(place) ?? 0
    this.#letters.set(place, known + 1)
    if (known > 0 && this.#exactlyOnce) this.#say(`${place} has a second dead letter ${at}`)
  }

  /** Each input below the committed offset has its result, and the counts of a key go up by one. */
  finish(committed: (topic: string, partition: number) => number): void {
    const counts = new Map<string, number>()
    const inOrder = [...this.#inputs.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    for (const input of inOrder) {
      const { topic, partition, offset, poison, key } = input
      const place = placeOf(topic, partition, offset)
      if (offset >= committed(topic, partition)) {
        this.#say(`${place} is not committed: the offset is ${committed(topic, partition)}`)
        continue
      }
      const results = this.#results.get(place)
      if (poison) {
        if (!this.#letters.has(place)) this.#say(`${place} has no dead letter`)
      } else if (results === undefined) this.#say(`${place} has no result`)
      if (poison) continue
      const group = `${partition} ${countedKey(topic, key)}`
      const due = this.#topics.partitionAtMs === undefined ? (counts.get(group) ?? 0) + 1 : 1
      if (this.#topics.deletes && due === countsTo) counts.delete(group)
      else counts.set(group, due)
      const found = results?.[0]?.count
      if (found === undefined) continue
      if (this.#exactlyOnce ? found !== due : found < due && !this.#topics.deletes)
        this.#say(`${place} is number ${due} of its key, and its result counts ${found}`)
    }
    this.counts = counts
  }

  /** After `finish`: the number of accepted inputs, by partition and key of the store. */
  counts: ReadonlyMap<string, number> = new Map()

  #say(violation: string): void {
    this.violations.push(violation)
  }
}

export function placeOf(topic: string, partition: number, offset: number): string {
  return `${topic} ${partition}@${offset}`
}
