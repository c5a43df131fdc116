import { isDeepStrictEqual } from 'node:util'
import { decodeModelStoreRow, type ModelServingView, type ModelUseView } from '../../stores/index.ts'
import type { ChaosResult, PublishedModels } from './check-results.ts'

/** A committed changelog record. */
export interface ChangelogRecord {
  readonly partition: number
  readonly offset: number
  readonly key: Uint8Array
  /** null: deleted. */
  readonly value: Uint8Array | null
}

/** The rows of a store on the disk of an instance that has stopped. */
export interface StoreCopy {
  readonly instance: string
  readonly partition: number
  /** Whether the instance had the task at the end. Other copies may be behind the changelog and must match it up to their checkpoint. */
  readonly owned: boolean
  /** The first changelog offset that is not applied to the rows; undefined: the store is empty. */
  readonly checkpoint: number | undefined
  readonly rows: readonly (readonly [Uint8Array, Uint8Array])[]
  /** Why the store could not be trusted when it was opened. */
  readonly damage?: string
}

/** The answer of REST about the model of a data type. */
export interface StateAnswer {
  readonly instance: string
  readonly dataType: string
  readonly value: ModelServingView | undefined
}

/** A changelog, in offset order within each partition. */
export type Changelog = readonly ChangelogRecord[]

/**
 * Compares each copy with the last values of the changelog, byte for byte. Returns one sentence per difference. Of a changelog that is compacted, the
 * values before the last are gone: a copy that is behind is compared only where there was nothing later.
 */
export function checkCopies(changelog: Changelog, copies: readonly StoreCopy[], compacted = false): string[] {
  return copies.flatMap(copy => {
    const { instance, partition, owned, checkpoint, rows, damage } = copy
    const name = `LevelDB of ${instance}, partition ${partition}`
    if (damage !== undefined) return [`${name} is damaged: ${damage}`]
    const expected = lastValues(changelog, partition, owned ? Infinity : (checkpoint ?? 0))
    const found = new Map(rows.map(([key, value]) => [hexOf(key), hexOf(value)]))
    const keys = new Set([...expected.keys(), ...found.keys()])
    const later = compacted && !owned ? keysFrom(changelog, partition, checkpoint ?? 0) : new Set<string>()
    const different = [...keys].filter(key => expected.get(key) !== found.get(key) && !later.has(key))
    return different.map(key => `${name}: row ${textOf(key)} is not the changelog's last value${owned ? '' : ' at its checkpoint'}`)
  })
}

/** What of the models is compared. With the broadcast join the statistics are in a store of their own. */
export type StateFacts = 'all' | 'versions'

/** Compares each REST answer with the last values of the changelog, field by field. */
export function checkAnswers(changelog: Changelog, answers: readonly StateAnswer[], facts: StateFacts = 'all'): string[] {
  const expected = servedModels(changelog)
  return answers.flatMap(({ instance, dataType, value }) => {
    const of = (model: ServedModel | undefined): ServedModel | undefined => (facts === 'all' ? model : model && { ...model, ...unused })
    const served = of(expected.get(dataType))
    const told = of(value && servedOf(value))
    if (isDeepStrictEqual(told, served)) return []
    return [`REST of ${instance} answers ${JSON.stringify(told)} for ${dataType}, but the changelog has ${JSON.stringify(served)}`]
  })
}

/** Checks that every model record became a version and that the last one is current. */
export function checkModels(changelog: Changelog, published: PublishedModels): string[] {
  const served = servedModels(changelog)
  return [...published].flatMap(([dataType, hashes]) => {
    const { version, hash } = served.get(dataType) ?? { version: 0, hash: '' }
    if (version === hashes.length && hash === hashes.at(-1)) return []
    return [`the changelog ends with version ${version} (${hash.slice(0, 8)}) of ${dataType}, but ${hashes.length} versions were published`]
  })
}

/**
 * Compares the statistics with the number of results of each data type's current version; with `exact`, for a run without faults, they must be equal.
 * A fault may lose the counts since the statistics were last written, but no result is counted twice.
 */
export function checkCounts(changelog: Changelog, results: readonly ChaosResult[], exact: boolean): string[] {
  return [...servedModels(changelog)].flatMap(([dataType, { version, invocations }]) => {
    const answered = results.filter(result => result.dataType === dataType && result.version === version && result.status === 'OK').length
    if (invocations === answered || (!exact && invocations < answered)) return []
    return [`the changelog counts ${invocations} results of ${dataType} version ${version}, but there are ${answered}`]
  })
}

/** The fields that must be equal in all sources. */
interface ServedModel extends ModelUseView {
  readonly name: string
  readonly hash: string
  readonly since: number
  readonly versions: readonly (readonly [version: number, hash: string])[]
}

interface StateRow {
  readonly current: number
  readonly versions: readonly { readonly version: number; readonly name: string; readonly hash: string; readonly since: number }[]
}

const unused = { invocations: 0, duration: 0, min: 0, max: 0, lastUsed: 0, roles: [] }

/** The served models by data type, derived from the changelog only. */
function servedModels(changelog: Changelog): ReadonlyMap<string, ServedModel> {
  const latest = [...new Set(changelog.map(({ partition }) => partition))].flatMap(partition => [...lastValues(changelog, partition)])
  const rows = latest.map(([key, value]) => decodeModelStoreRow(Buffer.from(key, 'hex'), Buffer.from(value, 'hex')))
  const statistics = new Map(rows.flatMap(row => (row.kind === 'stats' ? [[row.dataType, row.value as ModelUseView]] : [])))
  const served = new Map<string, ServedModel>()
  for (const { kind, dataType = '', value } of rows) {
    if (kind !== 'state') continue
    const { current, versions } = value as StateRow
    const version = versions.find(each => each.version === current)
    if (version === undefined) continue
    const used = statistics.get(dataType)
    served.set(dataType, servedOf({ ...unused, ...(used?.version === current ? used : {}), ...version, versions }))
  }
  return served
}

function servedOf(view: Omit<ServedModel, 'versions'> & { readonly versions: StateRow['versions'] }): ServedModel {
  const { version, name, hash, since, invocations, duration, min, max, lastUsed, roles, versions } = view
  const kept = versions.map(each => [each.version, each.hash] as const)
  return { version, name, hash, since, invocations, duration, min, max, lastUsed, roles, versions: kept }
}

/** The last value of each key of a partition, from records below an offset; in hex, without deleted keys. */
function lastValues(changelog: Changelog, partition: number, end = Infinity): Map<string, string> {
  const latest = new Map<string, string>()
  for (const record of changelog) {
    if (record.partition !== partition || record.offset >= end) continue
    if (record.value === null) latest.delete(hexOf(record.key))
    else latest.set(hexOf(record.key), hexOf(record.value))
  }
  return latest
}

/** The keys of a partition that have a record at or after an offset. */
function keysFrom(changelog: Changelog, partition: number, start: number): ReadonlySet<string> {
  return new Set(changelog.flatMap(record => (record.partition === partition && record.offset >= start ? [hexOf(record.key)] : [])))
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

function textOf(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8')
}
