import { checkOptions, completeOptions } from '../../base/options/index.ts'
import { SluiceError } from '../../base/index.ts'
import { topicConfigTable } from './topic-config-table.ts'
import type { TopicConfigs } from './topic-configs.ts'

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

export const topicConfigNames: readonly string[] = Object.keys(topicConfigTable)

/** Throws SluiceError CONFIG_INVALID for an unknown name, or a value that is not allowed. `of`: whose configuration it is. */
export function topicLimits(configs: TopicConfigs = {}, of = 'a topic configuration'): TopicLimits {
  checkOptions({ of }, topicConfigTable, configs)
  const all = completeOptions(topicConfigTable, configs)
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
    `the dead-letter topic "${topic}" takes records of at most ${maxMessageBytes} bytes (${sizeSetting}), too few for the cause of a dead letter: allow ${least} or more`,
  )
}
