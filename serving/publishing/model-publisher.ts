import { env, pause } from '../../base/index.ts'
import { type ModelToPublish, modelRecord, recordsThatFit } from './model-record.ts'
import type { ModelPieceRecord } from './model-pieces.ts'
import type { ModelControlRecord } from './model-control-record.ts'
import type { ModelRegistry } from './model-registry.ts'

/** Writes to the models topic and reads its dead letters; `InputTopic` of the runtime implements it. */
export interface ModelTopic {
  /** The topic's name. */
  readonly name: string
  /** The largest record batch that the topic accepts, bytes. */
  maxRecordBytes(): Promise<number>
  /** Writes all records to one partition, in order. Returns the place of the last. Throws SEND_FAILED, BROKER_UNREACHABLE, TOPIC_MISSING. */
  write(records: readonly ModelPieceRecord[]): Promise<ModelRecordPlace>
  /** The end offset of each partition of the dead-letter topic: dead letters written from now on follow it. */
  deadLetterEnds(signal: AbortSignal): Promise<ReadonlyMap<number, number>>
  /** Waits for the record's dead letter and returns its cause; undefined when the signal aborts first. */
  causeOf(record: ModelRecordPlace, from: ReadonlyMap<number, number>, signal: AbortSignal): Promise<ModelRecordCause | undefined>
}

/** The place of a model's record. */
export interface ModelRecordPlace {
  /** The partition of the models topic. */
  readonly partition: number
  /** The offset in the partition. */
  readonly offset: number
}

/** Why a model was refused. */
export interface ModelRecordCause {
  /** The error's code. */
  readonly code: string
  /** The error's message. */
  readonly message: string
}

/** A published model: the place of its record, or of the record that closes its pieces. */
export interface Published extends ModelRecordPlace {
  /** The topic to which it was written. */
  readonly topic: string
  /** SHA-256 of the bytes, in hex; undefined: only the location is known here. */
  readonly sha256: string | undefined
  /** Number of pieces of a model that did not fit into one record; undefined: it did. */
  readonly pieces: number | undefined
}

/** The outcome within the waiting time: the version that the model became, the refusal, or undefined for neither yet. */
export type PublishOutcome = { readonly version: number } | { readonly refused: ModelRecordCause } | undefined

/** A record of the models topic that was written. */
export interface WrittenRecord extends ModelRecordPlace {
  /** The topic to which it was written. */
  readonly topic: string
}

/** What became of a control record: the policy in force after it and its champion, the refusal, or undefined for neither yet. */
export type ControlResult =
  | { readonly policy: number; readonly champion: number; readonly effectiveFrom?: number }
  | { readonly refused: ModelRecordCause }
  | undefined

const lookEveryMs = 25
/** Most time to find the dead letter of a refusal, which is committed together with it. */
const causeWithinMs = 5000

/** Sends models to the models topic and finds out whether the instances accept them. */
export class ModelPublisher {
  readonly #topic: ModelTopic
  readonly #registry: ModelRegistry

  constructor(topic: ModelTopic, registry: ModelRegistry) {
    this.#topic = topic
    this.#registry = registry
  }

  /** Resolves when the broker has acknowledged the model. Throws MODEL_UNKNOWN_FORMAT, MODEL_TOO_LARGE, and what the topic's `write` throws. */
  async publish(model: ModelToPublish): Promise<Published> {
    const record = modelRecord(model)
    const records = recordsThatFit(record, { topic: this.#topic.name, limit: await this.#topic.maxRecordBytes() })
    const { partition, offset } = await this.#topic.write(records)
    const pieces = records.length > 1 ? records.length - 1 : undefined
    return { topic: this.#topic.name, partition, offset, sha256: record.sha256, pieces }
  }

  /**
   * Publishes the model and waits, at most about `waitMs`, until it serves or is refused. Throws what `publish` throws, and STORE_NOT_READY,
   * before it publishes when the registry is not ready.
   */
  async publishAndWait(
    model: ModelToPublish,
    waitMs: number,
  ): Promise<{ readonly published: Published; readonly outcome: PublishOutcome }> {
    // Throws before the model is sent when its outcome could not be read.
    await this.#registry.models()
    const ends = await this.#topic.deadLetterEnds(AbortSignal.timeout(waitMs))
    const published = await this.publish(model)
    const end = env.monotonic() + waitMs
    for (;;) {
      const applied = await this.#registry.applied(model.dataType, published)
      if (applied === 'refused') return { published, outcome: { refused: await this.#causeOf(published, ends) } }
      if (applied !== 'waiting') return { published, outcome: applied }
      if (env.monotonic() >= end) return { published, outcome: undefined }
      await pause(lookEveryMs)
    }
  }

  /**
   * Writes a control record and waits, at most about `waitMs`, until it is applied: returns the number of the policy in force and its champion, or the
   * refusal; undefined for neither yet. Throws as `publishAndWait`.
   */
  async control(record: ModelControlRecord, waitMs: number): Promise<{ readonly place: WrittenRecord; readonly outcome: ControlResult }> {
    const waits = waitMs > 0
    if (waits) await this.#registry.models()
    const ends = waits ? await this.#topic.deadLetterEnds(AbortSignal.timeout(waitMs)) : new Map<number, number>()
    const { partition, offset } = await this.#topic.write([{ key: record.key, value: record.value }])
    const place = { topic: this.#topic.name, partition, offset }
    if (!waits) return { place, outcome: undefined }
    const end = env.monotonic() + waitMs
    for (;;) {
      const outcome = await this.#registry.controlled(record.dataType, place)
      if (outcome === 'refused') return { place, outcome: { refused: await this.#causeOf(place, ends) } }
      if (outcome !== 'waiting') return { place, outcome }
      if (env.monotonic() >= end) return { place, outcome: undefined }
      await pause(lookEveryMs)
    }
  }

  async #causeOf(record: ModelRecordPlace, from: ReadonlyMap<number, number>): Promise<ModelRecordCause> {
    const cause = await this.#topic.causeOf(record, from, AbortSignal.timeout(causeWithinMs))
    return cause ?? { code: 'MODEL_LOAD_FAILED', message: 'the model was refused; the dead letter that states the reason was not found' }
  }
}
