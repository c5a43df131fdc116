/** `npm run bench:rest`: measures key queries per second, answered by the queried instance and over a hop, on a local Kafka. See --help. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { positiveInteger } from '../../cli/commands/index.ts'
import { Cleanup } from '../../cli/demo/index.ts'
import { Output } from '../../cli/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { KeyAnswer } from '../../rest/index.ts'
import { createKafka, TopicWriter } from '../../topology/runtime/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { ChaosBroker, ownEnvironment, programFile, ChaosInstance } from '../chaos/index.ts'
import { measure } from './load.ts'

interface Flags {
  readonly keys: number
  readonly connections: number
  readonly seconds: number
  readonly token?: string
}

const valueBytes = 100
const pollMs = 100
const columns = [
  { name: 'what', width: 24 },
  { name: 'connections', width: 11, align: 'right' as const },
  ...['perSecond', 'p50', 'p99', 'errors'].map(name => ({ name, width: 9, align: 'right' as const })),
]

const command = new Command('bench:rest')
  .description('measure key queries per second, answered by the owner of the key and over a hop')
  .addOption(new Option('--keys <n>', 'number of keys in the store').default(10_000).argParser(positiveInteger))
  .addOption(
    new Option('--connections <n>', 'number of concurrent connections; one connection is also measured')
      .default(32)
      .argParser(positiveInteger),
  )
  .addOption(new Option('--seconds <n>', 'duration of each measurement').default(3).argParser(positiveInteger))
  .option('--token <text>', 'token that the instances require; requests between instances are then signed')
  .addHelpText('after', '\nPrints a table on a terminal, else one line of JSON per measurement. p50 and p99 are in milliseconds.\n')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

/** Starts both instances; resolves when they run and have every key. */
async function startGroup(flags: Flags, directory: string, cleanup: Cleanup, signal: AbortSignal): Promise<readonly ChaosInstance[]> {
  const broker = await ChaosBroker.start(join(directory, 'kafka'), signal)
  cleanup.add(() => broker.stop(), 25_000)
  const kafka = createKafka({ brokers: [broker.brokers], clientId: 'bench-rest' })
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(admin, [{ topic: 'keyed', numPartitions: 4 }])
  await admin.disconnect()
  const writer = await TopicWriter.open(kafka, 'keyed')
  for (let at = 0; at < flags.keys; at++) await writer.write({ key: Buffer.from(`key-${at}`), value: Buffer.alloc(valueBytes, at) })
  await writer.flush()
  await writer.close()
  const instances: ChaosInstance[] = []
  for (const name of ['one', 'two']) {
    const stateDir = join(directory, name)
    await mkdir(stateDir)
    const args = [programFile('../rest/keyed-instance'), broker.brokers, stateDir, ...(flags.token === undefined ? [] : [flags.token])]
    const onCrash = (how: string): void => log(`instance ${name} exited: ${how}`)
    const instance = new ChaosInstance({ name, args, env: ownEnvironment(), stateDir, logFile: join(directory, `${name}.log`), onCrash })
    instance.start()
    cleanup.add(() => instance.kill())
    instances.push(instance)
  }
  while (!(await isComplete(instances, flags))) await sleep(pollMs, undefined, { signal })
  return instances
}

async function isComplete(instances: readonly ChaosInstance[], flags: Flags): Promise<boolean> {
  for (const instance of instances) {
    if (!instance.ready) return false
    const members = (await ask(instance, '/state/instances', flags)) as readonly { activeTasks: readonly string[] }[] | undefined
    if (members?.length !== 2 || members.some(({ activeTasks }) => activeTasks.length !== 2)) return false
    const counted = (await ask(instance, '/state/keys/count', flags)) as { count?: number } | undefined
    if (counted?.count !== flags.keys) return false
  }
  return true
}

async function ask({ port }: ChaosInstance, path: string, { token }: Flags): Promise<unknown> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers }).catch(() => undefined)
  return answer?.ok ? answer.json() : undefined
}

/** The paths of keys that the instance owns, and of keys that it forwards to the other instance. */
async function pathsOf(instance: ChaosInstance, flags: Flags): Promise<Readonly<Record<'local' | 'hop', readonly string[]>>> {
  const paths = { local: [] as string[], hop: [] as string[] }
  for (let at = 0; at < Math.min(flags.keys, 500); at++) {
    const path = `/state/keys/keys/key-${at}`
    const { port } = (await ask(instance, path, flags)) as KeyAnswer
    paths[port === instance.port ? 'local' : 'hop'].push(path)
  }
  return paths
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Returns the exit code. */
async function main(flags: Flags): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new SluiceError('INTERRUPTED', `interrupted (${signal})`)))
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-rest-'))
  const cleanup = new Cleanup()
  try {
    const [one] = await startGroup(flags, directory, cleanup, stop.signal)
    const asked = one as ChaosInstance
    const print = await new Output().lines(columns)
    const { local, hop } = await pathsOf(asked, flags)
    const cases = { health: ['/health/live'], 'key, local': local, 'key, over a hop': hop, '100 of all': ['/state/keys/all?limit=100'] }
    for (const [what, paths] of Object.entries(cases)) {
      for (const connections of [1, flags.connections]) {
        const load = { url: `http://127.0.0.1:${asked.port}`, paths, connections, seconds: flags.seconds, token: flags.token }
        const { perSecond, p50, p99, errors } = await measure(load)
        await print({ what, connections, perSecond, p50: round(p50), p99: round(p99), errors })
        stop.signal.throwIfAborted()
      }
    }
    return 0
  } catch (error) {
    log(messageOf(error))
    return 1
  } finally {
    stop.abort(new SluiceError('INTERRUPTED', 'the run is over'))
    await cleanup.run()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}

process.exit(await main(command.parse().opts<Flags>()))
