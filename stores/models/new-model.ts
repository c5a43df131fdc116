import type { sluice } from '../../proto/state-messages.js'
import { sha256 } from './model-blobs.ts'
import type { ModelState, ModelVersion, RecordPlace } from './model-rows.ts'

/** Where a record of the models topic lies, and where it lay before it was moved to its data type's partition. */
export interface ModelRecordPlace extends RecordPlace {
  readonly movedFrom?: RecordPlace | undefined
}

/** A model record that was accepted. */
export interface NewModel extends ModelRecordPlace {
  readonly name: string
  readonly description: string
  readonly modeltype: sluice.ModelDescriptor.ModelType
  /** undefined: they are too large for the store, and stay at the location. */
  readonly bytes: Uint8Array | undefined
  /** SHA-256 of the bytes; needed without them, as `size` is. */
  readonly hash?: Uint8Array | undefined
  readonly size?: number | undefined
  /** It was found too large or too slow to run beside the data. */
  readonly heavy?: boolean | undefined
  /** Where the bytes came from, when they did not come with the record. */
  readonly location?: string | undefined
  /** The output that holds the score; empty: the model's first. */
  readonly output: string
  /** Epoch ms from which it serves. */
  readonly since: number
}

/**
 * Whether a record that made none of the kept versions was seen before: the offset speaks for the newest version's partition only. One that
 * was moved may have been so more than once, by two applications or by one that was started over.
 */
export function isApplied(state: ModelState, place: ModelRecordPlace): boolean {
  const { partition, offset } = place
  return (state.versions.at(-1)?.partition === partition && offset < state.nextOffset) || isMovedAgain(state, place)
}

/** Whether another copy of the record was moved here before. */
export function isMovedAgain({ movedUpTo = [] }: ModelState, { movedFrom }: ModelRecordPlace): boolean {
  return (
    movedFrom !== undefined && movedUpTo.some(({ partition, offset }) => partition === movedFrom.partition && offset >= movedFrom.offset)
  )
}

/** What the state says of moved records once this one was applied. */
export function movedUpTo(state: ModelState | undefined, { movedFrom }: ModelRecordPlace): Pick<ModelState, 'movedUpTo'> {
  const before = state?.movedUpTo ?? []
  const places = movedFrom === undefined ? before : [...before.filter(({ partition }) => partition !== movedFrom.partition), movedFrom]
  return places.length === 0 ? {} : { movedUpTo: places }
}

/** The versions whose bytes are here. */
export function stored(versions: readonly ModelVersion[]): readonly ModelVersion[] {
  return versions.filter(({ remote }) => remote !== true)
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
    ...(model.movedFrom === undefined ? {} : { movedFrom: model.movedFrom }),
  }
}
