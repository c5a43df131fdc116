import type { WriterRecord } from '../../topology/runtime/topics/index.ts'

/**
 * Data records that cannot have a result: the value cannot be decoded, the key is not text, or the results topic refuses the timestamp or the size
 * of the result (which has the timestamp and headers of the record). Each must become exactly one dead letter.
 */
const recordKinds = ['undecodable', 'future', 'large', 'key'] as const

/** Good data records whose results `OddProcessor` replaces by values that no topic accepts. Each must also become exactly one dead letter. */
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

/** The odd records of a run: those that `sluice serve` refuses, or also those that a processor creates. */
export const oddSets = { serve: recordKinds, processors: [...recordKinds, ...forwardKinds] } as const

export type OddSet = keyof typeof oddSets

/** Header with the kind of an odd record, so that the check needs only the input topic. */
export const oddHeader = 'chaos-odd'

/** With these settings the data topic accepts records whose results the results topic refuses. */
export const dataTopicConfig = [
  { name: 'max.message.bytes', value: '4000000' },
  { name: 'message.timestamp.after.max.ms', value: '9223372036854775807' },
]

const threeHours = 3 * 60 * 60 * 1000
/** Nearly the default size limit of a topic: the result is larger than the limit. */
const largeBytes = 1_048_400

/** Makes an odd record from a good one. `untyped`: the value without a data type, so that the key has to give it. */
export function oddRecord(kind: OddKind, good: WriterRecord & { readonly timestamp: number }, untyped: Uint8Array): WriterRecord {
  const headers = { ...good.headers, [oddHeader]: kind }
  if (kind === 'undecodable') return { ...good, value: Buffer.from('\xff this is no record', 'latin1'), headers }
  if (kind === 'future') return { ...good, timestamp: good.timestamp + threeHours, headers }
  if (kind === 'large') return { ...good, headers: { ...headers, filler: Buffer.alloc(largeBytes, 'x') } }
  if (kind === 'key') return { ...good, key: Buffer.from([0xff, 0xfe, 0x80]), value: untyped, headers }
  return { ...good, headers }
}
