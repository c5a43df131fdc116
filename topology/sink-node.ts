import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { Node, TaskServices } from './node.ts'
import type { StreamRecord } from './stream-record.ts'
import type { SinkDefinition } from './topology-definition.ts'

/** Turns records to bytes and gives them to the task's collector. */
export class SinkNode implements Node {
  readonly name: string
  readonly #definition: SinkDefinition
  readonly #services: TaskServices

  constructor(definition: SinkDefinition, services: TaskServices) {
    this.name = definition.name
    this.#definition = definition
    this.#services = services
  }

  process(record: StreamRecord): void {
    const { topic, key, value } = this.#definition
    let keyBytes: Uint8Array | null
    let valueBytes: Uint8Array | null
    try {
      keyBytes = record.key === null ? null : key.serialize(record.key)
      valueBytes = record.value === null ? null : value.serialize(record.value)
    } catch (error) {
      const cause = new SluiceError('PROCESSING_FAILED', `sink "${this.name}" cannot encode the record: ${messageOf(error)}`, {
        cause: error,
      })
      return this.#services.deadLetter(record, cause)
    }
    this.#services.collector.send(topic, undefined, {
      key: keyBytes,
      value: valueBytes,
      timestamp: record.timestamp,
      headers: record.headers,
    })
  }

  processBatch(records: readonly StreamRecord[]): void {
    for (let i = 0; i < records.length; i++) this.process(records[i] as StreamRecord)
  }
}
