import { usageStoreName } from '../../serving/index.ts'
import { changelogTopic } from '../../topology/runtime/index.ts'

/** The run has a broker of its own: plain names do. */
export const applicationId = 'chaos'
export const topics = { data: 'data', models: 'models', results: 'results', compacted: 'compacted' } as const
export const storeName = 'ModelStateStore'
export const deadLetterTopic = `${applicationId}-dead-letters`
/** Of topologies that count: see counter.ts. */
export const countStoreName = 'Counts'
export const changelogs = {
  state: changelogTopic(applicationId, storeName),
  counts: changelogTopic(applicationId, countStoreName),
  /** With the broadcast join. */
  usage: changelogTopic(applicationId, usageStoreName({ storeName })),
} as const
/** Header of a data record: its data type. */
export const typeHeader = 'chaos-type'
/** Header of a result: how many records of the data type the application has counted in this partition. */
export const countHeader = 'chaos-count'
export const partitionCount = 4
/** They alternate as the models of a data type. */
export const modelFiles = ['wine-linear.onnx', 'wine-mlp.onnx'] as const
