// Counters and traces of tasks, threads and the instance.
// Recorded per run of records, not per record.
// Not here: HTTP.
export type { EvictionReason, RebuildReason } from './failure-metrics.ts'
export { InstanceMetrics } from './instance-metrics.ts'
export { limitFamily } from './limit-metrics.ts'
export { RecordTracing } from './record-tracing.ts'
export { addCounts, noCounts } from './streams-counters.ts'
export { type TaskCounts, addTask, noTaskCounts } from './task-counts.ts'
export { type Leaving, TaskMetrics } from './task-metrics.ts'
export { ThreadMetrics, threadsFamily } from './thread-metrics.ts'
