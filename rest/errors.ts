import type { ErrorCode } from '../proto/sluice-error.ts'
import { SluiceError } from '../proto/sluice-error.ts'

/** What only an HTTP answer can say, beside the codes of SluiceError. */
export type AnswerCode =
  ErrorCode | 'ROUTE_UNKNOWN' | 'METHOD_REFUSED' | 'BODY_REFUSED' | 'TOKEN_REFUSED' | 'HOP_MISDIRECTED' | 'NOTHING_USED_YET' | 'INTERNAL'

/** The only place that knows which code has which status. A code that is not here is a 500 whose details stay in the log. */
const statuses: { readonly [code in AnswerCode]?: number } = {
  INPUT_INVALID: 400,
  TOKEN_REFUSED: 401,
  STORE_UNKNOWN: 404,
  KEY_UNKNOWN: 404,
  NOTHING_USED_YET: 404,
  ROUTE_UNKNOWN: 404,
  METHOD_REFUSED: 405,
  BODY_REFUSED: 413,
  HOP_MISDIRECTED: 421,
  STORE_NOT_READY: 503,
  STORE_CLOSED: 503,
  OWNER_UNREACHABLE: 503,
  BROKER_UNREACHABLE: 503,
}

/** Passing states, not faults: the same request may succeed as soon as a rebalance is over. */
const passing: ReadonlySet<string> = new Set<ErrorCode>(['STORE_NOT_READY', 'STORE_CLOSED', 'OWNER_UNREACHABLE'])

/** The body of every answer that is not a success, health apart. */
export interface ErrorBody {
  readonly error: string
  readonly code: AnswerCode
}

/** An error as a client sees it. `logged` tells that the cause is not in the answer and belongs in the log. */
export interface ErrorAnswer {
  readonly status: number
  readonly body: ErrorBody
  readonly logged: boolean
}

/** The status of a code; 500 for one that no client can do anything about. */
export function statusOf(code: AnswerCode): number {
  return statuses[code] ?? 500
}

/** What a thrown value becomes on the wire: never a stack trace, never the message of an error that is not ours. */
export function answerOfError(error: unknown): ErrorAnswer {
  if (error instanceof SluiceError && statuses[error.code] !== undefined) {
    return { status: statusOf(error.code), body: { error: error.message, code: error.code }, logged: false }
  }
  return { status: 500, body: { error: 'the request failed inside the server: its log says why', code: 'INTERNAL' }, logged: true }
}

/** Whether a rebalance, a restore or an instance that just went explains the error: worth another attempt with fresh metadata. */
export function isPassing(error: unknown): error is SluiceError {
  return error instanceof SluiceError && passing.has(error.code)
}
