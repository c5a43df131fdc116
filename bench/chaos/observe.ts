import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { exampleFile, type WineRows } from '../../cli/demo/index.ts'
import { resultOf } from '../../cli/commands/index.ts'
import type { KeyAnswer } from '../../rest/index.ts'
import { sluice } from '../../proto/messages.js'
import { LevelRows } from '../../stores/rows/index.ts'
import { deadLetterHeaders, type InstanceMetadata } from '../../topology/index.ts'
import { type Kafka, readTopic, type TopicRecord } from '../../topology/runtime/index.ts'
import type { ChaosCluster } from './chaos-cluster.ts'
import type { ChaosInstance } from './chaos-instance.ts'
import { applicationId, changelogs, countHeader, storeName, topics } from './chaos-topics.ts'
import { locationParts } from './model-server.ts'
import { oddHeader } from './odd-records.ts'
import type { ChaosDeadLetter, ChaosInput, ChaosResult, PublishedModels } from './check-results.ts'
import { type Changelog, checkAnswers, type StateAnswer, type StateFacts, type StoreCopy } from './check-state.ts'

/** Every committed record that the topic holds, in offset order within each partition. */
export async function readAll(kafka: Kafka, topic: string): Promise<readonly TopicRecord[]> {
  const records: TopicRecord[] = []
  for await (const batch of readTopic(kafka, { topic, from: 'beginning', until: 'end' })) records.push(...batch.records)
  return records
}

/** All data records, with the row that has the same bytes (-1: none). */
export function inputsOf(records: readonly TopicRecord[], wines: WineRows, dataTypes: readonly string[]): readonly ChaosInput[] {
  const known = new Map<string, { readonly dataType: string; readonly row: number }>()
  for (const dataType of dataTypes) {
    for (let row = 0; row < wines.length; row++) known.set(Buffer.from(wines.record(row, dataType)).toString('latin1'), { dataType, row })
  }
  return records.map(({ partition, offset, value, headers }) => {
    const found = known.get(value?.toString('latin1') ?? '')
    const odd = textOf(headers?.[oddHeader])
    return { partition, offset, dataType: found?.dataType ?? '', row: found?.row ?? -1, ...(odd === undefined ? {} : { odd }) }
  })
}

export function resultsOf(records: readonly TopicRecord[]): readonly ChaosResult[] {
  return records.map(record => {
    const result = resultOf(record) as unknown as Omit<ChaosResult, 'version' | 'hash'> & { modelVersion: number; modelHash: string }
    const { partition, offset, inputPartition, inputOffset, dataType, status, score, modelVersion, modelHash } = result
    const count = textOf(record.headers?.[countHeader])
    const model = { version: modelVersion, hash: modelHash }
    const place = { partition, offset, inputPartition, inputOffset }
    return { ...place, dataType, status, score, ...model, ...(count === undefined ? {} : { count: Number(count) }) }
  })
}

/** One sentence for each record in the compacted topic, which must stay empty. */
export function escapedOf(records: readonly TopicRecord[]): readonly string[] {
  return records.map(({ partition, offset }) => `the compacted topic has a record of an odd forward: ${partition}@${offset}`)
}

/** The models, without those that cannot be downloaded. */
export function publishedOf(records: readonly TopicRecord[]): PublishedModels {
  const published = new Map<string, string[]>()
  for (const { value } of records) {
    const { dataType, data, location } = sluice.ModelDescriptor.decode(value ?? Buffer.alloc(0))
    const from = location ? locationParts(location) : undefined
    if (from?.how === 'fail') continue
    const bytes = from === undefined ? data : readFileSync(exampleFile(from.file))
    const hashes = published.get(dataType) ?? []
    published.set(dataType, hashes)
    hashes.push(
      createHash('sha256')
        .update(bytes ?? Buffer.alloc(0))
        .digest('hex'),
    )
  }
  return published
}

/** One sentence for each model that was refused although it could be downloaded, or not refused although it could not. */
export function wronglyRefused(models: readonly TopicRecord[], deadLetters: readonly TopicRecord[]): readonly string[] {
  const letters = deadLetters.filter(({ headers }) => textOf(headers?.[deadLetterHeaders.topic]) === topics.models)
  const refused = new Map(
    letters.map(({ headers }) => [
      `${textOf(headers?.[deadLetterHeaders.partition])}@${textOf(headers?.[deadLetterHeaders.offset])}`,
      textOf(headers?.[deadLetterHeaders.message]),
    ]),
  )
  return models.flatMap(({ partition, offset, value }) => {
    const { location } = sluice.ModelDescriptor.decode(value ?? Buffer.alloc(0))
    const fails = location ? locationParts(location).how === 'fail' : false
    const why = refused.get(`${partition}@${offset}`)
    if (fails === (why !== undefined)) return []
    return [`model ${partition}@${offset} ${fails ? 'cannot be downloaded, but has no dead letter' : `was refused: ${why}`}`]
  })
}

