import {
  hexOf,
  modelStateSerde,
  modelStatisticsSerde,
  modelTypeName,
  modelUploadSerde,
  pastVersionSerde,
  type ModelState,
  type ModelStatistics,
  type ModelUpload,
  type ModelVersion,
  type PastVersion,
} from './model-rows.ts'
import { modelRoutingSerde } from './model-routing.ts'
import { parseModelRowKey } from './row-keys.ts'
import { type ModelUseView, unusedView, useView } from './use-view.ts'

/** A kept version, for JSON. */
export interface ModelVersionView {
  /** The version's number. */
  readonly version: number
  /** The name in its descriptor. */
  readonly name: string
  /** SHA-256 of the model's bytes, in hex. */
  readonly hash: string
  /** When it began to serve, epoch ms. */
  readonly since: number
  /** Size of the model, bytes. */
  readonly size: number
  /** Partition of the model record. */
  readonly partition: number
  /** Offset of the model record. */
  readonly offset: number
}

/** A data type's current model, for interactive queries. */
export interface ModelServingView extends ModelUseView {
  /** The data type of the model. */
  readonly dataType: string
  /** The name in its descriptor. */
  readonly name: string
  /** The description in its descriptor. */
  readonly description: string
  /** SHA-256 of the model's bytes, in hex. */
  readonly hash: string
  /** The type in its descriptor, by name. */
  readonly modeltype: string
  /** Size of the model, bytes. */
  readonly size: number
  /** When it began to serve, epoch ms. */
  readonly since: number
  /** The location from which the model was read; absent: it came in records. */
  readonly location?: string
  /** The kept versions, oldest first. */
  readonly versions: readonly ModelVersionView[]
}

/** A version of a data type's history. */
export interface ModelHistoryEntry {
  /** Its facts. */
  readonly version: ModelVersion
  /** Whether the version is kept and can still be loaded. */
  readonly kept: boolean
  /** Its use; undefined: it was not used. */
  readonly figures: ModelStatistics | undefined
}

/** All versions of a data type, the newest first. `newest`: figures of the newest version; `elsewhere`: figures of versions that have none here. */
export function modelHistory(
  past: readonly PastVersion[],
  state: ModelState | undefined,
  newest: ModelStatistics | undefined,
  elsewhere: (version: number) => ModelStatistics | undefined,
): readonly ModelHistoryEntry[] {
  const entries = new Map<number, ModelHistoryEntry>()
  for (const { version, figures } of past) entries.set(version.version, { version, kept: false, figures })
  for (const version of state?.versions ?? []) {
    const figures = newest?.version === version.version ? newest : entries.get(version.version)?.figures
    entries.set(version.version, { version, kept: true, figures })
  }
  const all = [...entries.values()].map(entry => ({ ...entry, figures: entry.figures ?? elsewhere(entry.version.version) }))
  return all.sort((a, b) => b.version.version - a.version.version)
}

/** The view of the current model; undefined: no model serves. Statistics of another version are ignored. */
export function modelServingView(state: ModelState, statistics: ModelStatistics | undefined): ModelServingView | undefined {
  const current = state.versions.find(({ version }) => version === state.current)
  if (current === undefined) return undefined
  const used = statistics?.version === current.version ? useView(statistics) : unusedView(current.version)
  return {
    dataType: state.dataType,
    name: current.name,
    description: current.description,
    ...used,
    hash: hexOf(current.hash),
    modeltype: modelTypeName(current.modeltype),
    size: current.size,
    since: current.since,
    ...(current.location === '' ? {} : { location: current.location }),
    versions: state.versions.map(versionView),
  }
}

/** A row of the store or its changelog, for people. */
export interface ModelRowView {
  readonly kind: 'state' | 'stats' | 'past' | 'policy' | 'event' | 'time' | 'blob' | 'upload' | 'unknown'
  readonly dataType?: string
  readonly hash?: string
  readonly chunk?: number
  readonly version?: number
  /** The number of a policy. */
  readonly number?: number
  /** The number of an event. */
  readonly sequence?: number
  /** The partition of the data, of an event time. */
  readonly partition?: number
  /** null: the row was deleted. */
  readonly value?: unknown
  /** Length of the value of a blob's chunk, which is not shown itself. */
  readonly bytes?: number
}

/** Describes a row of `ModelStateStore`. Throws when the value cannot be decoded as its key requires. */
export function decodeModelStoreRow(key: Uint8Array, value: Uint8Array | null): ModelRowView {
  const name = parseModelRowKey(key)
  if (name === undefined) return { kind: 'unknown', value: value === null ? null : hexOf(value) }
  if (value === null) return { ...name, value: null }
  if (name.kind === 'blob') return { ...name, bytes: value.length }
  if (name.kind === 'upload') return { ...name, value: uploadView(modelUploadSerde.deserialize(value)) }
  if (name.kind === 'event') return { ...name, value: JSON.parse(Buffer.from(value).toString('utf8')) as unknown }
  if (name.kind === 'time') return { ...name, value: Buffer.from(value).readDoubleBE() }
  if (name.kind === 'policy') return { ...name, value: modelRoutingSerde.deserialize(value) }
  if (name.kind === 'past') return { ...name, value: pastView(pastVersionSerde.deserialize(value)) }
  return {
    ...name,
    value: name.kind === 'state' ? stateView(modelStateSerde.deserialize(value)) : useView(modelStatisticsSerde.deserialize(value)),
  }
}

function uploadView({ dataType, size, pieces, received, newest, partition, offset }: ModelUpload): unknown {
  return { dataType, size, pieces, received: received.reduce((sum, one) => sum + one, 0), newest, partition, offset }
}

function stateView({ versions, ...state }: ModelState): unknown {
  return { ...state, versions: versions.map(plainView) }
}

function pastView({ version, figures }: PastVersion): unknown {
  return { version: plainView(version), ...(figures === undefined ? {} : { figures: useView(figures) }) }
}

function plainView(version: ModelVersion): unknown {
  return { ...version, hash: hexOf(version.hash), modeltype: modelTypeName(version.modeltype) }
}

function versionView({ version, name, hash, since, size, partition, offset }: ModelVersion): ModelVersionView {
  return { version, name, hash: hexOf(hash), since, size, partition, offset }
}
