import { SluiceError } from '../../base/sluice-error.ts'

/** What a topic's configuration says of the records that it takes, by Kafka's own names. */
export interface TopicConfigs {
  /** The largest record batch; default 1048588. */
  readonly 'max.message.bytes'?: number | string
  /** No batch is larger than a segment; default 1 GB. */
  readonly 'segment.bytes'?: number | string
  /** What the broker compresses batches with; default `producer`: nothing that it is not given so. */
  readonly 'compression.type'?: string
  /** `delete`, `compact`, or both: a compacted topic takes no record without a key. Default `delete`. */
  readonly 'cleanup.policy'?: string
  /** `CreateTime` or `LogAppendTime`. */
  readonly 'message.timestamp.type'?: string
  /** How far a timestamp may be before the broker's clock; default: any time. */
  readonly 'message.timestamp.before.max.ms'?: number | string
  /** How far a timestamp may be after the broker's clock; default: an hour. */
  readonly 'message.timestamp.after.max.ms'?: number | string
}

/** Which records a topic's broker takes. */
export interface TopicLimits {
  readonly maxMessageBytes: number
  /** Which configuration says so. */
  readonly sizeSetting: string
  readonly compacted: boolean
  /** Of timestamps, against the broker's clock; Infinity where it sets them itself. */
  readonly maxAheadMs: number
  readonly maxBehindMs: number
}

/** Of a dead-letter topic that is made here: a dead letter has its record whole, and headers beside it, more than the record's own topic may allow. */
export const deadLetterMaxBytes = 16 * 1024 * 1024
/** So much a dead letter needs that has nothing but its cause; where the topic is compacted, the name of its record too, as its key. */
const leastDeadLetterBytes = { deleted: 128, compacted: 512 }

/** Kafka's, where a topic's configuration says nothing. */
const defaults: Required<TopicConfigs> = {
  'max.message.bytes': 1_048_588,
  'segment.bytes': 2 ** 30,
  'compression.type': 'producer',
  'cleanup.policy': 'delete',
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.before.max.ms': Infinity,
  'message.timestamp.after.max.ms': 3_600_000,
}

export const topicConfigNames: readonly string[] = Object.keys(defaults)

/** Throws SluiceError CONFIG_INVALID for a name that says nothing here, or a value that is none. */
export function topicLimits(configs: TopicConfigs = {}): TopicLimits {
  for (const name of Object.keys(configs))
    if (!topicConfigNames.includes(name))
      throw new SluiceError(
        'CONFIG_INVALID',
        `"${name}" is no configuration of a topic that matters here: ${topicConfigNames.join(', ')} are`,
      )
  const all = { ...defaults, ...configs }
  const number = (name: keyof TopicConfigs): number => {
    const value = Number(all[name])
    if (value >= 0) return value
    throw new SluiceError('CONFIG_INVALID', `${name} of a topic is ${all[name]}: a number from 0 on is allowed`)
  }
  const [largest, segment] = [number('max.message.bytes'), number('segment.bytes')]
  const compresses = !['producer', 'uncompressed'].includes(all['compression.type'])
  const ownTime = all['message.timestamp.type'] === 'LogAppendTime'
  return {
    maxMessageBytes: roomIn(Math.min(largest, segment), compresses),
    sizeSetting: `${segment < largest ? 'segment.bytes' : 'max.message.bytes'}${compresses ? ', less what compression.type may add' : ''}`,
    compacted: all['cleanup.policy'].split(',').some(policy => policy.trim() === 'compact'),
    maxAheadMs: ownTime ? Infinity : number('message.timestamp.after.max.ms'),
    maxBehindMs: ownTime ? Infinity : number('message.timestamp.before.max.ms'),
  }
}

/** A broker that compresses looks at the size before and after: what cannot be compressed becomes larger, by 0.4 % at most and a frame's head. */
function roomIn(bytes: number, compresses: boolean): number {
  return compresses ? Math.max(0, bytes - Math.ceil(bytes / 128) - 40) : bytes
}

/** A dead letter must always fit. Throws SluiceError TOPIC_MISMATCH for a topic that takes less than the least of them. */
export function checkDeadLetterLimits(topic: string, { maxMessageBytes, sizeSetting, compacted }: TopicLimits): void {
  const least = leastDeadLetterBytes[compacted ? 'compacted' : 'deleted']
  if (maxMessageBytes >= least) return
  throw new SluiceError(
    'TOPIC_MISMATCH',
    `the dead-letter topic "${topic}" takes records of at most ${maxMessageBytes} bytes (${sizeSetting}), too few for a cause: give it ${least} or more`,
  )
}
