import { nextTurn } from '../../../base/index.ts'
import { newCluster, type Cluster, type Kafka } from '../kafka/index.ts'
import type { FetchedPartition } from './topic-batch.ts'

export interface TopicConnectionOptions {
  /** Whether end offsets are those of the log, and not those of committed records. Fetches ask for committed records in any case. */
  readonly readUncommitted?: boolean
  /** How long a broker may wait for records of any of the readings, ms; default 500. */
  readonly waitMs?: number
}

/** What one reading asks of one broker. */
export interface AskedPartitions {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[]
}

interface Asker extends AskedPartitions {
  readonly resolve: (fetched: readonly FetchedPartition[]) => void
  readonly reject: (error: unknown) => void
}

const maxBytes = 10 * 1024 * 1024
const maxPartitionBytes = 2 * 1024 * 1024
const usualWaitMs = 500

/**
 * The connections to the brokers that several readings of topics share, each at its own pace: at most one fetch per broker is under way, and the next one has
 * what all of them have asked for meanwhile. Connects when it is first used.
 */
export class TopicConnection {
  readonly readUncommitted: boolean
  readonly #kafka: Kafka
  readonly #waitMs: number
  readonly #fetches = new Map<string, JointFetch>()
  #cluster: Cluster | undefined
  #connecting: Promise<Cluster> | undefined
  #closed = false

  constructor(kafka: Kafka, { readUncommitted = false, waitMs = usualWaitMs }: TopicConnectionOptions = {}) {
    this.#kafka = kafka
    this.readUncommitted = readUncommitted
    this.#waitMs = waitMs
  }

  /** The connected cluster. Throws what kafkajs throws, after its retries. */
  connected(): Promise<Cluster> {
    this.#connecting ??= this.#connect()
    return this.#connecting
  }

  /** Replaces the connection pool, for all: after a lost connection, kafkajs' pool may remain unusable. No effect if another reading has done it. */
  renew(failed: Cluster | undefined): void {
    if (failed === undefined || failed !== this.#cluster) return
    this.#cluster = undefined
    this.#connecting = undefined
    disconnect(failed)
  }

  /** Committed records of a broker's partitions from these offsets on; no messages for a partition that has none yet. Throws what kafkajs throws. */
  fetch(nodeId: string, asked: AskedPartitions): Promise<readonly FetchedPartition[]> {
    let fetches = this.#fetches.get(nodeId)
    if (fetches === undefined) {
      fetches = new JointFetch((topics, wait) => this.#fetch(nodeId, topics, wait))
      this.#fetches.set(nodeId, fetches)
    }
    return fetches.ask(asked)
  }

  /** Disconnects without waiting for fetches in flight. */
  close(): void {
    this.#closed = true
    if (this.#cluster !== undefined) disconnect(this.#cluster)
  }

  async #connect(): Promise<Cluster> {
    if (this.#closed) throw new Error('the connection for reading topics is closed')
    const cluster = newCluster(this.#kafka, { readUncommitted: this.readUncommitted })
    this.#cluster = cluster
    try {
      await cluster.connect()
      return cluster
    } catch (error) {
      this.renew(cluster)
      throw error
    }
  }

  async #fetch(nodeId: string, asked: readonly AskedPartitions[], wait: boolean): Promise<readonly FetchedTopic[]> {
    const broker = await (await this.connected()).findBroker({ nodeId })
    const byTopic = new Map<string, object[]>()
    for (const { topic, partitions } of asked) {
      const list = byTopic.get(topic) ?? []
      byTopic.set(topic, list)
      for (const { partition, fetchOffset } of partitions) list.push({ partition, fetchOffset, maxBytes: maxPartitionBytes })
    }
    const topics = [...byTopic].map(([topic, partitions]) => ({ topic, partitions }))
    const maxWaitTime = wait ? this.#waitMs : 0
    const request = { isolationLevel: 1, maxWaitTime, minBytes: 1, maxBytes, topics } as Parameters<typeof broker.fetch>[0]
    return ((await broker.fetch(request)) as unknown as { readonly responses: readonly FetchedTopic[] }).responses
  }
}

interface FetchedTopic {
  readonly topicName: string
  readonly partitions: readonly FetchedPartition[]
}

/** The fetches from one broker. */
class JointFetch {
  readonly #send: (asked: readonly AskedPartitions[], wait: boolean) => Promise<readonly FetchedTopic[]>
  #waiting: Asker[] = []
  #underWay = false

  constructor(send: (asked: readonly AskedPartitions[], wait: boolean) => Promise<readonly FetchedTopic[]>) {
    this.#send = send
  }

  ask(asked: AskedPartitions): Promise<readonly FetchedPartition[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...asked, resolve, reject })
      if (!this.#underWay) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#underWay = true
    while (this.#waiting.length > 0) {
      // Those that were answered in this turn ask for more in it.
      await nextTurn()
      await this.#fetch(this.#take())
    }
    this.#underWay = false
  }

  /** Those that go together: a reading that was given up may have left a partition behind that another one asks for at another offset. */
  #take(): readonly Asker[] {
    const taken = new Set<string>()
    const left: Asker[] = []
    const together = this.#waiting.filter(asker => {
      const names = asker.partitions.map(({ partition }) => `${partition} ${asker.topic}`)
      const free = names.every(name => !taken.has(name))
      if (free) for (const name of names) taken.add(name)
      else left.push(asker)
      return free
    })
    this.#waiting = left
    return together
  }

  async #fetch(askers: readonly Asker[]): Promise<void> {
    try {
      const topics = await this.#send(askers, true)
      for (const asker of askers) answer(asker, topics)
    } catch (error) {
      // kafkajs throws the first partition's error, which is one asker's: the others are asked for without it.
      if (askers.length > 1 && isAnswer(error)) await Promise.all(askers.map(asker => this.#fetchAlone(asker)))
      else for (const { reject } of askers) reject(error)
    }
  }

  async #fetchAlone(asker: Asker): Promise<void> {
    try {
      answer(asker, await this.#send([asker], false))
    } catch (error) {
      asker.reject(error)
    }
  }
}

function answer({ topic, partitions, resolve }: Asker, topics: readonly FetchedTopic[]): void {
  const asked = new Set(partitions.map(({ partition }) => partition))
  const own = topics.filter(({ topicName }) => topicName === topic).flatMap(fetched => fetched.partitions)
  resolve(own.filter(({ partition }) => asked.has(partition)))
}

/** Whether a broker has answered, with an error of a partition. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && ('type' in error || error.name === 'KafkaJSOffsetOutOfRange')
}

function disconnect(cluster: Cluster): void {
  cluster.disconnect().catch(() => undefined)
}
