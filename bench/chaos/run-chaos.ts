import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { usageStoreName } from '../../serving/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { exampleFile, WineRows } from '../../cli/demo/index.ts'
import { createKafka, type Kafka, type TopicRecord } from '../../topology/runtime/index.ts'
import type { Alteration } from './alteration.ts'
import { ChaosBroker } from './chaos-broker.ts'
import { ChaosCluster } from './chaos-cluster.ts'
import { ChaosLoad } from './chaos-load.ts'
import { compact } from './compaction.ts'
import { changelogs, countStoreName, deadLetterTopic, modelFiles, partitionCount, storeName, topics } from './chaos-topics.ts'
import { checkResults } from './check-results.ts'
import { checkAnswers, checkCopies, checkCounts, checkModels, type StateFacts } from './check-state.ts'
import { deck, makeFaults, possibleFaults } from './faults/index.ts'
import { disagreements, independentVerdict } from './independent.ts'
import {
  askAll,
  changelogOf,
  deadLettersOf,
  escapedOf,
  inputsOf,
  publishedOf,
  readAll,
  readCopies,
  resultsOf,
  wholeGroup,
  wronglyRefused,
} from './observe.ts'
import { dataTopicConfig } from './odd-records.ts'
import { ModelServer } from './model-server.ts'
import { ChaosNetwork } from './network/index.ts'
import { Random } from './random.ts'
import type { ChaosOptions, Findings } from './chaos-run.ts'
import { chaosReport, type ChaosReport } from './report.ts'
import { ResultWatch } from './result-watch.ts'

/** Shared by the phases of one run. */
interface Run {
  readonly options: ChaosOptions
  readonly kafka: Kafka
  readonly cluster: ChaosCluster
  readonly wines: WineRows
  readonly load: ChaosLoad
  readonly watch: ResultWatch
}

const topicConfigs: Readonly<Record<string, typeof dataTopicConfig>> = {
  [topics.data]: dataTopicConfig,
  [topics.compacted]: [{ name: 'cleanup.policy', value: 'compact' }],
}
/** Load before the first fault and after the last. */
const quietMs = 3000
/** Longer than a broker takes to end, including a SIGKILL. */
const brokerStopMs = 25_000
/** Statistics are written a while after the results that they count. */
const statisticsMs = 3000
/** If no new result arrives for this time, the missing ones count as lost. */
const patienceMs = 30_000

