import type { sluice } from '../../proto/messages.js'
import type { NamedModels } from '../../serving/index.ts'
import type { TopicRecord } from '../../topology/runtime/topics/index.ts'

/** A result with its input. */
export interface AnsweredResult {
  /** The record of the result, and what it holds. */
  readonly record: TopicRecord
  readonly result: sluice.ScoreResult
  /** undefined: it is not in its topic any more. */
  readonly input: TopicRecord | undefined
}

/** Results, and all that it takes to score their inputs again: in the topics of an application, or in a recording. */
export interface ResultSource {
  /** The models that the results name. Asked of a result after it was read. */
  readonly models: NamedModels
  /** Each result once, those of an input's partition in the order of its offsets, as far as they are near each other. */
  results(): AsyncIterable<AnsweredResult>
}
