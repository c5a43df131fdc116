import type { DataType } from '../document/index.ts'
import type { Row } from './row.ts'

/** The context of a call of a built-in function. */
export interface FunctionCall {
  /** The type of the result. */
  readonly type: DataType
  readonly argTypes: readonly { readonly type: DataType }[]
  /** Whether an argument is missing. */
  readonly missing: boolean
  readonly row: Row
}
