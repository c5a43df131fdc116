import { setTimeout as sleep } from 'node:timers/promises'
import { type Kafka, readTopic, TopicWriter } from '../../topology/runtime/index.ts'
import type { Span } from './longest-echo.ts'

const everyMs = 10

/**
 * Sends a record every 10 ms to a topic that no application reads, and reads it back in this process: how long that takes is what broker, machine and the measuring
 * process themselves do to a record, at each moment of the run.
 */
export class Echo {
  readonly all: Span[] = []

  async run(kafka: Kafka, topic: string, signal: AbortSignal): Promise<void> {
    const writer = await TopicWriter.open(kafka, topic)
    const reading = this.#read(kafka, topic, signal)
    while (!signal.aborted) {
      await writer.write({ value: Buffer.alloc(8), timestamp: Date.now() })
      await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    }
    await writer.close()
    await reading
  }

  async #read(kafka: Kafka, topic: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal })) {
        const to = Date.now()
        for (const { timestamp } of records) this.all.push({ from: timestamp, to })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
