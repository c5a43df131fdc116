import { choice, kindOf, option, text, type ValueKind } from '../../base/options/index.ts'

/** Brokers write numbers as text. Infinity: no limit. */
const number: ValueKind<number | string> = kindOf(
  'number | string',
  'a whole number, 0 or more, or Infinity',
  value =>
    (typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Infinity)) ||
    (typeof value === 'string' && /^\d+$/.test(value)),
)

const policies: ValueKind<string> = kindOf(
  'string',
  'delete, compact, or both separated by a comma',
  value => typeof value === 'string' && value.split(',').every(policy => ['delete', 'compact'].includes(policy.trim())),
)

/** The topic configurations that limit which records a topic accepts, with Kafka's names and defaults. */
export const topicConfigTable = {
  'max.message.bytes': option(number, 1_048_588, 'largest record batch', { unit: 'bytes' }),
  'segment.bytes': option(number, 2 ** 30, 'size of a log segment; no record batch can be larger', { unit: 'bytes' }),
  'compression.type': option(
    text,
    'producer',
    'compression that the broker stores batches with; producer: the compression of the producer',
  ),
  'cleanup.policy': option(policies, 'delete', 'what becomes of old records; a compacted topic refuses records without a key'),
  'message.timestamp.type': option(
    choice(['CreateTime', 'LogAppendTime']),
    'CreateTime',
    "CreateTime (the record's own timestamp) or LogAppendTime (set by the broker)",
  ),
  'message.timestamp.before.max.ms': option(number, Infinity, "how far a timestamp may be before the broker's clock", { unit: 'ms' }),
  'message.timestamp.after.max.ms': option(number, 3_600_000, "how far a timestamp may be after the broker's clock", { unit: 'ms' }),
} as const
