import { messageOf, SluiceError } from '../../base/index.ts'
import { bytesSerde } from '../../records/index.ts'
import { inOrder, type Node, type TaskServices } from './node.ts'
import type { RawRecord, StreamRecord } from '../stream-record.ts'
import type { SourceDefinition } from '../topology-definition.ts'
import { unreadableCause } from '../unreadable-records.ts'

/** What a record waits for before it can be deserialized, for people; undefined: nothing. */
export type PendingRecord = (record: Pick<RawRecord, 'key' | 'value'>) => string | undefined

/** undefined: none of the source's serdes ever has to ask. */
export function pendingOf({ key: keySerde, value: valueSerde }: SourceDefinition): PendingRecord | undefined {
  if (keySerde.pending === undefined && valueSerde.pending === undefined) return undefined
  return ({ key, value }) =>
    (key === null ? undefined : keySerde.pending?.(key)) ?? (value === null ? undefined : valueSerde.pending?.(value))
}

/** Deserializes the key and value of an input record. A record that cannot be deserialized becomes a dead letter. */
export class SourceNode implements Omit<Node, 'busy'> {
  readonly name: string
  readonly #definition: SourceDefinition
  readonly #children: readonly Node[]
  readonly #services: TaskServices
  readonly batches: boolean
  readonly arrived: ((records: readonly StreamRecord[]) => void) | undefined
  /** Whether key and value are bytes on both sides: then the record object itself is passed on. */
  readonly #passes: boolean
  readonly #pending: PendingRecord | undefined

  constructor(definition: SourceDefinition, children: readonly Node[], services: TaskServices) {
    this.name = definition.name
    this.#definition = definition
    this.#children = children
    this.#services = services
    // With several children, each record goes to all of them before the next one, so that outputs have the same order as for single records.
    this.batches = children.length === 1 && (children[0] as Node).batches
    this.#passes = [definition.key, definition.value].every(serde => serde.deserialize === bytesSerde.deserialize)
    this.#pending = pendingOf(definition)
    const told = children.filter(child => child.arrived !== undefined)
    this.arrived = told.length === 0 ? undefined : records => this.#arrived(told, records as readonly RawRecord[])
  }

  process(record: RawRecord): void | Promise<void> {
    const unreadable = unreadableCause(record)
    if (unreadable !== undefined) return this.#services.deadLetter(record, unreadable)
    const typed = this.#passes ? record : this.#decode(record)
    if (typed === undefined) return
    return this.#children.length === 1 ? (this.#children[0] as Node).process(typed) : inOrder(this.#children, child => child.process(typed))
  }

  processBatch(records: readonly RawRecord[]): void | Promise<void> {
    if (!this.batches) return inOrder(records, record => this.process(record))
    const typed = this.#passes ? records : records.map(record => this.#decode(record)).filter(record => record !== undefined)
    return (this.#children[0] as Node).processBatch(typed)
  }

  #decode(record: RawRecord): StreamRecord | undefined {
    const typed = this.#typed(record)
    if (!(typed instanceof SluiceError)) return typed
    if (typed.fault === 'environment') throw typed
    this.#services.deadLetter(record, typed)
    return undefined
  }

  /** Nobody is told of records that cannot be decoded, or not yet: what becomes of them is settled when it is their turn. */
  #arrived(children: readonly Node[], records: readonly RawRecord[]): void {
    const ready = records.filter(record => unreadableCause(record) === undefined && this.#pending?.(record) === undefined)
    const typed = this.#passes
      ? ready
      : ready.map(record => this.#typed(record)).filter((record): record is StreamRecord => !(record instanceof SluiceError))
    if (typed.length > 0) for (const child of children) child.arrived?.(typed)
  }

  #typed(record: RawRecord): StreamRecord | SluiceError {
    const { key, value } = this.#definition
    let part = 'key'
    try {
      const decodedKey: unknown = record.key === null ? null : key.deserialize(record.key)
      part = 'value'
      return {
        key: decodedKey,
        value: record.value === null ? null : (value.deserialize(record.value) as unknown),
        timestamp: record.timestamp,
        headers: record.headers,
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        source: record,
      }
    } catch (error) {
      if (error instanceof SluiceError && error.fault === 'environment') return error
      const code = error instanceof SluiceError ? error.code : 'RECORD_UNDECODABLE'
      const why = `source "${this.name}" cannot decode the record's ${part}: ${messageOf(error)}`
      return new SluiceError(code, why, { cause: error })
    }
  }
}