export function changelogOf(records: readonly TopicRecord[]): Changelog {
  return records.map(({ partition, offset, key, value }) => ({ partition, offset, key: key ?? Buffer.alloc(0), value }))
}

export function deadLettersOf(records: readonly TopicRecord[]): readonly ChaosDeadLetter[] {
  const letters = records.filter(({ headers }) => textOf(headers?.[deadLetterHeaders.topic]) !== topics.models)
  return letters.map(({ headers }) => ({
    partition: textOf(headers?.[deadLetterHeaders.topic]) === topics.data ? Number(textOf(headers?.[deadLetterHeaders.partition])) : -1,
    offset: Number(textOf(headers?.[deadLetterHeaders.offset])),
    code: `${textOf(headers?.[deadLetterHeaders.code])}: ${textOf(headers?.[deadLetterHeaders.message])}`,
  }))
}

function textOf(header: string | Buffer | readonly (string | Buffer)[] | undefined): string | undefined {
  return typeof header === 'string' || Buffer.isBuffer(header) ? header.toString() : undefined
}

const settleMs = 15_000

/** Waits until every instance is a ready member and every task is assigned. Returns the members, or undefined after 30 s. */
export async function wholeGroup(cluster: ChaosCluster): Promise<readonly InstanceMetadata[] | undefined> {
  const { instances } = cluster
  for (const deadline = performance.now() + 2 * settleMs; performance.now() < deadline; await sleep(200)) {
    const members = await cluster.members(instances[0] as ChaosInstance)
    const tasks = members?.flatMap(({ activeTasks }) => activeTasks) ?? []
    const ready = await Promise.all(instances.map(instance => instance.get('/health/ready')))
    const known = members?.every(({ port }) => instances.some(instance => instance.port === port)) === true
    if (known && ready.every(answer => answer?.status === 200) && members.length === instances.length && tasks.length === cluster.tasks)
      return members
  }
  return undefined
}

/** Queries each instance for each data type until the answers match the changelog or 15 s have passed; returns the last answers. */
export async function askAll(
  cluster: ChaosCluster,
  dataTypes: readonly string[],
  kafka: Kafka,
  facts: StateFacts,
): Promise<readonly StateAnswer[]> {
  for (const deadline = performance.now() + settleMs; ; await sleep(200)) {
    const answers: StateAnswer[] = []
    for (const instance of cluster.instances) {
      for (const dataType of dataTypes) {
        const answer = await instance.get(`/state/${storeName}/keys/${dataType}`)
        const value = answer?.status === 200 ? (answer.body as Omit<KeyAnswer, 'value'> & { value: StateAnswer['value'] }).value : undefined
        answers.push({ instance: instance.name, dataType, value })
      }
    }
    if (checkAnswers(changelogOf(await readAll(kafka, changelogs.state)), answers, facts).length === 0 || performance.now() > deadline)
      return answers
  }
}

/** Reads the stores of the stopped instances from disk. */
export async function readCopies(
  cluster: ChaosCluster,
  owners: ReadonlyMap<string, readonly string[]>,
  store: string,
): Promise<readonly StoreCopy[]> {
  const copies: StoreCopy[] = []
  const directoryOf = (stateDir: string): string => join(stateDir, applicationId, 'tasks')
  const found = await Promise.all(cluster.instances.map(({ stateDir }) => readdir(directoryOf(stateDir)).catch(() => [])))
  const having = found.map((tasks, at) =>
    tasks.filter(task => existsSync(join(directoryOf(cluster.instances[at]?.stateDir ?? ''), task, store))),
  )
  // Each store belongs to the tasks of one sub-topology.
  const parts = new Set(having.flat().map(partOf))
  for (const [at, { name, stateDir }] of cluster.instances.entries()) {
    const directory = directoryOf(stateDir)
    const tasks = new Set([...(having[at] ?? []), ...(owners.get(name) ?? []).filter(task => parts.has(partOf(task)))])
    for (const task of tasks) {
      const owned = owners.get(name)?.includes(task) === true
      copies.push(await readCopy({ instance: name, partition: Number(task.split('_')[1]), owned }, join(directory, task, store)))
    }
  }
  return copies
}

function partOf(task: string): string {
  return task.split('_')[0] ?? ''
}

async function readCopy(whose: Pick<StoreCopy, 'instance' | 'partition' | 'owned'>, directory: string): Promise<StoreCopy> {
  let damage: string | undefined
  const store = await LevelRows.open(directory, reason => (damage = reason))
  try {
    const rows: (readonly [Uint8Array, Uint8Array])[] = []
    for await (const row of store.range()) rows.push(row)
    const checkpoint = store.checkpoint?.changelogOffset
    return { ...whose, checkpoint, rows, ...(damage === undefined ? {} : { damage }) }
  } finally {
    await store.close()
  }
}
