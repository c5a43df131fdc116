import { setTimeout as sleep } from 'node:timers/promises'
import { type ModelToPublish, modelRecord, recordsThatFit } from './model-record.ts'
import type { ModelPieceRecord } from './model-pieces.ts'
import type { ModelRegistry } from './model-registry.ts'

/** The models topic, as it is written to and followed; `InputTopic` of the runtime is one. */
export interface ModelTopic {
  /** The topic's. */
  readonly name: string
  /** The largest record batch that it takes, bytes. */
  maxRecordBytes(): Promise<number>
  /** All on one partition, in order; the place of the last. Throws SEND_FAILED, BROKER_UNREACHABLE, TOPIC_MISSING. */
  write(records: readonly ModelPieceRecord[]): Promise<ModelRecordPlace>
  /** Where dead letters go on that are written from now on. */
  deadLetterEnds(signal: AbortSignal): Promise<ReadonlyMap<number, number>>
  /** The cause in a record's dead letter, waited for until the signal aborts; then undefined. */
  causeOf(record: ModelRecordPlace, from: ReadonlyMap<number, number>, signal: AbortSignal): Promise<ModelRecordCause | undefined>
}

/** Where a model's record lies. */
export interface ModelRecordPlace {
  /** Of the models topic. */
  readonly partition: number
  /** In the partition. */
  readonly offset: number
}

/** Why a model was refused. */
export interface ModelRecordCause {
  /** An error's code. */
  readonly code: string
  /** For people. */
  readonly message: string
}

/** Where a model's record lies. */
export interface Published extends ModelRecordPlace {
  /** That it was written to. */
  readonly topic: string
  /** In hex; undefined: only its location is known. */
  readonly sha256: string | undefined
  /** Records that the model was cut into, where it did not fit one. */
  readonly pieces: number | undefined
}

/** What became of a model within the time: a version that serves, a refusal, or neither. */
export type PublishOutcome = { readonly version: number } | { readonly refused: ModelRecordCause } | undefined

const lookEveryMs = 25
/** The refusal and its dead letter are committed together: it is there to be read. */
const causeWithinMs = 5000

/** Sends models to the models topic, and tells what the instances make of them. */
export class ModelPublisher {
  readonly #topic: ModelTopic
  readonly #registry: ModelRegistry

  constructor(topic: ModelTopic, registry: ModelRegistry) {
    this.#topic = topic
    this.#registry = registry
  }

  /** Resolves once the broker has it. Throws MODEL_UNKNOWN_FORMAT, MODEL_TOO_LARGE, and what the topic's `write` throws. */
  async publish(model: ModelToPublish): Promise<Published> {
    const record = modelRecord(model)
    const records = recordsThatFit(record, { topic: this.#topic.name, limit: await this.#topic.maxRecordBytes() })
    const { partition, offset } = await this.#topic.write(records)
    const pieces = records.length > 1 ? records.length - 1 : undefined
    return { topic: this.#topic.name, partition, offset, sha256: record.sha256, pieces }
  }

  /** Publishes, and waits until the model serves or was refused, so long at most. Throws what `publish` throws; STORE_NOT_READY before it does so. */
  async publishAndWait(
    model: ModelToPublish,
    waitMs: number,
  ): Promise<{ readonly published: Published; readonly outcome: PublishOutcome }> {
    // What cannot be followed is not sent.
    await this.#registry.models()
    const ends = await this.#topic.deadLetterEnds(AbortSignal.timeout(waitMs))
    const published = await this.publish(model)
    const end = performance.now() + waitMs
    for (;;) {
      const applied = await this.#registry.applied(model.dataType, published)
      if (applied === 'refused') return { published, outcome: { refused: await this.#causeOf(published, ends) } }
      if (applied !== 'waiting') return { published, outcome: applied }
      if (performance.now() >= end) return { published, outcome: undefined }
      await sleep(lookEveryMs)
    }
  }

  async #causeOf(record: ModelRecordPlace, from: ReadonlyMap<number, number>): Promise<ModelRecordCause> {
    const cause = await this.#topic.causeOf(record, from, AbortSignal.timeout(causeWithinMs))
    return cause ?? { code: 'MODEL_LOAD_FAILED', message: 'the model was refused; the dead letter that states the reason was not found' }
  }
}
