import type { ControlPlace } from '../../control/index.ts'

/** A controlled stream behind the control routes. `controlService` makes it. */
export interface ControlService {
  /** The name of the stream. */
  readonly name: string
  /** The store that keeps its controls. */
  readonly store: string
  /** The topic of its controls. */
  readonly topic: string
  /** The value of a control record for a control as JSON. Throws INPUT_INVALID when the serde cannot write it. */
  valueOf(json: unknown): Uint8Array
  /** Writes a control record; null withdraws the control of the key. Throws INPUT_INVALID (not a key), RECORD_TOO_LARGE, SEND_FAILED, BROKER_UNREACHABLE (also after 20 s without an answer of Kafka), TOPIC_MISSING. */
  write(key: string, value: Uint8Array | null): Promise<ControlPlace>
  /** The offset before which the application has applied all records of a partition of the topic. Throws BROKER_UNREACHABLE. */
  applied(partition: number): Promise<number>
}
