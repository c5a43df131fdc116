// Where a result comes from: reads its input, its model, its policy and the events of models from Kafka, and scores the input again.
// Not here: flags, and what is printed.
export { resultIn } from './answers.ts'
export { type Explanation, explain } from './explanation.ts'
export { eventIn } from './model-events.ts'
export { type ExplainTopics, openLineage, openModels, type Lineage, type LineageParts, type OpenModels } from './lineage.ts'
export { type Connection, owned, partitionsIn, type Place } from './record-at.ts'
