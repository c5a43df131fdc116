/**
 * The cause of an error.
 * - `record`: one record, or the model in it. The record becomes a dead letter; the stream goes on.
 * - `request`: one request for something that does not exist or cannot be read.
 * - `program`: the topology, the configuration, or the topics and rights that they need. Retrying does not help.
 * - `environment`: a broker, a disk or another instance, not a record. Retrying may help.
 */
export type Fault = 'record' | 'request' | 'program' | 'environment'

/** The fault of each code. The meaning of a code never changes; messages may. */
const faults = {
  CONFIG_INVALID: 'program',
  TOPOLOGY_INVALID: 'program',
  RECORD_UNDECODABLE: 'record',
  PROCESSING_FAILED: 'record',
  SCHEMA_UNKNOWN: 'record',
  CONTROL_REFUSED: 'record',
  KEY_INVALID: 'record',
  KEY_MISSING: 'record',
  VALUE_INVALID: 'record',
  TIMESTAMP_INVALID: 'record',
  HEADERS_INVALID: 'record',
  RECORD_TOO_LARGE: 'record',
  MODEL_UNKNOWN: 'request',
  MODEL_UNKNOWN_FORMAT: 'record',
  MODEL_LOAD_FAILED: 'record',
  MODEL_INPUT_MISMATCH: 'record',
  MODEL_LOCATION_REFUSED: 'record',
  MODEL_HASH_MISMATCH: 'record',
  MODEL_TOO_LARGE: 'record',
  MODEL_UNSIGNED: 'record',
  MODEL_SIGNATURE_INVALID: 'record',
  MODEL_FAILED: 'record',
  STORE_UNKNOWN: 'request',
  STORE_NOT_READY: 'environment',
  STORE_CLOSED: 'environment',
  STORE_CORRUPT: 'environment',
  STORE_FAILED: 'environment',
  STATE_DIRECTORY_LOCKED: 'environment',
  KEY_UNKNOWN: 'request',
  OWNER_UNREACHABLE: 'environment',
  TOPIC_MISSING: 'program',
  TOPIC_MISMATCH: 'program',
  CLIENT_UNSUPPORTED: 'program',
  BROKER_UNREACHABLE: 'environment',
  BROKER_FAILED: 'environment',
  NOT_AUTHORIZED: 'program',
  BATCH_UNREADABLE: 'environment',
  OFFSET_OUT_OF_RANGE: 'environment',
  OFFSETS_LOST: 'program',
  STATE_UNCERTAIN: 'program',
  REGISTRY_UNREACHABLE: 'environment',
  SEND_FAILED: 'environment',
  COMMIT_FAILED: 'environment',
  TASK_FENCED: 'environment',
  PORT_TAKEN: 'program',
  INPUT_INVALID: 'record',
  INTERRUPTED: 'environment',
  CHECK_FAILED: 'environment',
} as const satisfies Readonly<Record<string, Fault>>

/** The code of a `SluiceError`. */
export type ErrorCode = keyof typeof faults

/** Every error that Sluice throws: a stable code, a message that says what happened, where, and what to do, and the cause. */
export class SluiceError extends Error {
  /** The error's code for programs, stable from version to version. */
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'SluiceError'
    this.code = code
  }

  /** The cause of the error. */
  get fault(): Fault {
    return faults[this.code]
  }
}

/** Whether an error is the fault of one record. Errors that user code throws always are; a SluiceError according to its code. */
export function isRecordFault(error: unknown): boolean {
  return !(error instanceof SluiceError) || error.fault === 'record'
}

/** The message of any thrown value. Never throws. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? (error.message as unknown) : error)
  } catch {
    return 'the thrown value has no message'
  }
}
