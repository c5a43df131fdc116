import type { ModelFormat } from '../model.ts'
import type { MendedModel } from './proto/index.ts'
import type { RecordPlan } from './flow/index.ts'

/** An ONNX model in a form that ONNX Runtime can open: plain data. */
export interface CompiledOnnx extends MendedModel {
  /** The output that holds the score; undefined: the first. */
  readonly output: string | undefined
  readonly leastRun: number
  /** Which dimensions count the records, and whether records must be scored one by one. */
  readonly plan: RecordPlan
  /** The format that it was compiled from; undefined: ONNX itself. */
  readonly format?: ModelFormat | undefined
}
