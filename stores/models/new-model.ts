import type { sluice } from '../../proto/messages.js'
import type { AskedChange } from './model-change.ts'
import { type NamedBlob, sha256 } from './model-blobs.ts'
import type { ModelField } from './model-field.ts'
import { hexOf, type ModelState, type ModelVersion, type RecordPlace } from './model-rows.ts'
import { isMovedAgain, type MovedRecord, type MovedRecords, withMoved } from './moved-records.ts'
import { type GivenSignature, signatureFacts } from './version-signature.ts'

/** The place of a record of the models topic, and what it was before it was moved to its data type's partition. */
export interface ModelRecordPlace extends RecordPlace {
  readonly movedFrom?: MovedRecord | undefined
  /** The id of the topic; undefined: it is not known. */
  readonly topicId?: string | undefined
}

/** An accepted model record. */
export interface NewModel extends ModelRecordPlace {
  readonly name: string
  readonly description: string
  readonly modeltype: sluice.ModelDescriptor.ModelType
  /** The model's bytes; undefined: they are too large for the store and stay at the location. */
  readonly bytes: Uint8Array | undefined
  /** SHA-256 of the bytes. `hash` and `size` are required when `bytes` is undefined. */
  readonly hash?: Uint8Array | undefined
  readonly size?: number | undefined
  /** Whether the model runs in a process of its own. */
  readonly heavy?: boolean | undefined
  /** The location from which the bytes were read; undefined: they came in records. */
  readonly location?: string | undefined
  /** The output that holds the score; empty: the model's first output. */
  readonly output: string
  /** Epoch ms from which it serves. */
  readonly since: number
  /** The signature that came with it; undefined: none did. */
  readonly givenSignature?: GivenSignature | undefined
  /** Who published it. */
  readonly publishedBy?: string | undefined
  /** When it was made, epoch ms. */
  readonly created?: number | undefined
  /** The fields that it gives to a model after it, and takes of the one before it. */
  readonly gives?: readonly ModelField[] | undefined
  readonly takes?: readonly ModelField[] | undefined
  /** What its trainer measured, and what it was trained with. */
  readonly metrics?: Readonly<Record<string, number>> | undefined
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** Who asked for the policy of a new model. */
export function askedBy({ partition, offset, since, publishedBy }: NewModel): AskedChange {
  return { partition, offset, acceptedAt: since, ...(publishedBy === undefined ? {} : { who: publishedBy }) }
}

/** The state as the topic of a record finds it. In a topic that was made anew, the places of the former one's records mean nothing. */
export function inTopic(state: ModelState, { topicId }: ModelRecordPlace): ModelState {
  if (topicId === undefined || state.topicId === topicId) return state
  if (state.topicId === undefined) return { ...state, topicId }
  const { moved: _, movedUpTo: _before, ...others } = state
  return { ...others, topicId, nextOffset: 0, formerUpTo: state.latest }
}

/** The kept version that a record made. */
export function versionOf({ versions, formerUpTo = 0 }: ModelState, { partition, offset }: RecordPlace): ModelVersion | undefined {
  return versions.find(each => each.version > formerUpTo && each.partition === partition && each.offset === offset)
}

/** Whether a record is known: it made one of the kept versions, or another copy of it was applied. */
export function isKnown(state: ModelState, place: ModelRecordPlace): boolean {
  const found = inTopic(state, place)
  return versionOf(found, place) !== undefined || isMovedAgain(found, place.movedFrom)
}

/** Whether a control record was applied before. */
export function isControlApplied(state: ModelState, place: ModelRecordPlace): boolean {
  return isApplied(inTopic(state, place), place)
}

interface StateTopic {
  readonly topicId?: string | undefined
  readonly formerUpTo?: number | undefined
}

/** The topic of a state, or of the first record of one, for the next state. */
export function topicOf({ topicId, formerUpTo }: StateTopic): Pick<ModelState, 'topicId' | 'formerUpTo'> {
  return { ...(topicId === undefined ? {} : { topicId }), ...(formerUpTo === undefined ? {} : { formerUpTo }) }
}

/**
 * Whether a record that made none of the kept versions was applied before. `nextOffset` belongs to the newest version's partition only. A
 * record may have been moved more than once, by two applications or by one that read the topic again.
 */
export function isApplied(state: ModelState, place: ModelRecordPlace): boolean {
  const { partition, offset } = place
  return (state.versions.at(-1)?.partition === partition && offset < state.nextOffset) || isMovedAgain(state, place.movedFrom)
}

/** What the state remembers of moved records after this one was applied. */
export function movedIn(state: ModelState | undefined, { movedFrom }: ModelRecordPlace): MovedRecords {
  return withMoved(state ?? {}, movedFrom)
}

/** What is in the store of versions: the bytes of those that are not remote, and signatures. */
export function blobsOf(versions: readonly ModelVersion[]): readonly NamedBlob[] {
  return versions.flatMap(({ hash, size, remote, signature }) => [
    ...(remote === true ? [] : [{ hash: hexOf(hash), size }]),
    ...(signature === undefined ? [] : [signature]),
  ])
}

export function newVersion(model: NewModel, version: number): ModelVersion {
  return {
    version,
    name: model.name,
    description: model.description,
    modeltype: model.modeltype,
    hash: new Uint8Array(model.hash ?? sha256(model.bytes ?? new Uint8Array())),
    size: model.size ?? model.bytes?.length ?? 0,
    location: model.location ?? '',
    output: model.output,
    since: model.since,
    partition: model.partition,
    offset: model.offset,
    ...(model.bytes === undefined ? { remote: true } : {}),
    ...(model.heavy === true ? { heavy: true } : {}),
    ...(model.movedFrom === undefined ? {} : { movedFrom: placeOf(model.movedFrom) }),
    ...(model.publishedBy === undefined ? {} : { publishedBy: model.publishedBy }),
    ...(model.created === undefined ? {} : { created: model.created }),
    ...(model.metrics === undefined ? {} : { metrics: model.metrics }),
    ...(model.parameters === undefined ? {} : { parameters: model.parameters }),
    ...(model.givenSignature === undefined ? {} : { signature: signatureFacts(model.givenSignature) }),
    ...(model.gives === undefined || model.gives.length === 0 ? {} : { gives: model.gives }),
    ...(model.takes === undefined || model.takes.length === 0 ? {} : { takes: model.takes }),
  }
}

function placeOf({ partition, offset }: RecordPlace): RecordPlace {
  return { partition, offset }
}

/** The state with one more version, which has no role yet. */
export function withVersion(before: ModelState | undefined, dataType: string, version: ModelVersion, model: NewModel): ModelState {
  const { withdrawnAt: _, ...others } = before ?? { dataType, current: 0, versions: [] }
  return {
    ...others,
    latest: version.version,
    versions: [...others.versions, version],
    nextOffset: model.offset + 1,
    ...movedIn(before, model),
    ...topicOf(before ?? model),
  }
}
