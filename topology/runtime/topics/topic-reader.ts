import { type Cluster, type Kafka, orAborted } from '../kafka/index.ts'
import { env, messageOf, pause, SluiceError } from '../../../base/index.ts'
import { KeptTopic, type KeptReading } from './kept-topic.ts'
import { ChangelogLost, type PartitionStanding } from './partition-standing.ts'
import type { NamedCommit } from '../../../stores/index.ts'
import { checkKnown } from './known-record.ts'
import { committedBatch, type FetchedPartition, type TopicBatch } from './topic-batch.ts'
import { TopicConnection } from './topic-connection.ts'

export type { TopicBatch, TopicRecord } from './topic-batch.ts'

export interface TopicReaderOptions {
  readonly topic: string
  /** The partitions to read; default: all. */
  readonly partitions?: readonly number[] | undefined
  /** Where to begin. A map has the first offset of each partition, and must have every partition that is read. */
  readonly from: 'beginning' | 'end' | ReadonlyMap<number, number>
  /**
   * 'end': stops at the end offsets of the start, before records of open transactions; the last batches may also hold later records. 'logEnd': stops
   * behind everything that was written at the start, and waits for transactions that were open then. Default: reads until the signal aborts.
   */
  readonly until?: 'end' | 'logEnd' | undefined
  /**
   * For a caller that keeps rows of a compacted topic: each batch has a standing, an empty batch per partition comes first, and rows that
   * cannot be continued make the reading fail.
   */
  readonly kept?: KeptReading | undefined
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal | undefined
}

type Position = {
  readonly first: number
  next: number
  readonly end: number
  readonly standing: PartitionStanding | undefined
  /** A record before the first offset, to be looked at with the first answer. */
  known: NamedCommit | undefined
}
type Answer = { readonly node: string; readonly askedAt: number; readonly fetched: readonly FetchedPartition[]; readonly error?: unknown }

const retryPause = 200
/** Failures in a row before a reader gives up. One failure may include minutes of retries of an unreachable broker. */
const maxFailures = 60

/**
 * Reads partitions without joining a group: committed records only, in offset order within a partition. A batch may be empty and only advance `nextOffset`
 * past control records and aborted records. Leader changes and lost connections are retried.
 * Keys and values are views of the fetched bytes: copy those that are kept. Through a connection that is given, which then has to be one of uncommitted ends
 * for `until: 'logEnd'`, and stays open; without one, through connections of its own.
 *
 * Throws SluiceError TOPIC_MISSING (topic or partition), OFFSET_OUT_OF_RANGE as a ChangelogLost (the partition does not hold a requested offset, or `kept`
 * rows cannot be continued), BATCH_UNREADABLE, BROKER_UNREACHABLE, BROKER_FAILED.
 */
export async function* readTopic(
  through: Kafka | TopicConnection,
  options: TopicReaderOptions,
): AsyncGenerator<TopicBatch, void, undefined> {
  const own = through instanceof TopicConnection ? undefined : new TopicConnection(through, { readUncommitted: options.until === 'logEnd' })
  const reader = new TopicReader(own ?? (through as TopicConnection), options)
  try {
    await reader.start()
    for (;;) {
      const batches = await reader.next()
      if (!batches) return
      yield* batches
    }
  } finally {
    own?.close()
  }
}

/** One reading of one topic; at most one fetch per broker is in flight. */
class TopicReader {
  readonly #connection: TopicConnection
  readonly #options: TopicReaderOptions
  readonly #signal: AbortSignal | undefined
  readonly #positions = new Map<number, Position>()
  readonly #inFlight = new Map<string, Promise<Answer>>()
  readonly #kept: KeptTopic | undefined
  /** What was connected last. */
  #connected: Cluster | undefined
  #failures = 0
  /** Empty batches with the standings, which are returned before anything is fetched. */
  #first: TopicBatch[] = []
  /** Whether to check the topic's id before the next fetch: after a failure the topic may have been replaced. */
  #doubted = false

  constructor(connection: TopicConnection, options: TopicReaderOptions) {
    this.#connection = connection
    this.#options = options
    this.#signal = options.signal
    this.#kept = options.kept && new KeptTopic(options.topic, options.kept)
  }

