// Dynamically controlled streams: a slow control stream steers a fast data stream. Start reading at controlled-stream.ts.
// Controls are judged by control-processor.ts, and data answered by controlled-data.ts; the state between them is control-state.ts.
// Not here: models, which have a topology of their own in serving/; HTTP.
export { addControlledStream, controlledStream } from './controlled-stream.ts'
export type {
  ControlledDataOptions,
  ControlledStreamOptions,
  ControlResultsOptions,
  ControlTopicOptions,
} from './controlled-stream-options.ts'
export { controlledDataTable, controlledStreamTable, controlResultsTable, controlTopicTable } from './control-option-table.ts'
export { controlMetrics, type ControlEvent, type ControlEventName } from './control-events.ts'
export { refuse, type ControlRule, type ControlSchema, type OnControl, type SchemaIssue, type SchemaResult } from './control-rules.ts'
export type { ControlPlace, ControlState, HeldControl, RefusedControl } from './control-state.ts'
export type { Memory, NoControl, OnData, Outputs } from './on-data.ts'
export { streamNames } from './stream-definition.ts'
