import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SluiceError } from '../../base/index.ts'
import { type BrokerRecord, isAlive, runningBroker, stopBroker, writeBrokerRecord } from './broker-record.ts'
import { formatStorage } from './format-storage.ts'
import { freePort, isPortFree } from './free-port.ts'
import { findKafka, type KafkaDistribution } from './kafka-distribution.ts'
import { servesKafka } from './metadata-probe.ts'
import { tailOf } from './run-command.ts'
import {
  type BrokerAddress,
  type BrokerSettings,
  dataDirectory,
  loggingProperties,
  type Quorum,
  serverProperties,
} from './server-properties.ts'

export { freePort } from './free-port.ts'

export interface LocalKafkaOptions {
  /** The directory of the broker's settings, log and data. Data is kept between starts. */
  readonly dir: string
  /** Port on 127.0.0.1. The controller uses the next port, or any free one. */
  readonly port: number
  /** Receives progress, line by line. Default: standard error. */
  readonly log?: (line: string) => void
  readonly heapMb?: number
  /** true: the broker keeps running when this process ends. Otherwise it is killed at the end of this process at the latest. */
  readonly detached?: boolean
  /** Aborts the start; no process is left running. */
  readonly signal?: AbortSignal
  /** KAFKA_HOME, JAVA_HOME, XDG_CACHE_HOME, PATH. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** The broker's place in a cluster. Each broker is started by its own call; no broker answers before a majority runs. Not available with Docker. */
  readonly quorum?: Quorum
  /** Server properties that are added to those of the launcher and override them. Keep the PLAINTEXT listener: the launcher connects to it. */
  readonly properties?: BrokerSettings['properties']
  /** Further arguments for formatting the storage, such as `--add-scram` and its value. */
  readonly formatArgs?: readonly string[]
}

/** A real Apache Kafka that runs on this machine and accepts requests. */
export interface LocalKafka {
  /** host:port, in the form of KAFKA_BROKERS. */
  readonly brokers: string
  readonly pid: number
  readonly version: string
  /** Stops the broker; resolves when it has ended. A second call returns the same promise. */
  stop(): Promise<void>
}

const startTimeoutMs = 120_000
const pollMs = 50

/**
 * Starts Apache Kafka (a broker that is also a controller) and resolves when it answers. Throws PORT_TAKEN if the port is in use,
 * BROKER_FAILED, with the reason, if the directory cannot be used, no Kafka is found, or the broker dies or does not answer within 120 s.
 */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const env = options.env ?? process.env
  const dir = await prepareDirectory(options.dir)
  const { port, log, signal, quorum, properties, formatArgs = [] } = options
  if (!(await isPortFree(port)))
    throw new SluiceError('PORT_TAKEN', `port ${port} of 127.0.0.1 is taken: stop what listens there or choose another port`)
  const kafka = await findKafka({ env, log, signal })
  if (quorum !== undefined && kafka.inContainer)
    throw new SluiceError('BROKER_FAILED', 'a cluster of several brokers cannot be started in Docker: install Java and Maven')
  const controllerPort = quorum?.controllerPorts[quorum.nodeId] ?? ((await isPortFree(port + 1)) ? port + 1 : await freePort())
  const address: BrokerAddress = { dir, port, controllerPort, bindHost: kafka.inContainer ? '0.0.0.0' : '127.0.0.1' }
  const broker: BrokerSettings = { ...address, quorum, properties }
  await writeFile(join(dir, 'server.properties'), serverProperties(broker))
  await writeFile(join(dir, 'log4j2.properties'), loggingProperties())
  await formatStorage({ kafka, broker, formatArgs, env, flags: jvmFlags(dir), signal })
  signal?.throwIfAborted()
  const { child, record } = await launch(kafka, address, options)
  const stop = once(() => stopBroker(dir, record))
  await untilReady(address, record, signal).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  if (options.detached === true) child.unref()
  return { brokers: `127.0.0.1:${port}`, pid: record.pid, version: record.version, stop }
}

