// Brokers and topics of a simulated cluster: which broker leads what, and what of a log all in-sync replicas have.
// Not here: requests, groups and transactions.
export { type Broker, Cluster, offsetsTopic, type Topic, type TopicOptions, transactionsTopic } from './cluster.ts'
export { errors } from './errors.ts'
export { Partition } from './partition.ts'
export { TopicConfigs } from './topic-configs.ts'
