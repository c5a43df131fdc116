import type Long from 'long'
import { sluice } from '../../proto/state-messages.js'
import { protobufSerde, asBuffer, type Serde } from '../../records/index.ts'

/** Where a record lies in its topic. */
export interface RecordPlace {
  /** Of its topic. */
  readonly partition: number
  /** In the partition. */
  readonly offset: number
}

/** One version of a data type's model, as the model record brought it. */
export interface ModelVersion {
  /** 1, 2, … per data type. */
  readonly version: number
  /** As its descriptor has it. */
  readonly name: string
  /** As its descriptor has it. */
  readonly description: string
  /** As its descriptor has it. */
  readonly modeltype: sluice.ModelDescriptor.ModelType
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array
  /** Bytes. */
  readonly size: number
  /** Where the bytes came from; empty when they came with the record. */
  readonly location: string
  /** The output that holds the score; empty: the model's first. */
  readonly output: string
  /** When it began to serve, epoch ms. */
  readonly since: number
  /** Of the model record. */
  readonly partition: number
  /** In the partition. */
  readonly offset: number
  /** The bytes are too large for the store: they are at the location only. Absent: false. */
  readonly remote?: boolean
  /** It was found too large or too slow to run beside the data. Absent: false. */
  readonly heavy?: boolean
  /** Where its record lay before the application moved it. Absent: where it lies. */
  readonly movedFrom?: RecordPlace
}

/** A model of which pieces have come, and the record that closes it has not. */
export interface ModelUpload {
  readonly dataType: string
  readonly sha256: Uint8Array
  /** Of the whole model. */
  readonly size: number
  readonly pieces: number
  /** A byte a piece: 1 for those that have come. */
  readonly received: Uint8Array
  /** When the newest piece was written, epoch ms. */
  readonly newest: number
  /** Of the first piece's record. */
  readonly partition: number
  readonly offset: number
}

/** The models of one data type. */
export interface ModelState {
  /** The data type that these models are for. */
  readonly dataType: string
  /** The version that serves; 0 while none does: there is none yet, or it was withdrawn. */
  readonly current: number
  /** The newest version given so far. */
  readonly latest: number
  /** The versions whose bytes are kept, oldest first; the facts of those before are rows of their own. */
  readonly versions: readonly ModelVersion[]
  /** The offset after the last model record that was seen. */
  readonly nextOffset: number
  /** When its model was withdrawn, epoch ms. Absent: it was not, or another one came since. */
  readonly withdrawnAt?: number
  /** Of the model records that were moved here: where the last one of each partition lay. Absent: none was. */
  readonly movedUpTo?: readonly RecordPlace[]
}

/** How a model version has served; times in ms. A call scores as many records as came together. */
export interface ModelStatistics {
  /** Whose figures these are. */
  readonly version: number
  /** Records that were scored. */
  readonly invocations: number
  /** Of all calls. */
  readonly duration: number
  /** Of the quickest and the slowest call. */
  readonly min: number
  /** Of the slowest call. */
  readonly max: number
  /** Epoch ms. */
  readonly lastUsed: number
}

/** A version that does not serve any more. */
export interface PastVersion {
  /** As it was when it was kept. */
  readonly version: ModelVersion
  /** undefined: it was never used. */
  readonly figures: ModelStatistics | undefined
}

/** A blob is cut in pieces that fit a broker's default record limit. */
export const CHUNK_BYTES = 512 * 1024

// The families of keys: state/<data type>, stats/<data type> (of the newest version), past/<data type>/<version, twelve digits>,
// blob/<SHA-256 in hex>/<chunk, six digits>, upload/<SHA-256 in hex>.
export const STATE_PREFIX = 'state/'
export const STATS_PREFIX = 'stats/'
const BLOB_PREFIX = 'blob/'
export const UPLOAD_PREFIX = 'upload/'
const PAST_PREFIX = 'past/'

export const stateKey = (dataType: string): Buffer => Buffer.from(STATE_PREFIX + dataType)
export const statsKey = (dataType: string): Buffer => Buffer.from(STATS_PREFIX + dataType)
/** All versions of the data type, or the one. */
export const pastKey = (dataType: string, version?: number): Buffer =>
  Buffer.from(`${PAST_PREFIX}${dataType}/${version === undefined ? '' : String(version).padStart(12, '0')}`)
export const uploadKey = (hash: string): Buffer => Buffer.from(UPLOAD_PREFIX + hash)
export const chunkKey = (hash: string, chunk: number): Buffer => Buffer.from(`${BLOB_PREFIX}${hash}/${String(chunk).padStart(6, '0')}`)

/** What a key of the store names. */
export type ModelRowKey =
  | { readonly kind: 'state' | 'stats'; readonly dataType: string }
  | { readonly kind: 'blob'; readonly hash: string; readonly chunk: number }
  | { readonly kind: 'upload'; readonly hash: string }
  | { readonly kind: 'past'; readonly dataType: string; readonly version: number }

