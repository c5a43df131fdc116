import { topicPartition } from '../base/index.ts'
import { movedFrom, movedHeaders, type ProcessorContext, type RawRecord } from '../topology/index.ts'
import { misplacedControls } from './control-events.ts'
import { Refusal } from './control-rules.ts'
import type { StreamDefinition } from './stream-definition.ts'

const remedy =
  'let the producer choose the partition by the murmur2 hash of the key, as Kafka does (librdkafka: partitioner=murmur2_random), or set control.move'

const resend = 'send it again without the header sluice.moved.from'

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

  /**
   * Moves the record if it must be moved; true: it was. A record that says it was moved here, where it does not belong, is neither moved again nor
   * applied: no later control of its key would come here to end it.
   */
  move(record: RawRecord & { readonly key: Uint8Array }, keyText: string): boolean | Refusal {
    const { name, control, names } = this.#stream
    const { key, partition, offset, topic } = record
    const expected = this.#context.partitionOf(control.topic, key)
    if (expected === partition) return false
    this.#context.metrics.figure(misplacedControls, [name]).add(1)
    const from = control.move ? movedFrom(record) : undefined
    this.#warn(keyText, { topic, partition, offset, expected, moved: control.move && from === undefined })
    if (!control.move) return false
    if (from !== undefined) {
      const before = `${topicPartition(topic, from.partition)}@${from.offset}`
      return new Refusal('key', `it was already moved here from ${before}, but its key belongs on partition ${expected}; ${resend}`, {
        code: 'RECORD_UNDECODABLE',
      })
    }
    // The child is a sink, whose `forward` completes at once.
    void this.#context.forward({ ...record, headers: movedHeaders(record) }, names.moved)
    return true
  }

  #warn(key: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#told.has(key) || this.#told.size >= mostTold) return
    this.#told.add(key)
    const message = 'a control is not on the partition of its key'
    this.#context.log('warn', message, { stream: this.#stream.name, key, ...fields, remedy })
  }
}