/** Makes a directory that brokers can use, and returns its whole path. Throws BROKER_FAILED. */
export async function writableDirectory(path: string): Promise<string> {
  const dir = resolve(path)
  if (dir.includes(',')) throw new SluiceError('BROKER_FAILED', `a Kafka broker cannot use the directory ${dir}: its path has a comma`)
  try {
    await mkdir(dir, { recursive: true })
    await access(dir, constants.W_OK)
    return dir
  } catch (error) {
    throw new SluiceError('BROKER_FAILED', `cannot write the broker's directory ${dir}: ${messageOf(error)}`, { cause: error })
  }
}

async function prepareDirectory(path: string): Promise<string> {
  const dir = await writableDirectory(path)
  await mkdir(join(dir, 'tmp'), { recursive: true })
  const running = runningBroker(dir)
  if (running === undefined) return dir
  throw new SluiceError(
    'BROKER_FAILED',
    `a broker already runs in ${dir} (process ${running.pid}, port ${running.port}): stop it or choose another directory`,
  )
}

function jvmFlags(dir: string): string[] {
  return [
    '-XX:+UseSerialGC',
    '-XX:-UsePerfData',
    '-Xshare:auto',
    `-Djava.io.tmpdir=${join(dir, 'tmp')}`,
    `-Dlog4j2.configurationFile=${join(dir, 'log4j2.properties')}`,
  ]
}

/** The broker has its own process group, so that Ctrl-C on the terminal reaches only the caller, which then stops the broker. */
async function launch(
  kafka: KafkaDistribution,
  { dir, port }: BrokerAddress,
  options: LocalKafkaOptions,
): Promise<{ child: ChildProcess; record: BrokerRecord }> {
  const container = `sluice-kafka-${port}`
  const flags = [...jvmFlags(dir), `-Xmx${options.heapMb ?? 1024}m`]
  const { file, args } = kafka.command({
    dir,
    flags,
    mainClass: 'kafka.Kafka',
    args: [join(dir, 'server.properties')],
    listens: { port, container },
  })
  const output = openSync(join(dir, 'broker.log'), 'w')
  const child = spawn(file, args, { detached: true, stdio: ['ignore', output, output], env: options.env ?? process.env })
  closeSync(output)
  const pid = await new Promise<number>((started, failed) => {
    child.once('spawn', () => started(child.pid!))
    child.once('error', error => failed(new SluiceError('BROKER_FAILED', `cannot run ${file}: ${error.message}`, { cause: error })))
  })
  if (options.detached !== true) killAtExit(child)
  const record: BrokerRecord = { pid, port, version: kafka.version, source: kafka.source, ...(kafka.inContainer ? { container } : {}) }
  await writeBrokerRecord(dir, record)
  return { child, record }
}

/** Kills the broker if this process ends without stopping it. */
function killAtExit(child: ChildProcess): void {
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}

async function untilReady({ dir, port }: BrokerAddress, record: BrokerRecord, signal: AbortSignal | undefined): Promise<void> {
  const log = join(dir, 'broker.log')
  const deadline = Date.now() + startTimeoutMs
  while (!(await servesKafka(port))) {
    signal?.throwIfAborted()
    if (!isAlive(record.pid)) throw new SluiceError('BROKER_FAILED', diedAtStart(dir, record.version, readFileSync(log, 'utf8')))
    if (Date.now() > deadline)
      throw new SluiceError('BROKER_FAILED', `Kafka ${record.version} did not answer in ${startTimeoutMs / 1000} s; see ${log}`)
    await sleep(pollMs)
  }
}

/** Why a broker died, by the log that it left. Kafka reads the data of older versions, and not that of newer ones. */
export function diedAtStart(dir: string, version: string, log: string): string {
  const newer = log.includes('No MetadataVersion with feature level')
  const why = newer
    ? `: ${dataDirectory(dir)} was written by a newer Kafka; start it with that version (unset KAFKA_HOME or name a newer one) or choose another directory`
    : ''
  return `Kafka ${version} died at start${why}; the end of ${join(dir, 'broker.log')}:\n${tailOf(log)}`
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
