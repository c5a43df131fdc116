import { sluice as messages } from '../../proto/messages.js'
import { sluice } from '../../proto/state-messages.js'
import { protobufSerde, asBuffer, type Serde } from '../../records/index.ts'
import { DurationSketch } from './duration-sketch.ts'
import {
  integer,
  type ModelAlias,
  type ModelRouting,
  plainAlias,
  plainChange,
  plainPlace,
  plainRouting,
  type RecordPlace,
  routingFields,
  type WaitingChange,
} from './model-routing.ts'
import { type MovedRecords, plainMoved } from './moved-records.ts'
import { type ModelField, plainFields, storedFields } from './model-field.ts'
import { plainSignature, signatureFields, type VersionSignature } from './version-signature.ts'

export type { RecordPlace } from './model-routing.ts'

/** One version of a data type's model, from its model record. */
export interface ModelVersion {
  /** 1, 2, … per data type. */
  readonly version: number
  /** The name in its descriptor. */
  readonly name: string
  /** The description in its descriptor. */
  readonly description: string
  /** The type in its descriptor. */
  readonly modeltype: messages.ModelDescriptor.ModelType
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array
  /** Size of the model, bytes. */
  readonly size: number
  /** The location from which the bytes were read; empty: they came in records. */
  readonly location: string
  /** The output that holds the score; empty: the model's first output. */
  readonly output: string
  /** When the version began to serve, epoch ms. */
  readonly since: number
  /** The partition of the model record. */
  readonly partition: number
  /** The offset of the model record. */
  readonly offset: number
  /** Whether the bytes are too large for the store and are only at the location. Absent: false. */
  readonly remote?: boolean
  /** Whether the model runs in a process of its own, because it is too large or too slow to run beside the data. Absent: false. */
  readonly heavy?: boolean
  /** The place of the model record before the application moved it. Absent: it was not moved. */
  readonly movedFrom?: RecordPlace
  /** Who published it. Absent: nobody is named. */
  readonly publishedBy?: string
  /** When the model was made, as its record says, else when its record was, epoch ms. Absent: an older build of Sluice kept no such time. */
  readonly created?: number
  /** What its trainer measured. Absent: nothing is named. */
  readonly metrics?: Readonly<Record<string, number>>
  /** What it was trained with. Absent: nothing is named. */
  readonly parameters?: Readonly<Record<string, string>>
  /** When it was retired, epoch ms. Absent: it was not. */
  readonly retired?: number
  /** The signature with which it came. Absent: it came without one. */
  readonly signature?: VersionSignature
  /** What it gives as fields of a model after it. Absent: an older build has not kept it, or it is known only after a run. */
  readonly gives?: readonly ModelField[]
  /** The fields that it takes of the model before it. Absent: it takes those of the record alone. */
  readonly takes?: readonly ModelField[]
}

/** A model of which pieces have arrived, but not the record that closes it. */
export interface ModelUpload {
  readonly dataType: string
  readonly sha256: Uint8Array
  /** Size of the whole model, bytes. */
  readonly size: number
  readonly pieces: number
  /** One byte for each piece: 1 if it has arrived. */
  readonly received: Uint8Array
  /** The largest timestamp of the pieces' records, epoch ms. */
  readonly newest: number
  /** Partition and offset of the first piece's record. */
  readonly partition: number
  readonly offset: number
}

