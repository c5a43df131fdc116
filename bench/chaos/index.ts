// Faults under load on a real Kafka, then a check of every result.
// Not here: other benchmarks, which use the exports of this file.
export { ChaosBroker } from './chaos-broker.ts'
export { ChaosCluster, ownEnvironment, programFile } from './chaos-cluster.ts'
export { ChaosInstance } from './chaos-instance.ts'
export { chaosDataTypes, ChaosLoad } from './chaos-load.ts'
export { applicationId, partitionCount, topics } from './chaos-topics.ts'
export { wholeGroup } from './observe.ts'
export { Random } from './random.ts'
export { spreadOf } from './report.ts'
export { ResultWatch } from './result-watch.ts'
