import { type Kafka, readTopic } from '../../topology/runtime/index.ts'
import { resultOf } from '../commands/index.ts'
import type { DemoResult } from './judge-results.ts'

/** Collects all results. */
export class ResultLog {
  readonly #results: DemoResult[] = []
  readonly #answered = new Set<string>()

  /** In the order in which they were read; within a data type this is the order of the topic. */
  get results(): readonly DemoResult[] {
    return this.#results
  }

  /** Number of records that have a result. */
  get answered(): number {
    return this.#answered.size
  }

  /** Reads the topic from its beginning until the signal aborts. */
  async follow(kafka: Kafka, topic: string, signal: AbortSignal): Promise<void> {
    for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal })) {
      for (const record of records) this.#add({ ...resultOf(record), arrivedAt: performance.now() } as unknown as DemoResult)
    }
  }

  #add(result: DemoResult): void {
    this.#results.push(result)
    this.#answered.add(`${result.inputPartition}@${result.inputOffset}`)
  }
}
