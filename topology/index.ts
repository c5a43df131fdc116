// The Processor API: topologies, processors, their context, and the driver that runs them without Kafka.
// Standard terms of Kafka Streams.
// Not here: Kafka clients, threads or tasks; those are in runtime/.
export type { Collector, CollectorMark, OutputRecord } from './output/index.ts'
export { deadLetterHeaders } from './output/index.ts'
export type { TopologyDescription } from './describe.ts'
export { mergeMetrics } from './metrics/index.ts'
export {
  type Distribution,
  type Figure,
  type MetricDefinition,
  type MetricFamily,
  type MetricSample,
  MetricsRecorder,
  secondsBounds,
} from './metrics/index.ts'
export type { Processor, ProcessorSupplier } from './processor.ts'
export type { ProcessorContext, ProcessorLog } from './processor-context.ts'
export { headerEntries, type HeaderEntry, type HeaderValue, orderedHeaders, withHeader } from './record-headers.ts'
export { type MovedFrom, movedFrom, movedFromHeader, movedHeaders } from './moved-record.ts'
export type { PunctuationType, Punctuator, Scheduled } from './punctuation.ts'
export type {
  HostInfo,
  InstanceMetadata,
  KeyVersions,
  KeyVersionsQuery,
  PeerAccess,
  PartitionQuery,
  PartitionShare,
  QueriedVersion,
  QueryableStreams,
  StaleValue,
  StoreMetadata,
  StreamsCounters,
  StreamsState,
  TaskId,
  TaskStatus,
  InputWait,
  VersionQuery,
} from './queryable-streams.ts'
export type { Headers, RawRecord, StreamRecord } from './stream-record.ts'
export { TopologyTestDriver, type DecodedRecord, type TestLog, type TestRecord, type TestSerdes } from './test-driver.ts'
export { isTopology, Topology } from './topology.ts'
export type { SinkOptions, SourceOptions, TestDriverOptions } from './topology-options.ts'
export type { TopicConfigs } from './output/index.ts'
export type { AnySerde, TopologyDefinition } from './topology-definition.ts'
export type { QueriedEntry, ReadOptions } from './queryable-streams.ts'
export { sinkTable, sourceTable, testDriverTable } from './topology-option-table.ts'
