/** `npm run bench:neighbour`: what a well-behaved data type notices of what another type, a client and a stranger do. See --help. */
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Command, Option } from 'commander'
import { messageOf, SluiceError } from '../../base/index.ts'
import { positiveInteger } from '../../cli/commands/index.ts'
import { Cleanup, exampleFile } from '../../cli/demo/index.ts'
import { Output } from '../../cli/index.ts'
import { sluice } from '../../proto/messages.js'
import { createKafka, partitionForKey, TopicWriter } from '../../topology/runtime/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { ChaosBroker, ChaosInstance, ownEnvironment, programFile } from '../chaos/index.ts'
import type { AttackerData } from './attacker.ts'
import { attacks } from './attacks.ts'
import { GoodType } from './good-type.ts'

interface Flags {
  readonly seconds: number
  readonly rate: number
  readonly threads: number
  readonly only?: string
  readonly json?: boolean
}

const partitions = 4
const topics = { data: 'data', models: 'models', results: 'results' }
const columns = [
  { name: 'case', width: 48 },
  ...['sent', 'lost', 'failed', 'p50', 'p99', 'gap', 'health'].map(name => ({ name, width: 8, align: 'right' as const })),
]

const command = new Command('bench:neighbour')
  .description('what a well-behaved data type notices of what others do: its p99, its longest gap, and what it loses')
  .addOption(new Option('--seconds <n>', 'duration of each case').default(8).argParser(positiveInteger))
  .addOption(new Option('--rate <n>', 'records per second of the well-behaved type').default(1000).argParser(positiveInteger))
  .addOption(new Option('--threads <n>', 'stream threads of the instance; 0: the main thread').default(0).argParser(Number))
  .option('--json', 'one line of JSON for each case, also on a terminal')
  .option('--only <text>', 'only the quiet case and those whose names contain the text')
  .addHelpText(
    'after',
    '\nPrints a table on a terminal, else one line of JSON for each case. Times are in milliseconds; health: the slowest answer of /health/live.\n',
  )
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

/** A data type on the same partition as the other. */
function besides(dataType: string): string {
  const partition = (name: string): number => partitionForKey(Buffer.from(name), partitions)
  for (let at = 0; ; at++) if (partition(`bad-${at}`) === partition(dataType)) return `bad-${at}`
}

/** The port at which the process listens beside the one of REST. */
function peerPortOf(pid: number, restPort: number): number {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return []
      }
    }),
  )
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    const port = Number.parseInt(local.split(':')[1] ?? '', 16)
    if (state === '0A' && inodes.has(inode) && port !== restPort) return port
  }
  return 0
}

async function startAll(
  flags: Flags,
  directory: string,
  cleanup: Cleanup,
  stop: AbortController,
): Promise<{ good: GoodType; attacker: Omit<AttackerData, 'name'> }> {
  const { signal } = stop
  const broker = await ChaosBroker.start(join(directory, 'kafka'), signal)
  cleanup.add(() => broker.stop(), 25_000)
  const kafka = createKafka({ brokers: [broker.brokers], clientId: 'bench-neighbour' })
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(
    admin,
    Object.values(topics).map(topic => ({ topic, numPartitions: partitions })),
  )
  await admin.disconnect()
  // It answers nothing: whoever fetches a model from it waits.
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  cleanup.add(() => {
    silent.close()
    silent.closeAllConnections()
  })
  await new Promise(resolve => silent.once('listening', resolve))
  const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const stateDir = join(directory, 'state')
  const settings = ['--brokers', broker.brokers, '--port', '0', '--state-dir', stateDir, '--model-hosts', host]
  const args = [programFile('../../cli/main'), 'serve', ...settings, '--threads', String(flags.threads), '--unreadable-batches', 'skip']
  const onCrash = (how: string): void => stop.abort(new SluiceError('CHECK_FAILED', `the instance exited: ${how}`))
  const instance = new ChaosInstance({ name: 'one', args, env: ownEnvironment(), stateDir, logFile: join(directory, 'one.log'), onCrash })
  instance.start()
  cleanup.add(() => instance.kill())
  while (!instance.ready) await sleep(100, undefined, { signal })
  const model = await readFile(exampleFile('wine-linear.onnx'))
  const good = new GoodType(kafka, topics, { dataType: 'good', rate: flags.rate })
  const dataType = besides(good.dataType)
  const writer = await TopicWriter.open(kafka, topics.models)
  for (const type of [good.dataType, dataType]) {
    const value = sluice.ModelDescriptor.encode({
      name: 'm',
      dataType: type,
      modeltype: sluice.ModelDescriptor.ModelType.ONNX,
      data: model,
    })
    await writer.write({ key: Buffer.from(type), value: Buffer.from(value.finish()) })
  }
  await writer.close()
  while (((await instance.get('/models'))?.body as readonly unknown[] | undefined)?.length !== 2) await sleep(100, undefined, { signal })
  const peerPort = peerPortOf(instance.pid ?? 0, instance.port)
  const target = { topics, dataType, port: instance.port, peerPort, model, slowModelUrl: `http://${host}/model` }
  return { good, attacker: { brokers: broker.brokers, target } }
}

/** Returns what attacks until its signal aborts; the thread that does is ready by then. */
async function attackerOf(data: AttackerData): Promise<(signal: AbortSignal) => Promise<void>> {
  const worker = new Worker(pathToFileURL(programFile('../neighbour/attacker')), { workerData: data })
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('exit', () => resolve())
    worker.once('error', reject)
  })
  ended.catch(() => undefined)
  await Promise.race([once(worker, 'message'), ended])
  return async signal => {
    worker.postMessage('begin', [])
    signal.addEventListener('abort', () => worker.postMessage('end', []))
    await ended
  }
}

/** The slowest answer of /health/live until the signal aborts, ms; Infinity: there was none. */
async function slowestHealth(port: number, signal: AbortSignal): Promise<number> {
  let slowest = 0
  while (!signal.aborted) {
    const began = performance.now()
    const answered = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(10_000) })
      .then(async answer => (await answer.arrayBuffer(), answer.ok))
      .catch(() => false)
    slowest = Math.max(slowest, answered ? performance.now() - began : Infinity)
    await sleep(50)
  }
  return slowest
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Returns the exit code. */
async function main(flags: Flags): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new SluiceError('INTERRUPTED', `interrupted (${signal})`)))
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-neighbour-'))
  const cleanup = new Cleanup()
  try {
    const { good, attacker } = await startAll(flags, directory, cleanup, stop)
    const following = good.follow(stop.signal)
    following.catch((error: unknown) => log(messageOf(error)))
    await good.during(2000, () => Promise.resolve())
    const print = await new Output(flags).lines(columns)
    for (const name of Object.keys(attacks)) {
      if (flags.only !== undefined && name !== 'quiet' && !name.includes(flags.only)) continue
      const attack = await attackerOf({ ...attacker, name })
      const watched = new AbortController()
      const health = slowestHealth(attacker.target.port, watched.signal)
      const { sent, lost, failed, ...times } = await good.during(flags.seconds * 1000, attack)
      watched.abort()
      const rounded = Object.fromEntries(Object.entries({ ...times, health: await health }).map(([what, ms]) => [what, Math.round(ms)]))
      await print({ case: name, sent, lost, failed, ...rounded })
      stop.signal.throwIfAborted()
    }
    return 0
  } catch (error) {
    log(messageOf(stop.signal.reason ?? error))
    return 1
  } finally {
    stop.abort(new SluiceError('INTERRUPTED', 'the run is over'))
    await cleanup.run()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

process.exit(await main(command.parse().opts<Flags>()))
