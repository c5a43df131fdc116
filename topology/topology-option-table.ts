import { flag, functionOf, objectOf, option, optional, recordOf, required } from '../base/options/index.ts'
import type { TopicConfigs } from './output/index.ts'
import type { AnySerde } from './topology-definition.ts'

const serde = objectOf<AnySerde>('AnySerde', ['serialize', 'deserialize'])

const serdes = {
  key: required(serde, 'serde of the keys'),
  value: required(serde, 'serde of the values'),
} as const

export const sourceTable = {
  ...serdes,
  bootstrap: option(flag, false, 'whether a task that starts reads these topics to their ends before it processes its other inputs'),
  replay: option(
    flag,
    false,
    'whether a task that starts processes these topics from their beginnings, for processors that keep what they read in memory only; what the group has committed already writes no output again',
  ),
} as const

export const sinkTable = {
  ...serdes,
  partitionBy: optional(
    functionOf<(key: unknown) => Uint8Array>('(key: K) => Uint8Array', 'a function of the key that returns bytes'),
    'returns the bytes whose hash chooses the partition of a record, from the key',
    { defaultText: 'the serialized key' },
  ),
  created: option(
    flag,
    false,
    "whether the application creates the topic if it is missing, whatever createPartitions is, with as many partitions as the sink's inputs",
  ),
  ofApplication: option(
    flag,
    false,
    'whether the topic is one of the application: its name follows the application id and a hyphen, and the application creates it if it is missing',
  ),
} as const

export const testDriverTable = {
  topicConfigs: option(
    recordOf<TopicConfigs>('Readonly<Record<string, TopicConfigs>>', 'an object of topic configurations, each under the name of its topic'),
    {},
    'configurations of output topics, by topic; the driver refuses the records that a broker would refuse',
    { defaultText: "Kafka's defaults" },
  ),
} as const
