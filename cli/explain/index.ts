// Where a result comes from: reads its input, its model, its policy and the events of models from Kafka, and scores the input again.
// Not here: flags, and what is printed.
export { type Explanation, explain } from './explanation.ts'
export { eventIn } from './model-events.ts'
export { type ExplainTopics, openLineage, type Lineage } from './lineage.ts'
