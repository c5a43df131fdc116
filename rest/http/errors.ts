import { type ErrorCode, SluiceError } from '../../base/index.ts'

/** The codes of error answers: those of SluiceError and those that only HTTP answers have. */
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

/** The only mapping from codes to statuses. A code that is absent is answered with 500 and INTERNAL; its details are only logged. */
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
  RECORD_TOO_LARGE: 413,
  URL_TOO_LONG: 414,
  TYPE_REFUSED: 415,
  HOP_MISDIRECTED: 421,
  HOST_REFUSED: 421,
  CONTROL_REFUSED: 422,
  RATE_LIMITED: 429,
  HEADERS_TOO_LARGE: 431,
  MODEL_FAILED: 500,
  ANSWER_TOO_LARGE: 500,
  MODEL_LOAD_FAILED: 503,
  MODEL_LOCATION_REFUSED: 503,
  MODEL_HASH_MISMATCH: 503,
  MODEL_UNSIGNED: 503,
  MODEL_SIGNATURE_INVALID: 503,
  SEND_FAILED: 503,
  TOPIC_MISSING: 503,
  STORE_NOT_READY: 503,
  STORE_CLOSED: 503,
  OWNER_UNREACHABLE: 503,
  BROKER_UNREACHABLE: 503,
  BUSY: 503,
  PUBLISH_PENDING: 504,
}

/** Codes of temporary states: the same request may succeed after a rebalance. */
const passing: ReadonlySet<string> = new Set<ErrorCode>(['STORE_NOT_READY', 'STORE_CLOSED', 'OWNER_UNREACHABLE', 'BROKER_UNREACHABLE'])

/** An error that only an HTTP answer reports, with a code that SluiceError does not have. */
export class RestError extends Error {
  readonly code: AnswerCode

  constructor(code: AnswerCode, message: string) {
    super(message)
    this.name = 'RestError'
    this.code = code
  }
}

/** The body of every error answer, except those of /health/ready and below /v2. */
export interface ErrorBody {
  readonly error: string
  readonly code: AnswerCode
}

/** An error answer. `logged`: the answer does not contain the cause, so the caller must log it. */
export interface ErrorAnswer {
  readonly status: number
  readonly body: ErrorBody
  readonly logged: boolean
}

/** The HTTP status of a code; 500 for a code without a status of its own. */
export function statusOf(code: AnswerCode): number {
  return statuses[code] ?? 500
}

/** The answer for a thrown value. It never contains a stack trace, nor the message of an error other than SluiceError and RestError. */
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

/** Whether a rebalance, a restore or a lost instance may be the cause, so that another attempt with fresh metadata may succeed. */
export function isPassing(error: unknown): error is SluiceError {
  return error instanceof SluiceError && passing.has(error.code)
}
