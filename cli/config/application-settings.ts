import { streamsSetting, streamsSettingOr } from './setting.ts'

/** How an instance processes records: options of `SluiceStreams`. */
export const applicationSettingTable = {
  applicationId: streamsSettingOr('applicationId', 'sluice'),
  guarantee: streamsSetting('guarantee'),
  stateDir: streamsSettingOr('stateDir', '.sluice'),
  stateCleanupDelayMs: streamsSetting('stateCleanupDelayMs'),
  deadLetterTopic: streamsSettingOr('deadLetterTopic', undefined, { defaultText: '<applicationId>-dead-letters' }),
  partitions: streamsSettingOr('createPartitions', 4),
  commitIntervalMs: streamsSetting('commitIntervalMs'),
  transactionTimeoutMs: streamsSetting('transactionTimeoutMs'),
  sessionTimeoutMs: streamsSetting('sessionTimeoutMs'),
  stopTimeoutMs: streamsSetting('stopTimeoutMs'),
  metadataMaxAgeMs: streamsSetting('metadataMaxAgeMs'),
  standbyReplicas: streamsSetting('standbyReplicas'),
  threads: streamsSettingOr('threads', 1),
  maxTaskIdleMs: streamsSetting('maxTaskIdleMs'),
  maxBatch: streamsSetting('maxBatch'),
  unreadableBatches: streamsSetting('unreadableBatches'),
  maxBufferedBytes: streamsSetting('maxBufferedBytes'),
  maxBufferedTotalBytes: streamsSetting('maxBufferedTotalBytes'),
  tracing: streamsSetting('tracing'),
} as const
