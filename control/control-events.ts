import type { MetricDefinition, ProcessorContext, StreamRecord } from '../topology/index.ts'
import type { StreamDefinition } from './stream-definition.ts'

/** What happened to a control. */
export type ControlEventName = 'accepted' | 'refused' | 'withdrawn' | 'effective' | 'moved'

/** The value of a record of the events topic, as JSON; the record has the key of the control. */
export interface ControlEvent {
  /** What happened. */
  readonly event: ControlEventName
  /** The name of the stream. */
  readonly stream: string
  /** The key of the control as text, its first 1,000 characters. */
  readonly key: string
  /** The partition of the control record; of `effective`, that of the first data record with the control. */
  readonly partition: number
  /** The offset of that record. */
  readonly offset: number
  /** Of `accepted` and `effective`: the event time, ms since the epoch, from which the control is in force. */
  readonly from?: number
  /** Of `refused`: the rule. */
  readonly rule?: string
  /** Of `refused`: what the rule said. */
  readonly reason?: string
}

export const controlRecords: MetricDefinition = {
  name: 'sluice_control_records_total',
  kind: 'counter',
  help: 'Control records of controlled streams, by what happened: accepted, refused, withdrawn, moved.',
  labels: ['stream', 'event'],
}

export const refusedControls: MetricDefinition = {
  name: 'sluice_controls_refused_total',
  kind: 'counter',
  help: 'Control records that were refused, by the rule that refused them.',
  labels: ['stream', 'rule'],
}

export const misplacedControls: MetricDefinition = {
  name: 'sluice_controls_misplaced_total',
  kind: 'counter',
  help: 'Control records that were not on the partition of their key.',
  labels: ['stream'],
}

export const unsteeredData: MetricDefinition = {
  name: 'sluice_controlled_data_misplaced_total',
  kind: 'counter',
  help: 'Data records without a control that were not on the partition of their key, where its control would be (join: keyed).',
  labels: ['stream'],
}

export const controlMetrics: readonly MetricDefinition[] = [controlRecords, refusedControls, misplacedControls, unsteeredData]

type Facts = Omit<ControlEvent, 'event' | 'stream' | 'partition' | 'offset'>

/** Tells what happened to controls: in the log, and as records of the events topic if there is one. */
export class ControlEvents {
  readonly #context: ProcessorContext
  readonly #stream: StreamDefinition
  readonly #sink: string

  constructor(context: ProcessorContext, stream: StreamDefinition, sink: string) {
    this.#context = context
    this.#stream = stream
    this.#sink = sink
  }

  /** `key`: the key's bytes, null if it has none. */
  tell(event: ControlEventName, record: StreamRecord, { key, facts }: { readonly key: Uint8Array | null; readonly facts: Facts }): void {
    const { name, events } = this.#stream
    const { partition, offset, timestamp, topic } = record
    const value: ControlEvent = { event, stream: name, partition, offset, ...facts }
    this.#context.log(event === 'refused' ? 'warn' : 'info', `audit: a control was ${words[event]}`, { ...value, topic })
    if (events === undefined) return
    // The child is a sink, whose `forward` completes at once.
    const origin = { topic, partition, offset, source: record.source ?? (record as StreamRecord<Uint8Array | null, Uint8Array | null>) }
    void this.#context.forward({ key, value, timestamp, headers: undefined, ...origin }, this.#sink)
  }
}

const words: Readonly<Record<ControlEventName, string>> = {
  accepted: 'accepted',
  refused: 'refused, and the old one goes on',
  withdrawn: 'withdrawn',
  effective: 'in force for the first time',
  moved: 'moved to the partition of its key',
}

/** The longest text of a key: with its whole text an event of a large key would not fit into its topic. */
const mostKeyText = 1000

/** A key as text, for people. */
export function keyTextOf({ control: { key: serde, keyText } }: StreamDefinition, key: unknown): string {
  const text = keyText === undefined ? Buffer.from(serde.serialize(key)).toString('utf8') : keyText.format(key)
  return text.length > mostKeyText ? `${text.slice(0, mostKeyText)}…` : text
}
