import {
  hexOf,
  modelStateSerde,
  modelStatisticsSerde,
  modelTypeName,
  modelUploadSerde,
  parseModelRowKey,
  pastVersionSerde,
  type ModelState,
  type ModelStatistics,
  type ModelUpload,
  type ModelVersion,
  type PastVersion,
} from './model-rows.ts'

/** A version that is kept, for JSON. */
export interface ModelVersionView {
  /** Its number. */
  readonly version: number
  /** As its descriptor has it. */
  readonly name: string
  /** SHA-256 in hex. */
  readonly hash: string
  /** When it began to serve, epoch ms. */
  readonly since: number
  /** Bytes. */
  readonly size: number
  /** Of its record. */
  readonly partition: number
  /** Of its record. */
  readonly offset: number
}

/** What interactive queries say of a data type's current model. */
export interface ModelServingView {
  /** The data type that it is for. */
  readonly dataType: string
  /** As its descriptor has it. */
  readonly name: string
  /** As its descriptor has it. */
  readonly description: string
  /** Its number. */
  readonly version: number
  /** SHA-256 in hex. */
  readonly hash: string
  /** Its format. */
  readonly modeltype: string
  /** Bytes. */
  readonly size: number
  /** When it began to serve, epoch ms. */
  readonly since: number
  /** Where it was read, when it did not come in its record. */
  readonly location?: string
  /** Records that it has scored, in results. */
  readonly invocations: number
  /** Of all calls, ms. */
  readonly duration: number
  /** Of the quickest call, ms. */
  readonly min: number
  /** Of the slowest call, ms. */
  readonly max: number
  /** 0: not used yet. */
  readonly lastUsed: number
  /** Those that are kept. */
  readonly versions: readonly ModelVersionView[]
}

/** A version that there was, whether its bytes are kept, and how it has served; no figures: it was not used. */
export interface ModelHistoryEntry {
  /** What it is. */
  readonly version: ModelVersion
  /** Whether its bytes are still there. */
  readonly kept: boolean
  /** How it has served; undefined: not at all. */
  readonly figures: ModelStatistics | undefined
}

/** All versions of a data type, the newest first. `newest`: the figures of its newest version; `elsewhere`: those of versions that have none here. */
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

/** undefined while no model serves. Statistics of another version do not count. */
export function modelServingView(state: ModelState, statistics: ModelStatistics | undefined): ModelServingView | undefined {
  const current = state.versions.find(({ version }) => version === state.current)
  if (current === undefined) return undefined
  const used = statistics?.version === current.version ? statistics : undefined
  return {
    dataType: state.dataType,
    name: current.name,
    description: current.description,
    version: current.version,
    hash: hexOf(current.hash),
    modeltype: modelTypeName(current.modeltype),
    size: current.size,
    since: current.since,
    ...(current.location === '' ? {} : { location: current.location }),
    invocations: used?.invocations ?? 0,
    duration: used?.duration ?? 0,
    min: used?.min ?? 0,
    max: used?.max ?? 0,
    lastUsed: used?.lastUsed ?? 0,
    versions: state.versions.map(versionView),
  }
}

/** A row of the store or its changelog, for people. */
export interface ModelRowView {
  readonly kind: 'state' | 'stats' | 'past' | 'blob' | 'upload' | 'unknown'
  readonly dataType?: string
  readonly hash?: string
  readonly chunk?: number
  readonly version?: number
  /** null: the row was deleted. */
  readonly value?: unknown
  /** How long the value is; for a blob's chunk, which is not shown. */
  readonly bytes?: number
}

/** Describes a row of `ModelStateStore`. Throws when the value is not what its key says. */
export function decodeModelStoreRow(key: Uint8Array, value: Uint8Array | null): ModelRowView {
  const name = parseModelRowKey(key)
  if (name === undefined) return { kind: 'unknown', value: value === null ? null : hexOf(value) }
  if (value === null) return { ...name, value: null }
  if (name.kind === 'blob') return { ...name, bytes: value.length }
  if (name.kind === 'upload') return { ...name, value: uploadView(modelUploadSerde.deserialize(value)) }
  if (name.kind === 'past') return { ...name, value: pastView(pastVersionSerde.deserialize(value)) }
  return { ...name, value: name.kind === 'state' ? stateView(modelStateSerde.deserialize(value)) : modelStatisticsSerde.deserialize(value) }
}

function uploadView({ dataType, size, pieces, received, newest, partition, offset }: ModelUpload): unknown {
  return { dataType, size, pieces, received: received.reduce((sum, one) => sum + one, 0), newest, partition, offset }
}

function stateView({ versions, ...state }: ModelState): unknown {
  return { ...state, versions: versions.map(plainView) }
}

function pastView({ version, figures }: PastVersion): unknown {
  return { version: plainView(version), ...(figures === undefined ? {} : { figures }) }
}

function plainView(version: ModelVersion): unknown {
  return { ...version, hash: hexOf(version.hash), modeltype: modelTypeName(version.modeltype) }
}

function versionView({ version, name, hash, since, size, partition, offset }: ModelVersion): ModelVersionView {
  return { version, name, hash: hexOf(hash), since, size, partition, offset }
}
