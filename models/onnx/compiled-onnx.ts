import type { ModelFormat } from '../model.ts'
import type { MendedModel } from './proto/index.ts'
import type { RecordPlan } from './flow/index.ts'

/** An ONNX model that ONNX Runtime can open as it is: plain data. */
export interface CompiledOnnx extends MendedModel {
  /** The output that holds the score; undefined: the first. */
  readonly output: string | undefined
  readonly leastRun: number
  /** Where its records lie, and whether they have to be scored one by one. */
  readonly plan: RecordPlan
  /** The format that it was compiled from; undefined: ONNX itself. */
  readonly format?: ModelFormat | undefined
}
