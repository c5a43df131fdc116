import { join } from 'node:path'
import { SluiceError } from '../../base/index.ts'
import { type Client, openClient } from '../commands/index.ts'
import {
  type ClientConfig,
  processSources,
  resolveClientConfig,
  type ConfigSources,
  resolveSettings,
  envOf,
  kafkaSettings,
} from '../config/index.ts'
import { isAlive, freePort, startLocalKafka } from '../kafka/index.ts'
import type { Cleanup } from './cleanup.ts'
import { type Narrator, seconds } from './narrator.ts'

/** The Kafka that the demo runs on. */
export interface DemoKafka extends Client {
  /** Environment of the instances: of Sluice's settings only those of the connection to Kafka. */
  readonly env: NodeJS.ProcessEnv
  readonly brokers: string
  /** Kafka was given by flag or environment: the demo removes its topics and its group. */
  readonly given: boolean
  readonly sessionTimeoutMs: number
}

export interface DemoKafkaOptions {
  readonly flags: Readonly<Record<string, unknown>>
  readonly env: NodeJS.ProcessEnv
  /** Directory for a Kafka that the demo starts. */
  readonly directory: string
  readonly narrator: Narrator
  readonly cleanup: Cleanup
  /** Aborting it ends the demo. */
  readonly stop: AbortController
}

/** A broker's default `group.min.session.timeout.ms`; the local launcher's brokers allow less. */
const shortestSessionMs = 6000
const shortSessionMs = 3000
const connectWithinSeconds = 30
const watchMs = 500
const stopBrokerMs = 15_000

/** Connects to the Kafka of the flag or the environment, or else starts one, which the cleanup stops. */
export async function openDemoKafka(options: DemoKafkaOptions): Promise<DemoKafka> {
  const { flags, narrator, cleanup, stop } = options
  const sources = connectionSources(flags, options.env)
  const given = resolveSettings(['brokers'], sources).isSet('brokers')
  const config = given ? resolveClientConfig(sources) : await ownKafka(options)
  const brokers = config.brokers.join(',')
  if (given) narrator.waiting(`connecting to ${brokers}`)
  const client = await openClient(config, { timeout: connectWithinSeconds, signal: stop.signal })
  cleanup.add(() => client.close())
  if (given)
    narrator.say(`Using the Kafka at ${brokers}. The demo creates topics and a consumer group for itself and deletes them at the end.`)
  const instanceEnv = given ? { ...sources.env } : withoutSluice(options.env, [])
  return { ...client, env: instanceEnv, brokers, given, sessionTimeoutMs: given ? shortestSessionMs : shortSessionMs }
}

async function ownKafka({ directory, env, narrator, cleanup, stop }: DemoKafkaOptions): Promise<ClientConfig> {
  narrator.waiting('starting a real Apache Kafka for this demo (--brokers selects another one)')
  const started = performance.now()
  const log = (line: string): void => narrator.waiting(line)
  const kafka = await startLocalKafka({ dir: join(directory, 'kafka'), port: await freePort(), log, heapMb: 512, env, signal: stop.signal })
  cleanup.add(() => kafka.stop(), stopBrokerMs)
  const watch = setInterval(
    () => isAlive(kafka.pid) || stop.abort(new SluiceError('BROKER_FAILED', 'Kafka exited while the demo was running')),
    watchMs,
  )
  cleanup.add(() => clearInterval(watch))
  const took = seconds(performance.now() - started)
  narrator.say(`Apache Kafka ${kafka.version} answers on ${kafka.brokers} after ${took} (process ${kafka.pid}).`)
  return resolveClientConfig({ ...processSources({ brokers: kafka.brokers }), env: {} })
}

/** The sources of the connection settings only: the demo chooses ports, names and topics itself. */
function connectionSources(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): ConfigSources {
  return { ...processSources(flags), env: withoutSluice(env, kafkaSettings.flatMap(envOf)) }
}

function withoutSluice(env: NodeJS.ProcessEnv, kept: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SLUICE_') || kept.includes(name)))
}