/** The models of one data type. */
export interface ModelState extends MovedRecords {
  /** The data type of these models. */
  readonly dataType: string
  /** The version that serves; 0: there is none yet, or the model was withdrawn. */
  readonly current: number
  /** The newest version number assigned so far. */
  readonly latest: number
  /** The kept versions, oldest first. The facts of earlier versions are in rows of their own. */
  readonly versions: readonly ModelVersion[]
  /** The offset after the last model record that was applied. */
  readonly nextOffset: number
  /** When the model was withdrawn, epoch ms. Absent: it was not withdrawn, or another model came since. */
  readonly withdrawnAt?: number
  /** The id of the topic of the last model record that was applied. Absent: it is not known. */
  readonly topicId?: string
  /** The last version that a former topic of that name has made. Absent: there was none. */
  readonly formerUpTo?: number
  /** The policy in force. Absent: `current` is the champion, alone. See `routingOf`. */
  readonly routing?: ModelRouting
  /** Changes that wait for their time, the earliest first. Absent: none. */
  readonly waiting?: readonly WaitingChange[]
  /** Names of versions. Absent: there are none. */
  readonly aliases?: readonly ModelAlias[]
  /** Number of events told so far. Absent: none. */
  readonly events?: number
  /** Number of policies so far. Absent: none. */
  readonly policies?: number
  /** The last record that was refused. Absent: none was. */
  readonly refusedUpTo?: RecordPlace
}

/** The use of a model version. Durations are in ms; a call scores one batch of records. */
export interface ModelStatistics {
  /** The version's number. */
  readonly version: number
  /** Number of records that were scored. */
  readonly invocations: number
  /** Total duration of all calls, ms. */
  readonly duration: number
  /** Duration of the fastest call, ms. */
  readonly min: number
  /** Duration of the slowest call, ms. */
  readonly max: number
  /** Time of the last call, epoch ms. */
  readonly lastUsed: number
  /** The same by role. Calls that an older build of Sluice has counted are in none. */
  readonly roles: readonly RoleStatistics[]
}

/** The use of a model version in one role. */
export interface RoleStatistics {
  /** The role. */
  readonly role: messages.ModelRole
  /** Number of records that were scored. */
  readonly invocations: number
  /** Total duration of all calls, ms. */
  readonly duration: number
  /** Duration of the fastest call, ms. */
  readonly min: number
  /** Duration of the slowest call, ms. */
  readonly max: number
  /** The durations of the records' calls. */
  readonly durations: DurationSketch
}

/** A version before the newest. */
export interface PastVersion {
  /** Its facts. */
  readonly version: ModelVersion
  /** Its use; undefined: it was never used. */
  readonly figures: ModelStatistics | undefined
}

/** Size of a chunk of a blob, bytes: a chunk fits a broker's default record limit. */
export const CHUNK_BYTES = 512 * 1024

const stateMessage = protobufSerde<sluice.ModelState.$Properties>(sluice.ModelState)
const statsMessage = protobufSerde<sluice.ModelStatistics.$Properties>(sluice.ModelStatistics)

export const modelStateSerde: Serde<ModelState> = {
  serialize: ({ routing, ...state }) =>
    stateMessage.serialize({
      ...state,
      versions: state.versions.map(versionFields),
      moved: [...(state.moved ?? [])],
      movedUpTo: [...(state.movedUpTo ?? [])],
      waiting: [...(state.waiting ?? [])],
      aliases: [...(state.aliases ?? [])],
      ...(routing === undefined ? {} : { routing: routingFields(routing) }),
    }),
  deserialize(bytes) {
    const decoded = stateMessage.deserialize(bytes)
    const { dataType, current, latest, versions, nextOffset, withdrawnAt, ...topic } = decoded
    const withdrawn = integer(withdrawnAt)
    const formerUpTo = integer(topic.formerUpTo)
    const [events, policies] = [integer(decoded.events), integer(decoded.policies)]
    return {
      dataType: dataType ?? '',
      current: integer(current),
      latest: integer(latest),
      versions: (versions ?? []).map(plainVersion),
      nextOffset: integer(nextOffset),
      ...(withdrawn === 0 ? {} : { withdrawnAt: withdrawn }),
      ...plainMoved(decoded),
      ...(topic.topicId ? { topicId: topic.topicId } : {}),
      ...(formerUpTo === 0 ? {} : { formerUpTo }),
      ...(decoded.routing ? { routing: plainRouting(decoded.routing) } : {}),
      ...(isEmpty(decoded.waiting) ? {} : { waiting: (decoded.waiting ?? []).map(plainChange) }),
      ...(isEmpty(decoded.aliases) ? {} : { aliases: (decoded.aliases ?? []).map(plainAlias) }),
      ...(events === 0 ? {} : { events }),
      ...(policies === 0 ? {} : { policies }),
      ...(decoded.refusedUpTo ? { refusedUpTo: plainPlace(decoded.refusedUpTo) } : {}),
    }
  },
}

