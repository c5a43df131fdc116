import { setTimeout as sleep } from 'node:timers/promises'
import { type Kafka, TopicWriter } from '../../topology/runtime/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/index.ts'

/** Records that are due together are sent together, as a producer does that lingers for so long, ms. */
const tickMs = 10

export interface SteadyLoadOptions {
  /** Records a second. */
  readonly rate: number
  /** The record with that number, from 0 on, of a tick with that number. */
  readonly record: (at: number, tick: number) => Omit<WriterRecord, 'timestamp'>
}

/** Sends data records at a constant rate: whoever is late does not make it slower. */
export class SteadyLoad {
  readonly #stop = new AbortController()
  readonly #sending: Promise<number>

  private constructor(sending: (signal: AbortSignal) => Promise<number>) {
    this.#sending = sending(this.#stop.signal)
    this.#sending.catch(() => undefined)
  }

  static async start(kafka: Kafka, topic: string, { rate, record }: SteadyLoadOptions): Promise<SteadyLoad> {
    const writer = await TopicWriter.open(kafka, topic)
    return new SteadyLoad(async signal => {
      const began = performance.now()
      let sent = 0
      for (let tick = 0; !signal.aborted; tick++) {
        const due = Math.floor(((performance.now() - began) * rate) / 1000)
        const timestamp = Date.now()
        for (; sent < due; sent++) await writer.write({ ...record(sent, tick), timestamp })
        await sleep(tickMs, undefined, { signal }).catch(() => undefined)
      }
      await writer.close()
      return sent
    })
  }

  /** Resolves, with the number of records, once all are acknowledged. */
  stop(): Promise<number> {
    this.#stop.abort()
    return this.#sending
  }
}
