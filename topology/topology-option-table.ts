import { flag, functionOf, objectOf, option, optional, recordOf, required } from '../base/options/index.ts'
import type { TopicConfigs } from './output/index.ts'
import type { AnySerde } from './topology-definition.ts'

const serde = objectOf<AnySerde>('AnySerde', ['serialize', 'deserialize'])

const serdes = {
  key: required(serde, 'how keys become bytes, and bytes keys'),
  value: required(serde, 'how values become bytes, and bytes values'),
} as const

export const sourceTable = {
  ...serdes,
  bootstrap: option(
    flag,
    false,
    'whether a task reads the topics to their ends before the first record of its other inputs, each time it starts',
  ),
} as const

export const sinkTable = {
  ...serdes,
  partitionBy: optional(
    functionOf<(key: unknown) => Uint8Array>('(key: K) => Uint8Array', 'a function of the key that returns bytes'),
    "the bytes by which a record's partition is chosen",
    { defaultText: "the key's" },
  ),
} as const

export const testDriverTable = {
  topicConfigs: option(
    recordOf<TopicConfigs>('Readonly<Record<string, TopicConfigs>>', 'an object of topic configurations, each under the name of its topic'),
    {},
    'configurations of topics that are written to: a record that a broker would refuse is refused here',
    { defaultText: "Kafka's defaults" },
  ),
} as const