export const modelStatisticsSerde: Serde<ModelStatistics> = {
  serialize: statistics => statsMessage.serialize(statisticsFields(statistics)),
  deserialize: bytes => plainStatistics(statsMessage.deserialize(bytes)),
}

const pastMessage = protobufSerde<sluice.PastVersion.$Properties>(sluice.PastVersion)

export const pastVersionSerde: Serde<PastVersion> = {
  serialize({ version, figures }) {
    const fields = versionFields(version)
    return pastMessage.serialize(figures === undefined ? { version: fields } : { version: fields, figures: statisticsFields(figures) })
  },
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

/** The name of a format in descriptors: 'ONNX', …; the number if it has no name. */
export function modelTypeName(modeltype: number): string {
  return messages.ModelDescriptor.ModelType[modeltype] ?? String(modeltype)
}

function isEmpty(list: readonly unknown[] | null | undefined): boolean {
  return list === undefined || list === null || list.length === 0
}

function statisticsFields({ roles, ...statistics }: ModelStatistics): sluice.ModelStatistics.$Properties {
  return { ...statistics, roles: roles.map(each => ({ ...each, durations: each.durations.toBytes() })) }
}

function plainStatistics({ version, lastUsed, roles, ...figures }: sluice.ModelStatistics.$Properties): ModelStatistics {
  return {
    version: integer(version),
    ...plainFigures(figures),
    lastUsed: integer(lastUsed),
    roles: (roles ?? []).map(({ role, durations, ...inRole }) => ({
      role: role ?? 0,
      ...plainFigures(inRole),
      // A copy, as below.
      durations: new DurationSketch(new Uint8Array(durations ?? [])),
    })),
  }
}

function plainFigures({
  invocations,
  duration,
  min,
  max,
}: sluice.RoleStatistics.$Properties): Pick<RoleStatistics, 'invocations' | 'duration' | 'min' | 'max'> {
  return { invocations: integer(invocations), duration: duration ?? 0, min: min ?? 0, max: max ?? 0 }
}

function versionFields({
  metrics,
  parameters,
  signature,
  gives = [],
  takes = [],
  ...version
}: ModelVersion): sluice.ModelVersion.$Properties {
  return {
    ...version,
    ...(signature === undefined ? {} : { signature: signatureFields(signature) }),
    gives: storedFields(gives),
    takes: storedFields(takes),
    ...(metrics === undefined ? {} : { metrics }),
    ...(parameters === undefined ? {} : { parameters }),
  }
}

function plainVersion(version: sluice.ModelVersion.$Properties): ModelVersion {
  return {
    version: integer(version.version),
    name: version.name ?? '',
    description: version.description ?? '',
    modeltype: version.modeltype ?? messages.ModelDescriptor.ModelType.TENSORFLOW,
    // A copy: the decoded bytes may be a view of a larger buffer.
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
    ...trainingOf(version),
    ...(integer(version.retired) === 0 ? {} : { retired: integer(version.retired) }),
    ...(version.signature ? { signature: plainSignature(version.signature) } : {}),
    ...(isEmpty(version.gives) ? {} : { gives: plainFields(version.gives ?? []) }),
    ...(isEmpty(version.takes) ? {} : { takes: plainFields(version.takes ?? []) }),
  }
}

function trainingOf({ publishedBy, created, metrics, parameters }: sluice.ModelVersion.$Properties): Partial<ModelVersion> {
  return {
    ...(publishedBy ? { publishedBy } : {}),
    ...(integer(created) === 0 ? {} : { created: integer(created) }),
    ...(hasKeys(metrics) ? { metrics: { ...metrics } } : {}),
    ...(hasKeys(parameters) ? { parameters: { ...parameters } } : {}),
  }
}

function hasKeys(map: object | null | undefined): boolean {
  return Object.keys(map ?? {}).length > 0
}
