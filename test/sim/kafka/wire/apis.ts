import * as admin from './admin-messages.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import * as group from './group-messages.ts'
import type { Codec, Kind, ValueOf } from './kinds.ts'
import * as log from './log-messages.ts'
import * as transaction from './transaction-messages.ts'

interface Api {
  readonly key: number
  readonly min: number
  readonly max: number
  /** The first version with varint lengths and tags. */
  readonly flexible: number
  readonly request: Kind<unknown>
  readonly response: Kind<unknown>
}

const none = 99
const ofVersions = (key: number, min: number, max: number, flexible = none) => ({ key, min, max, flexible })

/** What is taken, in which versions: those that the product and its tests send. */
export const apis = {
  produce: { ...ofVersions(0, 3, 12, 9), ...log.produce },
  fetch: { ...ofVersions(1, 4, 11), ...log.fetch },
  listOffsets: { ...ofVersions(2, 1, 5), ...log.listOffsets },
  metadata: { ...ofVersions(3, 0, 10, 9), ...log.metadata },
  offsetCommit: { ...ofVersions(8, 2, 7), ...group.offsetCommit },
  offsetFetch: { ...ofVersions(9, 1, 7, 6), ...group.offsetFetch },
  findCoordinator: { ...ofVersions(10, 0, 3, 3), ...group.findCoordinator },
  joinGroup: { ...ofVersions(11, 0, 5), ...group.joinGroup },
  heartbeat: { ...ofVersions(12, 0, 4, 4), ...group.heartbeat },
  leaveGroup: { ...ofVersions(13, 0, 4, 4), ...group.leaveGroup },
  syncGroup: { ...ofVersions(14, 0, 3), ...group.syncGroup },
  describeGroups: { ...ofVersions(15, 0, 2), ...group.describeGroups },
  listGroups: { ...ofVersions(16, 0, 2), ...group.listGroups },
  apiVersions: { ...ofVersions(18, 0, 3, 3), ...admin.apiVersions },
  createTopics: { ...ofVersions(19, 2, 4), ...admin.createTopics },
  deleteTopics: { ...ofVersions(20, 1, 3), ...admin.deleteTopics },
  deleteRecords: { ...ofVersions(21, 0, 1), ...log.deleteRecords },
  initProducerId: { ...ofVersions(22, 0, 4, 2), ...transaction.initProducerId },
  addPartitionsToTxn: { ...ofVersions(24, 0, 3, 3), ...transaction.addPartitionsToTxn },
  addOffsetsToTxn: { ...ofVersions(25, 0, 3, 3), ...transaction.addOffsetsToTxn },
  endTxn: { ...ofVersions(26, 0, 5, 3), ...transaction.endTxn },
  txnOffsetCommit: { ...ofVersions(28, 0, 5, 3), ...group.txnOffsetCommit },
  describeConfigs: { ...ofVersions(32, 1, 2), ...admin.describeConfigs },
  alterConfigs: { ...ofVersions(33, 0, 1), ...admin.alterConfigs },
  createPartitions: { ...ofVersions(37, 0, 1), ...admin.createPartitions },
  deleteGroups: { ...ofVersions(42, 0, 2, 2), ...group.deleteGroups },
  describeProducers: { ...ofVersions(61, 0, 0, 0), ...transaction.describeProducers },
  describeTransactions: { ...ofVersions(65, 0, 0, 0), ...transaction.describeTransactions },
  listTransactions: { ...ofVersions(66, 0, 0, 0), ...transaction.listTransactions },
} as const satisfies Readonly<Record<string, Api>>

export type ApiName = keyof typeof apis
export type RequestOf<N extends ApiName> = ValueOf<(typeof apis)[N]['request']>
export type ResponseOf<N extends ApiName> = ValueOf<(typeof apis)[N]['response']>

/** A request as its handler gets it. */
export interface Incoming {
  readonly name: ApiName
  readonly version: number
  readonly correlationId: number
  readonly clientId: string
  readonly body: unknown
}

interface Compiled {
  readonly name: ApiName
  readonly flexible: boolean
  readonly request: Codec<unknown>
  readonly response: Codec<unknown>
}

const byKey = new Map<number, ApiName>(Object.entries(apis).map(([name, { key }]) => [key, name as ApiName]))
const compiled = new Map<number, Compiled>()

function codecsOf(key: number, version: number): Compiled | undefined {
  const at = key * 64 + version
  const known = compiled.get(at)
  if (known !== undefined) return known
  const name = byKey.get(key)
  if (name === undefined) return undefined
  const api: Api = apis[name]
  if (version < api.min || version > api.max) return undefined
  const flexible = version >= api.flexible
  const made = { name, flexible, request: api.request.at(version, flexible), response: api.response.at(version, flexible) }
  compiled.set(at, made)
  return made
}

/** Throws for what is not taken: ApiVersions told which that is. */
export function decodeRequest(request: Buffer): Incoming {
  const reader = new FieldReader(request)
  const key = reader.int16()
  const version = reader.int16()
  const correlationId = reader.int32()
  const clientLength = reader.int16()
  const clientId = clientLength < 0 ? '' : reader.text(clientLength)
  const codecs = codecsOf(key, version)
  if (codecs === undefined) throw new Error(`request ${key} is not taken in version ${version}`)
  if (codecs.flexible) reader.skipTags()
  return { name: codecs.name, version, correlationId, clientId, body: codecs.request.read(reader) }
}

const writer = new FieldWriter()

export function encodeResponse({ name, version, correlationId }: Incoming, body: unknown): Buffer {
  const codecs = codecsOf(apis[name].key, version) as Compiled
  writer.at = 0
  writer.int32(correlationId)
  // Who asks for versions does not know yet whether there are tags.
  if (codecs.flexible && name !== 'apiVersions') writer.varint(0)
  codecs.response.write(writer, body)
  return writer.taken()
}

/** What a client sends, without its length: the other direction, for tests. */
export function encodeRequest<N extends ApiName>(name: N, version: number, correlationId: number, body: RequestOf<N>): Buffer {
  const codecs = codecsOf(apis[name].key, version)
  if (codecs === undefined) throw new Error(`${name} is not known in version ${version}`)
  writer.at = 0
  writer.int16(apis[name].key)
  writer.int16(version)
  writer.int32(correlationId)
  writer.int16(4)
  writer.text('test')
  if (codecs.flexible) writer.varint(0)
  codecs.request.write(writer, body)
  return writer.taken()
}

export function decodeResponse<N extends ApiName>(name: N, version: number, response: Buffer): ResponseOf<N> {
  const codecs = codecsOf(apis[name].key, version) as Compiled
  const reader = new FieldReader(response)
  reader.int32()
  if (codecs.flexible && name !== 'apiVersions') reader.skipTags()
  return codecs.response.read(reader) as ResponseOf<N>
}
