import { controlledStream } from '../../control/index.ts'
import { jsonSerde, stringSerde } from '../../records/serde.ts'
import type { Topology } from '../../topology/index.ts'

export interface Wanted {
  readonly desired: number
  readonly from: number
}

export interface Reading {
  readonly n: number
  readonly t: number
}

/** What is remembered of a sensor. */
export interface Heard {
  /** The newest reading. */
  readonly n: number
  readonly count: number
  readonly weighed: number
}

export interface CommandedTopics {
  readonly prefix: string
  readonly join?: 'keyed' | 'broadcast'
}

/** Wanted temperatures, each from a time on, steer commands; a command that is the same as the last one of its sensor is left out. */
export function createTopology({ prefix, join = 'keyed' }: CommandedTopics): Topology {
  return controlledStream({
    name: 'heat',
    join,
    control: { topic: `${prefix}-wanted`, key: stringSerde, value: jsonSerde<Wanted>() },
    data: { topic: `${prefix}-readings`, value: jsonSerde<Reading>() },
    results: { topic: `${prefix}-commands`, value: stringSerde },
    memory: jsonSerde<Heard>(),
    emitOnChange: true,
    events: `${prefix}-events`,
    effectiveFrom: ({ from }) => from,
    ...(join === 'broadcast' ? { controlKey: () => 'all' } : {}),
    onData: ({ value: { n, t } }, wanted, memory) => {
      const { count = 0, weighed = 0 } = memory.value ?? {}
      const desired = wanted?.desired ?? -1
      memory.value = { n, count: count + 1, weighed: weighed + t * desired }
      return t < desired ? 'on' : 'off'
    },
  })
}
