import { createTopics, existingTopics, type Wait } from '../../topology/runtime/topics/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { createKafka, type Admin, type Kafka, type KafkaLog, waitForBroker } from '../../topology/runtime/kafka/index.ts'
import type { ClientConfig } from '../config/index.ts'
import { defaultPartitions } from './command-options.ts'
import { note } from '../output.ts'

/** A command's connection to Kafka. */
export interface Client {
  readonly kafka: Kafka
  readonly admin: Admin
  /** Tells of a wait for Kafka, on standard error. */
  readonly onWait: (wait: Wait) => void
  close(): Promise<void>
}

export { topicSetting } from '../../topology/runtime/topics/index.ts'

export interface ClientOptions {
  /** Longest wait for a broker that does not answer, in seconds. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
}

/** Connects to Kafka. While the broker does not answer, writes the reason to standard error. Throws BROKER_UNREACHABLE after the timeout. */
export async function openClient(config: ClientConfig, { timeout, signal }: ClientOptions): Promise<Client> {
  const brokers = config.brokers.join(', ')
  let reason: string | undefined
  const log: KafkaLog = (_, message, { error }) => void (reason = typeof error === 'string' ? error : message)
  const { ssl, sasl } = config
  const kafka = createKafka({ brokers: config.brokers, clientId: 'sluice-cli', ssl, sasl, log, logLevel: 'error' })
  const onWait = ({ what, since, seconds, over }: Wait): void => {
    const because = reason === undefined ? '' : `: ${reason}`
    const time = new Date(since).toISOString().replace(/\.\d+/, '')
    note(
      over
        ? `Kafka at ${brokers} answers again, after ${seconds} s`
        : `waiting for Kafka at ${brokers} since ${time} (${seconds} s) for ${what}${because}`,
    )
    reason = undefined
  }
  const limit = AbortSignal.timeout(timeout * 1000)
  try {
    await waitForBroker(kafka, {
      onWait: (seconds, reason) => note(`waiting for Kafka at ${brokers} (${seconds} s): ${reason}`),
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
    })
  } catch (error) {
    if (!limit.aborted) throw error
    throw new SluiceError('BROKER_UNREACHABLE', messageOf(error).replace(`at ${brokers}`, `at ${brokers} within ${timeout} s`), {
      cause: error,
    })
  }
  const admin = kafka.admin()
  await admin.connect()
  return { kafka, admin, onWait, close: () => admin.disconnect() }
}

/** Opens a client, does the work and closes the client, also if the work fails. */
export async function withClient<T>(config: ClientConfig, options: ClientOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await openClient(config, options)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

/** The number of partitions of a topic; undefined if the topic does not exist. */
export async function partitionsOf(admin: Admin, topic: string): Promise<number | undefined> {
  return (await existingTopics(admin, [topic])).get(topic)
}

export interface InputTopic {
  readonly topic: string
  /** The other input: keyed joins need the same number of partitions. */
  readonly twin: string
  readonly partitions: number | undefined
  /** Whether the topic is created with cleanup.policy=compact. */
  readonly compacted: boolean
}

/** Creates the topic if it does not exist, with a note. Does not change an existing topic. Throws TOPIC_MISMATCH. */
export async function ensureTopic(admin: Admin, { topic, twin, partitions, compacted }: InputTopic): Promise<void> {
  const [own, other] = [await partitionsOf(admin, topic), await partitionsOf(admin, twin)]
  if (own !== undefined) {
    if (partitions !== undefined && partitions !== own)
      note(`topic ${topic} already exists with ${own} partitions: --partitions ${partitions} is ignored`)
    return
  }
  if (partitions !== undefined && other !== undefined && partitions !== other) {
    throw new SluiceError(
      'TOPIC_MISMATCH',
      `topic ${twin} has ${other} partitions and topic ${topic} needs the same number: --partitions ${partitions} is not allowed`,
    )
  }
  const numPartitions = partitions ?? other ?? defaultPartitions
  const configEntries = compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : []
  const created = await createTopics(admin, [{ topic, numPartitions, configEntries }])
  if (created) note(`created topic ${topic} with ${numPartitions} partitions`)
}

/** The signal aborts on the first Ctrl-C or SIGTERM, so that the work can finish in order; the second one ends the process at once. */
export function interruption(): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort()
    end()
  }
  const end = (): void => {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return { signal: controller.signal, end }
}
