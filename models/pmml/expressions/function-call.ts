import type { DataType } from '../document/index.ts'
import type { Row } from './row.ts'

/** How a built-in function is called. */
export interface FunctionCall {
  /** Of the result. */
  readonly type: DataType
  readonly argTypes: readonly { readonly type: DataType }[]
  /** Whether an argument is missing. */
  readonly missing: boolean
  readonly row: Row
}