/** Runs everything: starts Kafka and the instances, injects faults under load, waits for the last result, checks. The cleanup stops what it started. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const started = performance.now()
  const run = await prepare(options)
  const { load, cluster } = run
  const { signal, sessionTimeout } = options
  const loadEnd = new AbortController()
  const loading = load.run(AbortSignal.any([signal, loadEnd.signal]))
  loading.catch(() => undefined)
  await sleep(quietMs, undefined, { signal })
  const random = new Random(options.seed)
  const recoveries = await makeFaults({ ...options, ...run, random, sessionTimeoutMs: sessionTimeout })
  await sleep(quietMs, undefined, { signal })
  loadEnd.abort()
  await loading
  options.log('the load has ended; waiting for the last results')
  await untilAnswered(run)
  const findings = await check(run)
  return chaosReport({ options, findings, recoveries, cluster, seconds: (performance.now() - started) / 1000 })
}

async function prepare(options: ChaosOptions): Promise<Run> {
  const { directory, cleanup, signal, log, seed, instances, brokers, faults } = options
  const networked = possibleFaults(faults, brokers).some(kind => deck[kind].by === 'network')
  const network = networked ? await ChaosNetwork.open(instances, brokers) : undefined
  cleanup.add(() => network?.close())
  const broker = await ChaosBroker.start(join(directory, 'kafka'), signal, brokers, network)
  cleanup.add(() => broker.close(), brokerStopMs)
  const kafka = createKafka({ brokers: broker.brokers.split(','), clientId: 'chaos' })
  const admin = kafka.admin()
  await admin.connect()
  // The checked topics are not compacted: the check needs their history.
  await createTopics(
    admin,
    Object.values(topics).map(topic => ({
      topic,
      numPartitions: partitionCount,
      configEntries: topicConfigs[topic] ?? [],
    })),
  )
  await admin.disconnect()
  const wines = await WineRows.read()
  const server = await ModelServer.open()
  cleanup.add(() => server.close())
  const load = new ChaosLoad({ ...options, kafka, wines, random: new Random(seed + 1), server })
  await load.publishAll()
  const watch = new ResultWatch()
  const watching = new AbortController()
  const following = watch.follow(kafka, topics.results, watching.signal)
  cleanup.add(() => following)
  cleanup.add(() => watching.abort())
  const cluster = new ChaosCluster({
    ...options,
    broker,
    network,
    alteration: alterationOf(options),
    sessionTimeoutMs: options.sessionTimeout,
    modelHosts: server.host,
    doors: faults.some(kind => deck[kind].by === 'doors'),
  })
  cleanup.add(() => cluster.kill())
  await cluster.start(signal)
  if (options.compaction === 'on') await compact(kafka, changelogNames(options), true)
  log(`${cluster.instances.length} instances are ready, on Kafka at ${broker.brokers}; ${load.dataTypes.length} data types`)
  return { options, kafka, cluster, wines, load, watch }
}

function alterationOf({ odd, sabotage, app }: ChaosOptions): Alteration | undefined {
  if (odd === 'processors') return 'odd'
  return sabotage ?? (app === 'count' ? 'count' : undefined)
}

async function untilAnswered({ kafka, wines, load, watch, options }: Run): Promise<void> {
  const inputs = inputsOf(await readAll(kafka, topics.data), wines, load.dataTypes)
  const good = inputs.filter(({ odd }) => odd === undefined)
  let count = -1
  for (let last = performance.now(); performance.now() - last < patienceMs; await sleep(200, undefined, { signal: options.signal })) {
    const open = good.filter(({ partition, offset }) => !watch.has(partition, offset)).length
    const letters = open > 0 ? 0 : deadLettersOf(await readAll(kafka, deadLetterTopic)).length
    if (open === 0 && letters >= inputs.length - good.length) return
    if (watch.count + letters > count) last = performance.now()
    count = watch.count + letters
  }
  options.log(`no new result for ${patienceMs / 1000} s; ${inputs.length - count} of ${inputs.length} inputs have no result`)
}

async function check(run: Run): Promise<Findings> {
  const { kafka, cluster, wines, load, options } = run
  await sleep(statisticsMs, undefined, { signal: options.signal })
  const members = await wholeGroup(cluster)
  const answers = await askAll(cluster, load.dataTypes, kafka, factsOf(options))
  options.log('stopping the instances')
  const names = new Map(cluster.instances.map(({ name, port }) => [port, name]))
  await cluster.terminate()
  const owners = new Map(members?.map(({ port, activeTasks }) => [names.get(port) ?? '', activeTasks]))
  if (options.compaction === 'on') await compact(kafka, changelogNames(options), false)
  const read = await readTopics(kafka, changelogNames(options))
  const records = (topic: string): readonly TopicRecord[] => read.get(topic) ?? []
  const inputs = inputsOf(records(topics.data), wines, load.dataTypes)
  const [results, deadLetters] = [resultsOf(records(topics.results)), deadLettersOf(records(deadLetterTopic))]
  const [published, changelog] = [publishedOf(records(topics.models)), changelogOf(records(changelogs.state))]
  const scores = await modelScores(wines)
  const exact = options.guarantee === 'exactly_once'
  const verdict = checkResults({ inputs, results, deadLetters, published, score: (hash, row) => scores.get(hash)?.[row], exact })
  const independent = await independentVerdict({ ...options, brokers: cluster.broker.brokers, topics: [...read.keys()] })
  const held = new Set(inputs.map(({ partition, offset }) => `${partition}@${offset}`))
  const mismatches = [
    ...(members === undefined ? ['the group was not complete at the end'] : []),
    ...load.acknowledged
      .filter(({ partition, offset, count }) => !held.has(`${partition}@${offset}`) || !held.has(`${partition}@${offset + count - 1}`))
      .map(({ partition, offset }) => `the broker acknowledged input ${partition}@${offset} but does not have it`),
    ...disagreements(verdict, read, independent),
    ...escapedOf(records(topics.compacted)),
    ...checkModels(changelog, published),
    ...checkAnswers(changelog, answers, factsOf(options)),
    ...wronglyRefused(records(topics.models), records(deadLetterTopic)),
    ...(await differentCopies(run, read, owners)),
    ...(exact && options.join === 'keyed' ? checkCounts(changelog, results, options.kills === 0) : []),
  ]
  return { records: inputs.length, results: results.length, deadLetters: deadLetters.length, verdict, independent, mismatches }
}

/** Where the stores on disk are not what their changelogs say. */
async function differentCopies(
  { cluster, options }: Run,
  read: ReadonlyMap<string, readonly TopicRecord[]>,
  owners: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> {
  const stores = { [changelogs.state]: storeName, [changelogs.counts]: countStoreName, [changelogs.usage]: usageStoreName({ storeName }) }
  const different: string[] = []
  for (const topic of changelogNames(options)) {
    const copies = await readCopies(cluster, owners, stores[topic] ?? '')
    different.push(...checkCopies(changelogOf(read.get(topic) ?? []), copies, options.compaction === 'on'))
  }
  return different
}

function changelogNames(options: ChaosOptions): readonly string[] {
  const counts = alterationOf(options) === undefined ? [] : [changelogs.counts]
  return [changelogs.state, ...counts, ...(options.join === 'broadcast' ? [changelogs.usage] : [])]
}

function factsOf({ join: how }: ChaosOptions): StateFacts {
  return how === 'keyed' ? 'all' : 'versions'
}

/** All that the application has read or written, by topic. */
async function readTopics(kafka: Kafka, written: readonly string[]): Promise<ReadonlyMap<string, readonly TopicRecord[]>> {
  const names = [topics.data, topics.results, deadLetterTopic, topics.models, topics.compacted, ...written]
  return new Map(await Promise.all(names.map(async name => [name, await readAll(kafka, name)] as const)))
}

/** By SHA-256 of the model: the score of each row, computed without the stream. */
async function modelScores(wines: WineRows): Promise<ReadonlyMap<string, Float64Array>> {
  const scores = new Map<string, Float64Array>()
  for (const name of modelFiles) {
    const file = exampleFile(name)
    scores.set(createHash('sha256').update(readFileSync(file)).digest('hex'), await wines.scores(file))
  }
  return scores
}
