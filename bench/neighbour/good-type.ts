import { setTimeout as sleep } from 'node:timers/promises'
import { wineFields } from '../../examples/wine/index.ts'
import { sluice } from '../../proto/messages.js'
import { Echo, longestEcho, type Span } from '../echo/index.ts'
import { quantile } from '../quantile.ts'
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
  /** 99 % of the echoes took less at the same time: what broker and machine themselves do to a record on its way there and back, ms. */
  readonly echo: number
  /** 99 % of the records took less beyond the longest echo that was under way with them, ms. */
  readonly beyond: number
}

interface Answer {
  readonly dataType: string
  readonly status: string
  readonly timestamp: number
}

interface GoodTopics {
  readonly data: string
  readonly results: string
  /** Of this process alone. */
  readonly echo: string
}

interface GoodOptions {
  readonly dataType: string
  /** Records per second. */
  readonly rate: number
  readonly format: DataFormat
}

function lengthOf({ from, to }: Span): number {
  return to - from
}

function valueOf({ dataType, format }: GoodOptions): Buffer {
  const record = { dataType, ...Object.fromEntries(wineFields.map(field => [field, 1])), alcohol: 10 }
  return Buffer.from(format === 'json' ? JSON.stringify(record) : sluice.WineRecord.encode(record).finish())
}

/** The type that does nothing wrong: it sends records at a constant rate and waits for their results. */
export class GoodType {
  readonly #kafka: Kafka
  readonly #topics: GoodTopics
  readonly #rate: number
  readonly #value: Buffer
  readonly dataType: string
  readonly #echo = new Echo()
  #took: Span[] = []
  #failed = 0
  #gap = 0
  #last = 0

  constructor(kafka: Kafka, topics: GoodTopics, options: GoodOptions) {
    this.#kafka = kafka
    this.#topics = topics
    this.#rate = options.rate
    this.dataType = options.dataType
    this.#value = valueOf(options)
  }

  /** Reads the results until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const echoing = this.#echo.run(this.#kafka, this.#topics.echo, signal)
    try {
      for await (const { records } of readTopic(this.#kafka, { topic: this.#topics.results, from: 'beginning', signal }))
        for (const { value } of records) if (value !== null) this.#see(value)
    } catch (error) {
      if (!signal.aborted) throw error
    }
    await echoing
  }

  async during(milliseconds: number, attack: (signal: AbortSignal) => Promise<unknown>): Promise<Seen> {
    this.#took = []
    this.#echo.all.length = 0
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
    const took = this.#took.map(lengthOf)
    const echoes = this.#echo.all.toSorted((one, other) => one.from - other.from)
    const beyond = this.#took.map(each => Math.max(0, lengthOf(each) - longestEcho(echoes, each)))
    return {
      sent,
      lost: sent - took.length,
      failed: this.#failed,
      p50: quantile(took, 0.5),
      p99: quantile(took, 0.99),
      gap: this.#gap,
      echo: quantile(echoes.map(lengthOf), 0.99),
      beyond: quantile(beyond, 0.99),
    }
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
    this.#took.push({ from: timestamp, to: now })
    if (status !== 'OK') this.#failed++
  }
}
