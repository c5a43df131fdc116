import { SluiceError } from '../../proto/sluice-error.ts'
import type { Collector, CollectorMark, OutputRecord } from '../collector.ts'
import type { IHeaders, Message } from './kafka-clients.ts'
import { partitionForKey } from './murmur2.ts'
import { recordOverhead, type Outgoing, type OutgoingBatch } from './send-batch.ts'

/** Buffers what a task writes until its next commit takes it. */
export class RecordCollector implements Collector {
  readonly #partitionCounts: ReadonlyMap<string, number>
  readonly #inputPartition: number
  #pending = new Map<string, Outgoing>()
  #last: { topic: string; key: Uint8Array; partition: number } | undefined
  /** Records and bytes that wait. */
  pendingRecords = 0
  pendingBytes = 0

  /** Records without a key go to the input's partition, modulo the topic's partitions. */
  constructor(partitionCounts: ReadonlyMap<string, number>, inputPartition: number) {
    this.#partitionCounts = partitionCounts
    this.#inputPartition = inputPartition
  }

  send(topic: string, partition: number | undefined, record: OutputRecord): void {
    const target = partition ?? this.#partitionOf(topic, record.key)
    const { key, value, timestamp, headers } = record
    const message = { key, value, partition: target, timestamp: String(timestamp) } as Message
    if (headers !== undefined) message.headers = headers as IHeaders
    this.#outgoing(topic, target).messages.push(message)
    this.pendingRecords++
    this.pendingBytes += (key?.length ?? 0) + (value?.length ?? 0) + recordOverhead
  }

  mark(): CollectorMark {
    return { lengths: new Map([...this.#pending].map(([name, outgoing]) => [name, outgoing.messages.length])) }
  }

  rollback(mark: CollectorMark): void {
    for (const [name, outgoing] of this.#pending) {
      const kept = mark.lengths.get(name) ?? 0
      this.pendingRecords -= outgoing.messages.length - kept
      outgoing.messages.length = kept
    }
  }

  /** Takes what waits; records sent from now on belong to the next batch. */
  take(): OutgoingBatch {
    const batch = [...this.#pending.values()].filter(outgoing => outgoing.messages.length > 0)
    this.#pending = new Map()
    this.pendingRecords = 0
    this.pendingBytes = 0
    return batch
  }

  #outgoing(topic: string, partition: number): Outgoing {
    const name = `${topic}-${partition}`
    let outgoing = this.#pending.get(name)
    if (outgoing === undefined) this.#pending.set(name, (outgoing = { topic, partition, messages: [] }))
    return outgoing
  }

  #partitionOf(topic: string, key: Uint8Array | null): number {
    const count = this.#partitionCounts.get(topic)
    if (count === undefined) throw new SluiceError('TOPIC_MISSING', `the topic "${topic}" was not there when the application started`)
    if (key === null) return this.#inputPartition % count
    const last = this.#last
    if (last !== undefined && last.topic === topic && (last.key === key || Buffer.compare(last.key, key) === 0)) return last.partition
    const partition = partitionForKey(key, count)
    this.#last = { topic, key, partition }
    return partition
  }
}
