/** What can go wrong, by name. A code never changes its meaning; messages may. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'TOPOLOGY_INVALID'
  | 'RECORD_UNDECODABLE'
  | 'PROCESSING_FAILED'
  | 'KEY_INVALID'
  | 'KEY_MISSING'
  | 'VALUE_INVALID'
  | 'TIMESTAMP_INVALID'
  | 'HEADERS_INVALID'
  | 'RECORD_TOO_LARGE'
  | 'MODEL_UNKNOWN'
  | 'MODEL_UNKNOWN_FORMAT'
  | 'MODEL_LOAD_FAILED'
  | 'MODEL_INPUT_MISMATCH'
  | 'MODEL_LOCATION_REFUSED'
  | 'MODEL_HASH_MISMATCH'
  | 'MODEL_TOO_LARGE'
  | 'MODEL_FAILED'
  | 'STORE_UNKNOWN'
  | 'STORE_NOT_READY'
  | 'STORE_CLOSED'
  | 'STORE_CORRUPT'
  | 'STORE_FAILED'
  | 'STATE_DIRECTORY_LOCKED'
  | 'KEY_UNKNOWN'
  | 'OWNER_UNREACHABLE'
  | 'TOPIC_MISSING'
  | 'TOPIC_MISMATCH'
  | 'CLIENT_UNSUPPORTED'
  | 'BROKER_UNREACHABLE'
  | 'BROKER_FAILED'
  | 'NOT_AUTHORIZED'
  | 'BATCH_UNREADABLE'
  | 'OFFSET_OUT_OF_RANGE'
  | 'SEND_FAILED'
  | 'COMMIT_FAILED'
  | 'TASK_FENCED'
  | 'PORT_TAKEN'
  | 'INPUT_INVALID'
  | 'INTERRUPTED'
  | 'CHECK_FAILED'

/** Every error that Sluice raises: a stable code, a message for a person that says what happened, where, and what to do; its cause kept. */
export class SluiceError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'SluiceError'
    this.code = code
  }
}

/** The message of anything that was thrown: never throws itself, whatever it is. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? (error.message as unknown) : error)
  } catch {
    return 'something was thrown that has no message'
  }
}
