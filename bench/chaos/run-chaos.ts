import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { exampleFile, WineRows } from '../../cli/demo/index.ts'
import { createKafka, type Kafka } from '../../topology/runtime/index.ts'
import { ChaosBroker } from './chaos-broker.ts'
import { ChaosCluster } from './chaos-cluster.ts'
import { ChaosLoad } from './chaos-load.ts'
import { modelFiles, partitionCount, topics } from './chaos-topics.ts'
import { checkResults } from './check-results.ts'
import { checkAnswers, checkCopies, checkCounts, checkModels } from './check-state.ts'
import { makeFaults } from './faults.ts'
import {
  askAll,
  readDeadLetters,
  readChangelog,
  readCopies,
  readEscaped,
  readInputs,
  readPublished,
  readResults,
  wholeGroup,
} from './observe.ts'
import { dataTopicConfig } from './odd-records.ts'
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
  const { load, watch, cluster } = run
  const { signal, log, kills, only, sessionTimeout } = options
  const loadEnd = new AbortController()
  const loading = load.run(AbortSignal.any([signal, loadEnd.signal]))
  loading.catch(() => undefined)
  await sleep(quietMs, undefined, { signal })
  const random = new Random(options.seed)
  const recoveries = await makeFaults({ cluster, watch, random, kills, only, sessionTimeoutMs: sessionTimeout, log, signal })
  await sleep(quietMs, undefined, { signal })
  loadEnd.abort()
  await loading
  log('the load has ended; waiting for the last results')
  await untilAnswered(run)
  const findings = await check(run)
  return chaosReport({ options, findings, recoveries, cluster, seconds: (performance.now() - started) / 1000 })
}

async function prepare(options: ChaosOptions): Promise<Run> {
  const { directory, cleanup, signal, log, seed, rate, oddEvery, odd, brokers, sabotage } = options
  const broker = await ChaosBroker.start(join(directory, 'kafka'), signal, brokers)
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
  const load = new ChaosLoad({ kafka, wines, random: new Random(seed + 1), rate, oddEvery, odd, log })
  await load.publishAll()
  const watch = new ResultWatch()
  const watching = new AbortController()
  const following = watch.follow(kafka, topics.results, watching.signal)
  cleanup.add(() => following)
  cleanup.add(() => watching.abort())
  const alteration = odd === 'processors' ? 'odd' : sabotage
  const cluster = new ChaosCluster({ ...options, broker, alteration, sessionTimeoutMs: options.sessionTimeout })
  cleanup.add(() => cluster.kill())
  await cluster.start(signal)
  log(`${cluster.instances.length} instances are ready, on Kafka at ${broker.brokers}; ${load.dataTypes.length} data types`)
  return { options, kafka, cluster, wines, load, watch }
}

async function untilAnswered({ kafka, wines, load, watch, options }: Run): Promise<void> {
  const inputs = await readInputs(kafka, wines, load.dataTypes)
  const good = inputs.filter(({ odd }) => odd === undefined)
  let count = -1
  for (let last = performance.now(); performance.now() - last < patienceMs; await sleep(200, undefined, { signal: options.signal })) {
    const open = good.filter(({ partition, offset }) => !watch.has(partition, offset)).length
    const letters = open > 0 ? 0 : (await readDeadLetters(kafka)).length
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
  const answers = await askAll(cluster, load.dataTypes, kafka)
  options.log('stopping the instances')
  const names = new Map(cluster.instances.map(({ name, port }) => [port, name]))
  await cluster.terminate()
  const owners = new Map(members?.map(({ port, activeTasks }) => [names.get(port) ?? '', activeTasks]))
  const [inputs, results, deadLetters, published, changelog] = await Promise.all([
    readInputs(kafka, wines, load.dataTypes),
    readResults(kafka),
    readDeadLetters(kafka),
    readPublished(kafka),
    readChangelog(kafka),
  ])
  const scores = await modelScores(wines)
  const verdict = checkResults({ inputs, results, deadLetters, published, score: (hash, row) => scores.get(hash)?.[row] })
  const held = new Set(inputs.map(({ partition, offset }) => `${partition}@${offset}`))
  const mismatches = [
    ...(members === undefined ? ['the group was not complete at the end'] : []),
    ...load.acknowledged
      .filter(({ partition, offset, count }) => !held.has(`${partition}@${offset}`) || !held.has(`${partition}@${offset + count - 1}`))
      .map(({ partition, offset }) => `the broker acknowledged input ${partition}@${offset} but does not have it`),
    ...(await readEscaped(kafka)),
    ...checkModels(changelog, published),
    ...checkAnswers(changelog, answers),
    ...checkCopies(changelog, await readCopies(cluster, owners)),
    ...(options.guarantee === 'exactly_once' ? checkCounts(changelog, results, options.kills === 0) : []),
  ]
  return { records: inputs.length, results: results.length, deadLetters: deadLetters.length, verdict, mismatches }
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
