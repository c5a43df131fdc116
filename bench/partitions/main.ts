/** `npm run bench:partitions`: one instance with many partitions: how long it takes to run, and what it needs. See --help. */
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { positiveInteger } from '../../cli/commands/index.ts'
import { WineRows } from '../../cli/demo/index.ts'
import { sluice } from '../../proto/messages.js'
import { createKafka, readTopic, TopicWriter, type Kafka } from '../../topology/runtime/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { ChaosBroker, ChaosInstance, ownEnvironment, programFile } from '../chaos/index.ts'

interface Flags {
  readonly partitions: number
  readonly threads: number
  readonly records: number
}

const help = `
Starts a real Kafka and one instance (sluice serve) whose data and models have many partitions, and measures the time until all of its tasks run,
its sockets, its memory and its processor time then, and how often it was given tasks. What the broker makes once for all applications (its topics of offsets and
transactions) it has made before. Then it is stopped (SIGTERM) and started again under load: each record must have
one result in the end. Prints one line of JSON.
`

const topics = { data: 'data', models: 'models', results: 'results' } as const
const resultPartitions = 12
const pollMs = 50
/** How often, a second apart, to ask for coordinators that the broker is still making. */
const coordinatorTries = 60
/** Of the processor times that the kernel tells. */
const ticksASecond = 100

const flags = new Command('bench:partitions')
  .description('measure one instance with many partitions')
  .addOption(new Option('--partitions <n>', 'partitions of data and models').default(600).argParser(positiveInteger))
  .addOption(new Option('--threads <n>', 'worker threads').default(4).argParser(positiveInteger))
  .addOption(new Option('--records <n>', 'records sent while it is restarted').default(20_000).argParser(positiveInteger))
  .addHelpText('after', help)
  .parse()
  .opts<Flags>()

const directory = await mkdtemp(join(tmpdir(), 'sluice-partitions-'))
const stop = new AbortController()
const broker = await ChaosBroker.start(join(directory, 'kafka'), stop.signal)
const kafka = createKafka({ brokers: [broker.brokers], clientId: 'partitions' })
const instance = new ChaosInstance({
  name: 'A',
  args: [...process.execArgv, programFile('../../cli/main'), 'serve', ...settings()],
  env: ownEnvironment(),
  stateDir: join(directory, 'state'),
  logFile: join(directory, 'instance.log'),
  onCrash: how => process.stderr.write(`the instance ended: ${how}\n`),
})
try {
  await prepare(kafka)
  const firstMs = await started()
  const first = await needs()
  const writing = load(kafka)
  await sleep(1000)
  await instance.terminate()
  const againMs = await started()
  await writing
  const { results, inputs } = await counted(kafka)
  const { partitions, threads, records } = flags
  const { rebalances, ...needed } = first
  console.log(JSON.stringify({ partitions, threads, runningMs: firstMs, ...needed, rebalances, againMs, records, results, inputs }))
  if (inputs !== records || results !== records) process.exitCode = 1
} finally {
  await instance.kill()
  await broker.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
}

function settings(): readonly string[] {
  const values = {
    brokers: broker.brokers,
    'application-id': 'partitions',
    'data-topic': topics.data,
    'models-topic': topics.models,
    'results-topic': topics.results,
    'state-dir': join(directory, 'state'),
    port: '0',
    threads: String(flags.threads),
  }
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
}

async function prepare(client: Kafka): Promise<void> {
  const admin = client.admin()
  await admin.connect()
  const wanted = { data: flags.partitions, models: flags.partitions, results: resultPartitions }
  await createTopics(
    admin,
    Object.entries(wanted).map(([topic, numPartitions]) => ({ topic, numPartitions })),
  )
  await admin.disconnect()
  // Otherwise the first start waits until the broker has made its topics of offsets and transactions.
  for (let tries = 1; ; tries++) {
    try {
      return await firstTransaction(client)
    } catch (error) {
      if (tries === coordinatorTries) throw error
      await sleep(1000)
    }
  }
}

async function firstTransaction(client: Kafka): Promise<void> {
  const producer = client.producer({ transactionalId: 'first', idempotent: true, maxInFlightRequests: 1 })
  try {
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.sendOffsets({
      consumerGroupId: 'first',
      topics: [{ topic: topics.data, partitions: [{ partition: 0, offset: '0' }] }],
    })
    await transaction.commit()
  } finally {
    await producer.disconnect()
  }
}

/** Starts the instance; the ms until all of its tasks run. */
async function started(): Promise<number> {
  const begun = performance.now()
  instance.start()
  while (!instance.ready) await sleep(pollMs)
  return Math.round(performance.now() - begun)
}

/** Its sockets, open files, memory in MB, processor seconds, and the number of times that its threads were given tasks. */
async function needs(): Promise<Record<string, number>> {
  const { pid } = instance
  const links = await Promise.all((await readdir(`/proc/${pid}/fd`)).map(fd => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const ticks = (await readFile(`/proc/${pid}/stat`, 'utf8'))
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13)
  const metrics = await (await fetch(`http://127.0.0.1:${instance.port}/metrics`)).text()
  return {
    sockets: links.filter(link => link.startsWith('socket:')).length,
    files: links.length,
    rssMb: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024),
    cpuSeconds: ticks.reduce((sum, each) => sum + Number(each), 0) / ticksASecond,
    rebalances: Number(/^sluice_rebalances_total (\d+)/m.exec(metrics)?.[1] ?? -1),
  }
}

async function load(client: Kafka): Promise<void> {
  const wines = await WineRows.read()
  const writer = await TopicWriter.open(client, topics.data)
  for (let at = 0; at < flags.records; at++) {
    const type = `type-${at % (2 * flags.partitions)}`
    await writer.write({ key: Buffer.from(type), value: wines.record(at % wines.length, type) })
    if (at % 100 === 99) await sleep(20)
  }
  await writer.close()
}

/** The results, once no more come, and how many inputs have one. */
async function counted(client: Kafka): Promise<{ readonly results: number; readonly inputs: number }> {
  for (let before = -1; ; await sleep(1000)) {
    let results = 0
    const inputs = new Set<string>()
    for await (const { records } of readTopic(client, { topic: topics.results, from: 'beginning', until: 'end' }))
      for (const { value } of records) {
        results++
        const { inputPartition, inputOffset } = sluice.ScoreResult.decode(value ?? Buffer.alloc(0))
        inputs.add(`${inputPartition}-${String(inputOffset)}`)
      }
    if (results === before) return { results, inputs: inputs.size }
    before = results
  }
}
