import { type ErrorCode, SluiceError } from '../../base/index.ts'

/** What only an HTTP answer can say, beside the codes of SluiceError. */
export type AnswerCode =
  | ErrorCode
  | 'ROUTE_UNKNOWN'
  | 'METHOD_REFUSED'
  | 'BODY_REFUSED'
  | 'BODY_LATE'
  | 'TYPE_REFUSED'
  | 'URL_TOO_LONG'
  | 'REQUEST_LATE'
  | 'HEADERS_TOO_LARGE'
  | 'TOKEN_REFUSED'
  | 'HOST_REFUSED'
  | 'ORIGIN_REFUSED'
  | 'HOP_MISDIRECTED'
  | 'NOTHING_USED_YET'
  | 'STORE_NOT_VERSIONED'
  | 'BUSY'
  | 'RATE_LIMITED'
  | 'PUBLISH_PENDING'
  | 'NOT_SUPPORTED'
  | 'ANSWER_TOO_LARGE'
  | 'INTERNAL'

/** The only place that knows which code has which status. A code that is not here is a 500 whose details stay in the log. */
const statuses: { readonly [code in AnswerCode]?: number } = {
  INPUT_INVALID: 400,
  NOT_SUPPORTED: 400,
  MODEL_INPUT_MISMATCH: 400,
  MODEL_UNKNOWN_FORMAT: 400,
  STORE_NOT_VERSIONED: 400,
  TOKEN_REFUSED: 401,
  ORIGIN_REFUSED: 403,
  MODEL_UNKNOWN: 404,
  STORE_UNKNOWN: 404,
  KEY_UNKNOWN: 404,
  NOTHING_USED_YET: 404,
  ROUTE_UNKNOWN: 404,
  METHOD_REFUSED: 405,
  BODY_LATE: 408,
  REQUEST_LATE: 408,
  BODY_REFUSED: 413,
  MODEL_TOO_LARGE: 413,
  URL_TOO_LONG: 414,
  TYPE_REFUSED: 415,
  HOP_MISDIRECTED: 421,
  HOST_REFUSED: 421,
  RATE_LIMITED: 429,
  HEADERS_TOO_LARGE: 431,
  MODEL_FAILED: 500,
  ANSWER_TOO_LARGE: 500,
  MODEL_LOAD_FAILED: 503,
  MODEL_LOCATION_REFUSED: 503,
  MODEL_HASH_MISMATCH: 503,
  SEND_FAILED: 503,
  TOPIC_MISSING: 503,
  STORE_NOT_READY: 503,
  STORE_CLOSED: 503,
  OWNER_UNREACHABLE: 503,
  BROKER_UNREACHABLE: 503,
  BUSY: 503,
  PUBLISH_PENDING: 504,
}

/** Passing states, not faults: the same request may succeed as soon as a rebalance is over. */
const passing: ReadonlySet<string> = new Set<ErrorCode>(['STORE_NOT_READY', 'STORE_CLOSED', 'OWNER_UNREACHABLE', 'BROKER_UNREACHABLE'])

/** A refusal that is about the request as HTTP, not about what it asks for. */
export class RestError extends Error {
  readonly code: AnswerCode

  constructor(code: AnswerCode, message: string) {
    super(message)
    this.name = 'RestError'
    this.code = code
  }
}

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
  if ((error instanceof SluiceError || error instanceof RestError) && statuses[error.code] !== undefined) {
    return { status: statusOf(error.code), body: { error: error.message, code: error.code }, logged: false }
  }
  return {
    status: 500,
    body: { error: 'the request failed inside the server; the log of the server states the cause', code: 'INTERNAL' },
    logged: true,
  }
}

/** Whether a rebalance, a restore or an instance that just went explains the error: worth another attempt with fresh metadata. */
export function isPassing(error: unknown): error is SluiceError {
  return error instanceof SluiceError && passing.has(error.code)
}
