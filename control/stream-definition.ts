import { checkedOptions, type CheckedOptions, completeOptions, refuseEqualTopics } from '../base/options/index.ts'
import { SluiceError } from '../base/index.ts'
import type { Serde } from '../records/index.ts'
import type { KeyText } from '../stores/index.ts'
import type { StreamRecord } from '../topology/index.ts'
import { controlledDataTable, controlledStreamTable, controlResultsTable, controlTopicTable } from './control-option-table.ts'
import type { ControlRule, ControlSchema, OnControl } from './control-rules.ts'
import type { OnData } from './on-data.ts'

/** The options of a controlled stream, complete. The types of controls, data and outputs are known to the program only. */
export interface StreamDefinition {
  readonly name: string
  readonly names: StreamNames
  readonly join: 'keyed' | 'broadcast'
  readonly control: {
    readonly topic: string
    readonly key: Serde<unknown>
    readonly value: Serde<unknown>
    readonly keyText: KeyText<unknown> | undefined
    readonly bootstrap: boolean
    readonly move: boolean
  }
  readonly data: {
    readonly topic: string
    readonly key: Serde<unknown>
    readonly value: Serde<unknown>
    readonly keyText: KeyText<unknown> | undefined
  }
  readonly results: { readonly topic: string; readonly key: Serde<unknown>; readonly value: Serde<unknown> }
  readonly default: unknown
  readonly memory: Serde<unknown> | undefined
  readonly schema: ControlSchema<unknown> | undefined
  readonly rules: Readonly<Record<string, ControlRule<unknown>>>
  readonly onControl: OnControl<unknown, unknown> | undefined
  readonly onData: OnData<unknown, unknown, unknown, unknown, unknown>
  readonly effectiveFrom: ((control: unknown) => number | undefined) | undefined
  readonly emitOnChange: boolean
  readonly rekey: ((record: StreamRecord<Uint8Array | null>) => unknown) | undefined
  readonly controlKey: ((record: StreamRecord) => unknown) | undefined
  readonly events: string | undefined
}

/** The names of a stream's nodes and stores. */
export interface StreamNames {
  readonly controlSource: string
  readonly control: string
  readonly moved: string
  readonly dataSource: string
  readonly rekey: string
  readonly rekeyed: string
  readonly data: string
  readonly results: string
  readonly events: string
  readonly dataEvents: string
  /** Stores. */
  readonly controls: string
  readonly memory: string
  readonly clock: string
  readonly emitted: string
}

/** The stores of a controlled stream, by the names under which REST has them. */
export function streamNames(name: string): StreamNames {
  return {
    controlSource: `${name}-control-source`,
    control: `${name}-control`,
    moved: `${name}-moved-controls`,
    dataSource: `${name}-data-source`,
    rekey: `${name}-rekey`,
    rekeyed: `${name}-rekeyed`,
    data: `${name}-data`,
    results: `${name}-results`,
    events: `${name}-control-events`,
    dataEvents: `${name}-data-events`,
    controls: `${name}-controls`,
    memory: `${name}-memory`,
    clock: `${name}-clock`,
    emitted: `${name}-emitted`,
  }
}

const subject = { of: 'controlledStream', code: 'TOPOLOGY_INVALID' } as const

/** Checks and completes the options. Throws TOPOLOGY_INVALID for one that is unknown, missing or not allowed, and for those that exclude each other. */
export function streamDefinition(options: unknown): StreamDefinition {
  const checked = checkedOptions(subject, controlledStreamTable, options)
  const all = completeOptions(controlledStreamTable, checked)
  const control = completeOptions(controlTopicTable, all.control as CheckedOptions<typeof controlTopicTable>)
  const data = completeOptions(controlledDataTable, all.data as CheckedOptions<typeof controlledDataTable>)
  const results = completeOptions(controlResultsTable, all.results as CheckedOptions<typeof controlResultsTable>)
  if (all.controlKey !== undefined && all.join !== 'broadcast')
    throw new SluiceError(
      'TOPOLOGY_INVALID',
      `controlledStream "${all.name}" has controlKey without join: 'broadcast': with the keyed join a control has the key of its data; use rekey, or the broadcast join`,
    )
  refuseEqualTopics(subject, {
    'control.topic': control.topic,
    'data.topic': data.topic,
    'results.topic': results.topic,
    events: all.events,
  })
  const key = data.key ?? control.key
  return {
    ...all,
    names: streamNames(all.name),
    // On two partitions, a control of one key would have two rows in the copies that all instances read.
    control: { ...control, move: control.move || all.join === 'broadcast' },
    data: { ...data, key },
    results: { ...results, key: results.key ?? key },
    default: frozen(all.default),
  }
}

/** Plain objects and lists, which no onData may change: what it changed would hold for all keys, until the next start. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const made: unknown = Object.getPrototypeOf(value)
  if (made !== Object.prototype && made !== Array.prototype && made !== null) return value
  Object.freeze(value)
  for (const part of Object.values(value)) frozen(part)
  return value
}
