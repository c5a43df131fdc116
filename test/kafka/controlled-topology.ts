import { controlledStream } from '../../control/index.ts'
import { jsonSerde, stringSerde } from '../../records/serde.ts'
import type { Topology } from '../../topology/index.ts'

export interface Factor {
  readonly factor: number
  readonly from?: number
}

export interface Amount {
  readonly key: string
  readonly n: number
}

/** The memory of a key, and the output for each record. */
export interface Sum {
  readonly n: number
  readonly count: number
  readonly total: number
  readonly factor: number
}

export interface ControlledTopics {
  readonly prefix: string
  readonly join?: 'keyed' | 'broadcast'
  /** Whether misplaced controls are moved. */
  readonly move?: boolean
  /** Whether amounts are sent on by the key within them; false: they have it. */
  readonly rekey?: boolean
}

/** Factors steer amounts: each amount is multiplied by the factor of its key, and summed up. */
export function controlledOptions({ prefix, join = 'keyed', move = false, rekey = true }: ControlledTopics) {
  return {
    name: 'sums',
    join,
    control: { topic: `${prefix}-factors`, key: stringSerde, value: jsonSerde<Factor>(), move },
    data: { topic: `${prefix}-amounts`, value: jsonSerde<Amount>() },
    results: { topic: `${prefix}-sums`, value: jsonSerde<Sum>() },
    memory: jsonSerde<Sum>(),
    default: { factor: 0 },
    events: `${prefix}-events`,
    rules: { 'at most 100': ({ factor }: Factor) => factor <= 100 || `${factor} is more` },
    effectiveFrom: ({ from }: Factor) => from,
    ...(rekey ? { rekey: ({ value }: { readonly value: Amount }) => value.key } : {}),
    ...(join === 'broadcast' ? { controlKey: ({ value }: { readonly value: Amount }) => value.key } : {}),
    onData: ({ value: { n } }: { readonly value: Amount }, { factor }: Factor, memory: { value: Sum | undefined }) => {
      const { count = 0, total = 0 } = memory.value ?? {}
      memory.value = { n, count: count + 1, total: total + n * factor, factor }
      return memory.value
    },
  }
}

export function createTopology(topics: ControlledTopics): Topology {
  return controlledStream(controlledOptions(topics))
}
