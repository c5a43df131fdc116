import { checkedOptions, completeOptions } from '../../base/options/index.ts'
import { SluiceError } from '../../base/index.ts'
import { topicConfigTable } from './topic-config-table.ts'
import type { TopicConfigs } from './topic-configs.ts'

/** The limits for records that a topic's broker accepts. */
export interface TopicLimits {
  /** Largest record batch, in bytes, with its header. */
  readonly maxMessageBytes: number
  /** The name of the configuration that sets this limit, for error messages. */
  readonly sizeSetting: string
  readonly compacted: boolean
  /** How far timestamps may be from the broker's clock, ms; Infinity if the broker sets timestamps itself. */
  readonly maxAheadMs: number
  readonly maxBehindMs: number
}

/**
 * `max.message.bytes` of a dead-letter topic that Sluice creates: a dead letter holds its whole record and more headers, so it may be larger than the
 * limit of the record's own topic.
 */
export const deadLetterMaxBytes = 16 * 1024 * 1024
/** Bytes that the smallest dead letter needs: the error code alone and, in a compacted topic, a key that names the record. */
const leastDeadLetterBytes = { deleted: 128, compacted: 512 }

export const topicConfigNames: readonly string[] = Object.keys(topicConfigTable)

/** Throws SluiceError CONFIG_INVALID for an unknown name, or a value that is not allowed. `of`: whose configuration it is. */
export function topicLimits(configs: TopicConfigs = {}, of = 'a topic configuration'): TopicLimits {
  const all = completeOptions(topicConfigTable, checkedOptions({ of }, topicConfigTable, configs))
  const number = (name: keyof TopicConfigs): number => Number(all[name])
  const [largest, segment] = [number('max.message.bytes'), number('segment.bytes')]
  const compresses = !['producer', 'uncompressed'].includes(all['compression.type'])
  const ownTime = all['message.timestamp.type'] === 'LogAppendTime'
  return {
    maxMessageBytes: roomIn(Math.min(largest, segment), compresses),
    sizeSetting: `${segment < largest ? 'segment.bytes' : 'max.message.bytes'}${compresses ? ', minus what compression.type may add' : ''}`,
    compacted: all['cleanup.policy'].split(',').some(policy => policy.trim() === 'compact'),
    maxAheadMs: ownTime ? Infinity : number('message.timestamp.after.max.ms'),
    maxBehindMs: ownTime ? Infinity : number('message.timestamp.before.max.ms'),
  }
}

/**
 * A broker that compresses checks the size before and after. Incompressible data grows by at most 0.4 % and a frame header, which is
 * subtracted here.
 */
function roomIn(bytes: number, compresses: boolean): number {
  return compresses ? Math.max(0, bytes - Math.ceil(bytes / 128) - 40) : bytes
}

/** Throws SluiceError TOPIC_MISMATCH for a dead-letter topic whose limit is below the smallest dead letter. */
export function checkDeadLetterLimits(topic: string, { maxMessageBytes, sizeSetting, compacted }: TopicLimits): void {
  const least = leastDeadLetterBytes[compacted ? 'compacted' : 'deleted']
  if (maxMessageBytes >= least) return
  throw new SluiceError(
    'TOPIC_MISMATCH',
    `the dead-letter topic "${topic}" takes records of at most ${maxMessageBytes} bytes (${sizeSetting}), too few for the cause of a dead letter: allow ${least} or more`,
  )
}
