import { topicPartition } from '../base/index.ts'
import { type ProcessorContext, type RawRecord, withHeader } from '../topology/index.ts'
import { misplacedControls } from './control-events.ts'
import type { StreamDefinition } from './stream-definition.ts'

/** Header of a control that the application moved: where the record was before, as `topic-partition@offset`. */
const movedFromHeader = 'sluice.moved.from'

const remedy =
  'let the producer choose the partition by the murmur2 hash of the key, as Kafka does (librdkafka: partitioner=murmur2_random), or set control.move'

/** Most warnings of a task. */
const mostTold = 100

/**
 * A control whose partition is not that to which Kafka's default partitioner assigns its key may not meet its data. It is counted and, with
 * `control.move`, written again to the right partition in the transaction that commits its offset, and applied only there.
 */
export class ControlMover {
  readonly #context: ProcessorContext
  readonly #stream: StreamDefinition
  readonly #told = new Set<string>()

  constructor(context: ProcessorContext, stream: StreamDefinition) {
    this.#context = context
    this.#stream = stream
  }

  /** Moves the record if it must be moved; true: it was. A record that was moved before is applied where it is. */
  move(record: RawRecord & { readonly key: Uint8Array }, keyText: string): boolean {
    const { name, control, names } = this.#stream
    const { key, partition, offset, topic, headers } = record
    const expected = this.#context.partitionOf(control.topic, key)
    if (expected === partition) return false
    this.#context.metrics.figure(misplacedControls, [name]).add(1)
    const moves = control.move && headers?.[movedFromHeader] === undefined
    this.#warn(keyText, { topic, partition, offset, expected, moved: moves })
    if (!moves) return false
    const marked = withHeader(headers, movedFromHeader, `${topicPartition(topic, partition)}@${offset}`)
    // The child is a sink, whose `forward` completes at once.
    void this.#context.forward({ ...record, headers: marked }, names.moved)
    return true
  }

  #warn(key: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#told.has(key) || this.#told.size >= mostTold) return
    this.#told.add(key)
    const message = 'a control is not on the partition of its key'
    this.#context.log('warn', message, { stream: this.#stream.name, key, ...fields, remedy })
  }
}