/** undefined: not a key of this store. */
export function parseModelRowKey(key: Uint8Array): ModelRowKey | undefined {
  const text = asBuffer(key).toString('utf8')
  if (text.startsWith(STATE_PREFIX)) return { kind: 'state', dataType: text.slice(STATE_PREFIX.length) }
  if (text.startsWith(STATS_PREFIX)) return { kind: 'stats', dataType: text.slice(STATS_PREFIX.length) }
  const upload = /^upload\/([0-9a-f]{64})$/.exec(text)
  if (upload !== null) return { kind: 'upload', hash: upload[1] as string }
  const past = /^past\/(.*)\/(\d{12,})$/s.exec(text)
  if (past !== null) return { kind: 'past', dataType: past[1] as string, version: Number(past[2]) }
  const blob = /^blob\/([0-9a-f]{64})\/(\d{6,})$/.exec(text)
  return blob === null ? undefined : { kind: 'blob', hash: blob[1] as string, chunk: Number(blob[2]) }
}

const stateMessage = protobufSerde<sluice.ModelState.$Properties>(sluice.ModelState)
const statsMessage = protobufSerde<sluice.ModelStatistics.$Properties>(sluice.ModelStatistics)

export const modelStateSerde: Serde<ModelState> = {
  serialize: state => stateMessage.serialize({ ...state, versions: [...state.versions], movedUpTo: [...(state.movedUpTo ?? [])] }),
  deserialize(bytes) {
    const { dataType, current, latest, versions, nextOffset, withdrawnAt, movedUpTo } = stateMessage.deserialize(bytes)
    const withdrawn = integer(withdrawnAt)
    return {
      dataType: dataType ?? '',
      current: integer(current),
      latest: integer(latest),
      versions: (versions ?? []).map(plainVersion),
      nextOffset: integer(nextOffset),
      ...(withdrawn === 0 ? {} : { withdrawnAt: withdrawn }),
      ...(movedUpTo === undefined || movedUpTo === null || movedUpTo.length === 0 ? {} : { movedUpTo: movedUpTo.map(plainPlace) }),
    }
  },
}

export const modelStatisticsSerde: Serde<ModelStatistics> = {
  serialize: statistics => statsMessage.serialize(statistics),
  deserialize: bytes => plainStatistics(statsMessage.deserialize(bytes)),
}

const pastMessage = protobufSerde<sluice.PastVersion.$Properties>(sluice.PastVersion)

export const pastVersionSerde: Serde<PastVersion> = {
  serialize: ({ version, figures }) => pastMessage.serialize(figures === undefined ? { version } : { version, figures }),
  deserialize(bytes) {
    const { version, figures } = pastMessage.deserialize(bytes)
    return { version: plainVersion(version ?? {}), figures: figures ? plainStatistics(figures) : undefined }
  },
}

const uploadMessage = protobufSerde<sluice.ModelUpload.$Properties>(sluice.ModelUpload)

export const modelUploadSerde: Serde<ModelUpload> = {
  serialize: upload => uploadMessage.serialize(upload),
  deserialize(bytes) {
    const { dataType, sha256, size, pieces, received, newest, partition, offset } = uploadMessage.deserialize(bytes)
    return {
      dataType: dataType ?? '',
      sha256: new Uint8Array(sha256 ?? []),
      size: integer(size),
      pieces: pieces ?? 0,
      received: new Uint8Array(received ?? []),
      newest: integer(newest),
      partition: partition ?? 0,
      offset: integer(offset),
    }
  },
}

export function hexOf(hash: Uint8Array): string {
  return asBuffer(hash).toString('hex')
}

/** A format as descriptors name it: 'ONNX', …. */
export function modelTypeName(modeltype: number): string {
  return sluice.ModelDescriptor.ModelType[modeltype] ?? String(modeltype)
}

/** Decoded 64-bit fields come as Long objects, whatever their type says; absent ones as their default. */
function integer(value: unknown): number {
  return typeof value === 'object' && value !== null ? (value as Long).toNumber() : Number(value ?? 0)
}

function plainStatistics({ version, invocations, duration, min, max, lastUsed }: sluice.ModelStatistics.$Properties): ModelStatistics {
  return {
    version: integer(version),
    invocations: integer(invocations),
    duration: duration ?? 0,
    min: min ?? 0,
    max: max ?? 0,
    lastUsed: integer(lastUsed),
  }
}

function plainPlace({ partition, offset }: sluice.RecordPlace.$Properties): RecordPlace {
  return { partition: partition ?? 0, offset: integer(offset) }
}

function plainVersion(version: sluice.ModelVersion.$Properties): ModelVersion {
  return {
    version: integer(version.version),
    name: version.name ?? '',
    description: version.description ?? '',
    modeltype: version.modeltype ?? sluice.ModelDescriptor.ModelType.TENSORFLOW,
    // A copy: the bytes that were read may belong to a larger buffer.
    hash: new Uint8Array(version.hash ?? []),
    size: integer(version.size),
    location: version.location ?? '',
    output: version.output ?? '',
    since: integer(version.since),
    partition: version.partition ?? 0,
    offset: integer(version.offset),
    ...(version.remote ? { remote: true } : {}),
    ...(version.heavy ? { heavy: true } : {}),
    ...(version.movedFrom ? { movedFrom: plainPlace(version.movedFrom) } : {}),
  }
}
