import { isRecordFault, messageOf, SluiceError } from '../../base/index.ts'
import type { Node, NodeServices } from './node.ts'
import type { StreamRecord } from '../stream-record.ts'
import type { SinkDefinition } from '../topology-definition.ts'

/** Serializes records and gives them to the task's collector. A record that its topic would never accept fails the unit of work of its input. */
export class SinkNode implements Node {
  readonly name: string
  readonly batches = false
  readonly busy = false
  readonly #definition: SinkDefinition
  readonly #services: NodeServices

  constructor(definition: SinkDefinition, services: NodeServices) {
    this.name = definition.name
    this.#definition = definition
    this.#services = services
  }

  process(record: StreamRecord): void {
    const { topic, key, value, partitionBy } = this.#definition
    let keyBytes: Uint8Array | null
    let valueBytes: Uint8Array | null
    try {
      keyBytes = record.key === null ? null : key.serialize(record.key)
      valueBytes = record.value === null ? null : value.serialize(record.value)
    } catch (error) {
      const why = `sink "${this.name}" cannot encode the record: ${messageOf(error)}`
      return this.#services.fail(new SluiceError('PROCESSING_FAILED', why, { cause: error }))
    }
    try {
      const partition = partitionBy && this.#services.partitionOf(topic, partitionBy(record.key))
      this.#services.collector.send(topic, partition, {
        key: keyBytes,
        value: valueBytes,
        timestamp: record.timestamp,
        headers: record.headers,
      })
    } catch (error) {
      if (!isRecordFault(error)) throw error
      this.#services.fail(error)
    }
  }

  processBatch(records: readonly StreamRecord[]): void {
    for (let i = 0; i < records.length; i++) this.process(records[i] as StreamRecord)
  }
}
