import { setTimeout as sleep } from 'node:timers/promises'
import { wineFields } from '../../examples/wine/index.ts'
import { sluice } from '../../proto/messages.js'
import type { DataFormat } from './attack.ts'
import { type Kafka, readTopic, TopicWriter } from '../../topology/runtime/index.ts'

const tickMs = 10

/** What the well-behaved type saw while a case ran. */
export interface Seen {
  readonly sent: number
  /** Records without a result ten seconds after the last was sent. */
  readonly lost: number
  /** Results with another status than OK. */
  readonly failed: number
  /** From the record's timestamp until its result is read, ms. */
  readonly p50: number
  readonly p99: number
  /** The longest time between two results, ms. */
  readonly gap: number
}

interface Answer {
  readonly dataType: string
  readonly status: string
  readonly timestamp: number
}

interface GoodOptions {
  readonly dataType: string
  /** Records per second. */
  readonly rate: number
  readonly format: DataFormat
}

function valueOf({ dataType, format }: GoodOptions): Buffer {
  const record = { dataType, ...Object.fromEntries(wineFields.map(field => [field, 1])), alcohol: 10 }
  return Buffer.from(format === 'json' ? JSON.stringify(record) : sluice.WineRecord.encode(record).finish())
}

/** The type that does nothing wrong: it sends records at a constant rate and waits for their results. */
export class GoodType {
  readonly #kafka: Kafka
  readonly #topics: { readonly data: string; readonly results: string }
  readonly #rate: number
  readonly #value: Buffer
  readonly dataType: string
  #took: number[] = []
  #failed = 0
  #gap = 0
  #last = 0

  constructor(kafka: Kafka, topics: { readonly data: string; readonly results: string }, options: GoodOptions) {
    this.#kafka = kafka
    this.#topics = topics
    this.#rate = options.rate
    this.dataType = options.dataType
    this.#value = valueOf(options)
  }

  /** Reads the results until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const { records } of readTopic(this.#kafka, { topic: this.#topics.results, from: 'beginning', signal }))
        for (const { value } of records) if (value !== null) this.#see(value)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async during(milliseconds: number, attack: (signal: AbortSignal) => Promise<unknown>): Promise<Seen> {
    this.#took = []
    this.#failed = 0
    this.#gap = 0
    this.#last = Date.now()
    const attacking = new AbortController()
    const attacked = attack(attacking.signal).catch((error: unknown) => void process.stderr.write(`the attack failed: ${String(error)}\n`))
    const sent = await this.#send(milliseconds)
    attacking.abort()
    await Promise.race([attacked, sleep(10_000)])
    const end = Date.now() + 10_000
    while (this.#took.length < sent && Date.now() < end) await sleep(20)
    const took = this.#took.toSorted((one, other) => one - other)
    const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN
    return { sent, lost: sent - took.length, failed: this.#failed, p50: at(0.5), p99: at(0.99), gap: this.#gap }
  }

  async #send(milliseconds: number): Promise<number> {
    const writer = await TopicWriter.open(this.#kafka, this.#topics.data)
    const key = Buffer.from(this.dataType)
    const value = this.#value
    const began = performance.now()
    let sent = 0
    for (let now = 0; now < milliseconds; now = performance.now() - began) {
      const due = Math.floor((now * this.#rate) / 1000)
      for (; sent < due; sent++) await writer.write({ key, value, timestamp: Date.now() })
      await writer.flush()
      await sleep(tickMs)
    }
    await writer.close()
    return sent
  }

  #see(value: Uint8Array): void {
    const decoded = sluice.ScoreResult.toObject(sluice.ScoreResult.decode(value), { defaults: true, longs: Number, enums: String })
    const { dataType, status, timestamp } = decoded as unknown as Answer
    if (dataType !== this.dataType) return
    const now = Date.now()
    this.#gap = Math.max(this.#gap, now - this.#last)
    this.#last = now
    this.#took.push(now - timestamp)
    if (status !== 'OK') this.#failed++
  }
}