  /** Connects and finds where each partition starts and, with `until`, ends. */
  async start(): Promise<void> {
    while (!this.#signal?.aborted) {
      try {
        await orAborted(this.#start(), this.#signal)
        return
      } catch (error) {
        await this.#recover(error)
      }
    }
  }

  async #start(): Promise<void> {
    const { from, until, topic } = this.#options
    const askedAt = env.now()
    await this.#connect()
    await this.#cluster.addTargetTopic(topic)
    await this.#kept?.ask(this.#cluster)
    const partitions = this.#partitions()
    const ends = from === 'end' || until !== undefined ? await this.#offsets(partitions, false) : undefined
    const starts =
      from === 'end' ? (ends as ReadonlyMap<number, number>) : from === 'beginning' ? await this.#offsets(partitions, true) : from
    this.#positions.clear()
    this.#first = []
    for (const partition of partitions) {
      const next = starts.get(partition)
      if (next === undefined) throw new SluiceError('OFFSET_OUT_OF_RANGE', `no start offset is given for ${this.#name(partition)}`)
      const end = until !== undefined ? (ends?.get(partition) ?? 0) : Infinity
      // The broker checks a start beyond the end: it may lie between the last stable offset and the log's end.
      const standing = this.#kept?.standingOf(partition, this.#name(partition), from === 'beginning')
      const known = from === 'beginning' ? undefined : this.#kept?.commitOf(partition)
      if (next === end) standing?.answered({ missing: 0, atEnd: true, askedAt })
      if (next !== end || known !== undefined) this.#positions.set(partition, { first: next, next, end, standing, known })
      if (standing) this.#first.push({ partition, records: [], nextOffset: next, share: next === end ? 1 : 0, standing: standing.tell() })
    }
  }

