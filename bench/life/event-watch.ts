import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import type { ModelEvent } from '../../serving/index.ts'
import { type Kafka, readTopic } from '../../topology/runtime/index.ts'

const pollMs = 5
const patienceMs = 120_000

/** Reads the events of models as they come: the audit of the run. */
export class EventWatch {
  readonly all: ModelEvent[] = []

  /** Reads the topic until the signal aborts. */
  async follow(kafka: Kafka, topic: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal }))
        for (const { value } of records) if (value !== null) this.all.push(JSON.parse(value.toString('utf8')) as ModelEvent)
    } catch (error) {
      if (!signal.aborted) process.stderr.write(`the events cannot be read: ${String(error)}\n`)
    }
  }

  /** Resolves with the event once it was read. Throws CHECK_FAILED, which says what did not happen. */
  async one(what: string, is: (event: ModelEvent) => boolean): Promise<ModelEvent> {
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(pollMs)) {
      const found = this.all.find(is)
      if (found !== undefined) return found
    }
    throw new SluiceError(
      'CHECK_FAILED',
      `after ${patienceMs / 1000} s: ${what} did not happen; the last event was ${JSON.stringify(this.all.at(-1))}`,
    )
  }
}
