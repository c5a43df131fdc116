// The client with which examples make topics, and write and read what an application takes and gives. Any client of Kafka will do instead:
// it is the only part of the examples, beside the Kafka that they start, which is not in the package.
export { createKafka, type Kafka, readTopic, TopicWriter } from '../topology/runtime/index.ts'
export { createTopics } from '../topology/runtime/topics/index.ts'
