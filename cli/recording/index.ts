// A stretch of results with their inputs and models, in a file; and their inputs scored again, from the file or from the topics.
// Not here: flags, and what is printed.
export { type Recorded, recordResults } from './record-results.ts'
export { RecordingReader } from './recording-reader.ts'
export { RecordingWriter } from './recording-writer.ts'
export { type DifferingResult, ReplayFigures } from './replay-figures.ts'
export { type Replayed, replayed, type ReplayOptions } from './replayed.ts'
export type { AnsweredResult, ResultSource } from './result-source.ts'
export { TopicSource, type TopicSourceParts } from './topic-source.ts'
export type { TopicStretch } from './stretch-starts.ts'
