import { Readable } from 'node:stream'
import type { ModelServingView, ModelState, ModelStatistics, PastVersion } from '../../stores/index.ts'
import { changelogTopic, readTopic, type TopicRecord } from '../../topology/runtime/index.ts'
import { latestOf, type ChangelogView, changelogView } from '../commands/index.ts'
import { type Demo, type DemoParts, storeName } from './demo.ts'
import { dataTypes } from './demo-sender.ts'
import { waitUntil } from './wait-until.ts'

/** Shows the changelog of one partition and compares it with REST. */
export async function changelogStep(demo: Demo): Promise<void> {
  const { narrator, signal, id } = demo.parts
  const partition = dataTypes.indexOf('wine')
  narrator.step('The changelog: the state as Kafka keeps it')
  narrator.say(`Topic ${changelogTopic(id, storeName)}, partition ${partition} (wine), decoded; the last value of each key:`)
  const served = await demo.model(demo.instances[0]!, 'wine', () => true)
  const rows = await waitUntil({
    what: 'the changelog to hold what REST answers',
    signal,
    ask: async () => await decoded(await readChangelog(demo.parts, partition)),
    good: ({ latest }) => countedIn(latest) === served.value.invocations,
  })
  narrator.rows(
    ['record', 'kind', 'key', 'value'],
    rows.latest.map(row => [`${row.partition}@${row.offset}`, String(row['kind']), keyOf(row), valueOf(row)]),
  )
  narrator.say(
    `${rows.count} records were written so far; compaction keeps ${rows.latest.length}. The bytes of each model are stored once, under their hash.`,
  )
  const state = valueWith<ModelState>(rows.latest, 'state')
  narrator.check('the current version and the number of scores are those that REST answers', pick(served.value), {
    version: state?.current,
    invocations: countedIn(rows.latest),
  })
  const blobs = rows.latest.filter(({ kind }) => kind === 'blob')
  narrator.check(
    'the bytes of both versions are there',
    served.value.versions.map(({ hash, size }) => [hash, size]),
    served.value.versions.map(({ hash }) => [hash, sizeIn(blobs, hash)]),
  )
}

function pick({ version, invocations }: ModelServingView): unknown {
  return { version, invocations }
}

/** All current records of one partition of the changelog. */
export async function readChangelog({ kafka, id, signal }: DemoParts, partition: number): Promise<readonly TopicRecord[]> {
  const topic = changelogTopic(id, storeName)
  const all: TopicRecord[] = []
  for await (const { records } of readTopic(kafka.kafka, { topic, partitions: [partition], from: 'beginning', until: 'end', signal }))
    all.push(...records)
  return all
}

async function decoded(records: readonly TopicRecord[]): Promise<{ readonly count: number; readonly latest: readonly ChangelogView[] }> {
  const latest: ChangelogView[] = []
  for await (const row of latestOf(Readable.from([{ records }]), record => changelogView(storeName, record))) latest.push(row)
  return { count: records.length, latest }
}

function valueWith<T>(rows: readonly ChangelogView[], kind: string): T | undefined {
  return rows.find(row => row['kind'] === kind && row['dataType'] === 'wine')?.['value'] as T | undefined
}

function countedIn(rows: readonly ChangelogView[]): number | undefined {
  return valueWith<ModelStatistics>(rows, 'stats')?.invocations
}

function sizeIn(blobs: readonly ChangelogView[], hash: string): number {
  return blobs.reduce((sum, blob) => (blob['hash'] === hash ? sum + Number(blob['bytes']) : sum), 0)
}

function keyOf(row: ChangelogView): string {
  return row['kind'] === 'blob' ? `${String(row['hash']).slice(0, 12)}… chunk ${String(row['chunk'])}` : String(row['dataType'])
}

function valueOf(row: ChangelogView): string {
  if (row['kind'] === 'blob') return `${String(row['bytes'])} bytes`
  if (row['kind'] === 'stats') {
    const { version, invocations } = row['value'] as ModelStatistics
    return `version ${version}: ${invocations} scores`
  }
  if (row['kind'] === 'past') {
    const { version, figures } = row['value'] as Partial<PastVersion>
    return `version ${version?.version ?? '?'} before: ${figures?.invocations ?? 0} scores`
  }
  if (row['kind'] !== 'state') return ''
  const { current, versions } = row['value'] as ModelState
  return `current ${current}; ${versions.map(({ version, name, hash }) => `${version} = ${name} (${String(hash).slice(0, 8)}…)`).join(', ')}`
}