  /** The batches of the next answer of a broker; undefined at the end. */
  async next(): Promise<readonly TopicBatch[] | undefined> {
    if (this.#first.length > 0) return this.#first.splice(0)
    while (this.#positions.size > 0 && !this.#signal?.aborted) {
      this.#fetchIdle()
      const answer = await orAborted(Promise.race(this.#inFlight.values()), this.#signal)
      if (!answer) return undefined
      this.#inFlight.delete(answer.node)
      if (answer.error !== undefined) {
        await this.#recover(answer.error)
        continue
      }
      this.#failures = 0
      const batches = answer.fetched.flatMap(fetched => this.#take(fetched, answer.askedAt))
      if (batches.length === 0) continue
      if (this.#positions.size > 0) this.#fetchIdle()
      return batches
    }
    return undefined
  }

  get #cluster(): Cluster {
    if (this.#connected === undefined) throw new Error('not connected')
    return this.#connected
  }

  async #connect(): Promise<void> {
    this.#connected = await this.#connection.connected()
  }

  #partitions(): readonly number[] {
    const found = this.#cluster.findTopicPartitionMetadata(this.#options.topic).map(({ partitionId }) => partitionId)
    const asked = this.#options.partitions ?? found.sort((a, b) => a - b)
    for (const partition of asked) {
      if (!found.includes(partition)) {
        throw new SluiceError(
          'TOPIC_MISSING',
          `topic ${this.#options.topic} has no partition ${partition}: it has ${found.length} partitions`,
        )
      }
    }
    return asked
  }

  async #offsets(partitions: readonly number[], fromBeginning: boolean): Promise<ReadonlyMap<number, number>> {
    const asked = partitions.map(partition => ({ partition }))
    const [found] = await this.#cluster.fetchTopicsOffset([{ topic: this.#options.topic, partitions: asked, fromBeginning }])
    return new Map((found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]))
  }

  /** Sends a fetch to every broker that leads unfinished partitions and has no fetch in flight. */
  #fetchIdle(): void {
    try {
      const leaders = this.#cluster.findLeaderForPartitions(this.#options.topic, [...this.#positions.keys()])
      for (const [node, partitions] of Object.entries(leaders)) {
        if (!this.#inFlight.has(node)) this.#inFlight.set(node, this.#fetch(node, partitions))
      }
      if (this.#inFlight.size === 0) throw new Error('the brokers name no leader for its partitions')
    } catch (error) {
      this.#inFlight.set('', Promise.resolve({ node: '', askedAt: 0, fetched: [], error }))
    }
  }

  async #fetch(node: string, partitions: readonly number[]): Promise<Answer> {
    const askedAt = env.now()
    try {
      if (this.#doubted) await this.#kept?.ask(this.#cluster)
      this.#doubted = false
      const asked = partitions.map(partition => {
        const { known, next } = this.#positions.get(partition) ?? {}
        return { partition, fetchOffset: String(known?.offset ?? next) }
      })
      return { node, askedAt, fetched: await this.#connection.fetch(node, { topic: this.#options.topic, partitions: asked }) }
    } catch (error) {
      return { node, askedAt, fetched: [], error }
    }
  }

  /** The batch of a partition, if its position has moved or its standing is due; removes a partition that has reached its end. */
  #take(fetched: FetchedPartition, askedAt: number): TopicBatch[] {
    const position = this.#positions.get(fetched.partition)
    if (!position) return []
    if (position.known !== undefined) {
      checkKnown(this.#name(fetched.partition), position.known, fetched)
      position.known = undefined
      // The log may end before the first offset: that offset is asked for next.
      if (fetched.messages.length === 0 && position.next !== position.end) return []
    }
    const { missing, atEnd, ...read } = committedBatch(this.#options.topic, fetched, position.next)
    position.standing?.answered({ missing, atEnd, askedAt })
    const moved = read.nextOffset > position.next
    position.next = read.nextOffset
    if (position.next >= position.end) this.#positions.delete(fetched.partition)
    const { first, next, end, standing } = position
    if (!moved && !standing?.due) return []
    const batch = standing === undefined ? read : { ...read, standing: standing.tell() }
    return [end === Infinity ? batch : { ...batch, share: end > first ? Math.min(1, (next - first) / (end - first)) : 1 }]
  }

  /** Prepares the next fetch after a failure; throws if the failure cannot be retried. */
  async #recover(error: unknown): Promise<void> {
    if (error instanceof SluiceError) throw error
    const { name, type, partition = 0, retriable } = error as { name?: string; type?: string; partition?: number; retriable?: boolean }
    if (name === 'KafkaJSOffsetOutOfRange') {
      const position = this.#positions.get(partition)
      if (position?.known !== undefined) return void (position.known = undefined)
      const asked = position?.next
      throw new ChangelogLost(
        'changelog',
        `${this.#name(partition)} does not hold offset ${asked}: its first records were deleted, or it ends before that offset`,
        { cause: error },
      )
    }
    this.#failures++
    this.#doubted = true
    // A broker that has just started may not know its topics for a moment.
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' && (this.#positions.size === 0 || this.#failures > 10)) {
      throw new SluiceError('TOPIC_MISSING', `topic ${this.#options.topic} does not exist`, { cause: error })
    }
    if (this.#failures > maxFailures || (type !== undefined && retriable === false)) throw this.#giveUp(error)
    await pause(retryPause, this.#signal)
    if (staleMetadata.has(type ?? name ?? '')) await orAborted(this.#cluster.refreshMetadata(), this.#signal).catch(() => undefined)
    else await this.#renew()
  }

  async #renew(): Promise<void> {
    this.#connection.renew(this.#connected)
    this.#inFlight.clear()
    try {
      await orAborted(this.#connect(), this.#signal)
    } catch (error) {
      throw this.#giveUp(error)
    }
    await orAborted(this.#cluster.addTargetTopic(this.#options.topic), this.#signal).catch(() => undefined)
  }

  #giveUp(cause: unknown): SluiceError {
    const code = (cause as { type?: string }).type === undefined ? 'BROKER_UNREACHABLE' : 'BROKER_FAILED'
    return new SluiceError(code, `cannot read topic ${this.#options.topic}: ${messageOf(cause)}`, { cause })
  }

  #name(partition: number): string {
    return `partition ${partition} of topic ${this.#options.topic}`
  }
}

/** Errors, by protocol type or name, after which refreshed metadata name the right broker. */
const staleMetadata = new Set([
  'KafkaJSBrokerNotFound',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
])
