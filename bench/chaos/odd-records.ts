import type { WriterRecord } from '../../topology/runtime/topics/index.ts'

/**
 * Data records that cannot have a result: the value is no record, the result's timestamp or size is more than its topic takes (it gets the
 * record's timestamp and headers), the key is no text. Each is to become one dead letter, and nothing else.
 */
const recordKinds = ['undecodable', 'future', 'large', 'key'] as const

/** Good data records, in the place of whose results a processor forwards what no topic takes: see `OddProcessor`. The same is to become of them. */
export const forwardKinds = [
  'fractional-timestamp',
  'no-timestamp',
  'null-timestamp',
  'date-timestamp',
  'bare',
  'number-header',
  'null-key',
] as const

export type ForwardKind = (typeof forwardKinds)[number]
export type OddKind = (typeof recordKinds)[number] | ForwardKind

/** Which odd records a run has: those that `sluice serve` itself refuses, or those of a processor beside them. */
export const oddSets = { serve: recordKinds, processors: [...recordKinds, ...forwardKinds] } as const

export type OddSet = keyof typeof oddSets

/** Says of a record which kind of odd one it is: the check trusts the input topic alone. */
export const oddHeader = 'chaos-odd'

/** The data topic takes what the results topic does not. */
export const dataTopicConfig = [
  { name: 'max.message.bytes', value: '4000000' },
  { name: 'message.timestamp.after.max.ms', value: '9223372036854775807' },
]

const threeHours = 3 * 60 * 60 * 1000
/** Nearly all that a topic takes by default: what a result adds is too much. */
const largeBytes = 1_048_400

/** An odd record made from a good one; `untyped`: its value without a data type, for which the key has to tell it. */
export function oddRecord(kind: OddKind, good: WriterRecord & { readonly timestamp: number }, untyped: Uint8Array): WriterRecord {
  const headers = { ...good.headers, [oddHeader]: kind }
  if (kind === 'undecodable') return { ...good, value: Buffer.from('\xff this is no record', 'latin1'), headers }
  if (kind === 'future') return { ...good, timestamp: good.timestamp + threeHours, headers }
  if (kind === 'large') return { ...good, headers: { ...headers, filler: Buffer.alloc(largeBytes, 'x') } }
  if (kind === 'key') return { ...good, key: Buffer.from([0xff, 0xfe, 0x80]), value: untyped, headers }
  return { ...good, headers }
}
