import { env, messageOf, nextTurn, SluiceError, topicPartition } from '../../../base/index.ts'
import { type ConsumedOffset, offsetsByTopic } from '../group/index.ts'
import { newCluster, protocolErrorOf, type Cluster, type Kafka, type KafkaLog } from '../kafka/index.ts'
import { TransactionSession } from '../kafka/kafkajs-mends/index.ts'
import { EpochTransactions, speaksEpochTransactions } from '../kafka/transactions/index.ts'
import { Outgoing, type OutgoingMessage, sendFailed, type OutgoingBatch, type SentOffsets } from '../topics/index.ts'
import type { GroupMember } from './check-member.ts'
import { againWhenLost, takeoverDeadline } from './again-when-lost.ts'
import { settleEverywhere } from './hanging-transaction.ts'
import type { Committed, TaskProducer } from './task-producer.ts'

export interface ThreadTransactionsOptions {
  readonly transactionalId: string
  readonly groupId: string
  readonly timeoutMs: number
  /** The present membership; undefined if the thread is no member. */
  readonly member: () => GroupMember | undefined
  readonly log?: KafkaLog | undefined
}

interface Clusters {
  /** Reaches the coordinator of the transactional id. */
  readonly cluster: Cluster
  /** Reaches the leaders and the group's coordinator. */
  readonly writers: Cluster
}

/** The commit of one task that waits for its transaction. */
interface Waiting {
  readonly batch: OutgoingBatch
  readonly offsets: readonly ConsumedOffset[]
  readonly resolve: (committed: Committed) => void
  readonly reject: (error: unknown) => void
}

/** The most bytes of all partitions in one produce request. Brokers read 100 MB at most, by default. */
const maxRequestBytes = 32 * 1024 * 1024

/**
 * Errors that mean that the member was removed from the group, that the transactional id has another owner, or that somebody else has ended the
 * transaction: INVALID_TXN_STATE, where only the end comes after that.
 */
const fencing: ReadonlySet<string | undefined> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
])

/**
 * The transactions of a stream thread for all its tasks (KIP-447, KIP-890). Commits of tasks that are requested during a transaction, or in one turn
 * of the event loop, share the next transaction. A commit takes two round trips: records and offsets, then the end. The offsets are committed for a member and
 * its generation: if the group has removed the member, they are refused, and the transaction fails.
 *
 * After a failure nothing can be committed any more: the commits of all producers fail.
 */
export class ThreadTransactions {
  readonly #options: ThreadTransactionsOptions
  readonly #clusters: Clusters
  readonly #transactions: EpochTransactions
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  private constructor(options: ThreadTransactionsOptions, clusters: Clusters, transactions: EpochTransactions) {
    this.#options = options
    this.#clusters = clusters
    this.#transactions = transactions
  }

  /**
   * Takes the transactional id, which aborts a transaction that a former owner of the id has left open. Returns undefined if the cluster does not
   * support the protocol (`transaction.version` below 2). Throws COMMIT_FAILED.
   */
  static async open(kafka: Kafka, options: ThreadTransactionsOptions): Promise<ThreadTransactions | undefined> {
    const [cluster, writers] = [newCluster(kafka), newCluster(kafka)]
    const disconnect = async (): Promise<void> => void (await Promise.allSettled([cluster.disconnect(), writers.disconnect()]))
    try {
      await cluster.connect()
      if (await speaksEpochTransactions(cluster)) {
        await writers.connect()
        return new ThreadTransactions(options, { cluster, writers }, await EpochTransactions.open(cluster, options, writers))
      }
    } catch (error) {
      await disconnect()
      throw new SluiceError('COMMIT_FAILED', `transactional id ${options.transactionalId} could not be taken over: ${messageOf(error)}`, {
        cause: error,
      })
    }
    await disconnect()
    return undefined
  }

  get transactionalId(): string {
    return this.#options.transactionalId
  }

  /** Whether a transaction has failed, so that nothing can be committed any more. */
  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** Why; undefined: none has failed. */
  get failure(): unknown {
    return this.#failure?.error
  }

  /** The connections to the coordinator, for other requests to brokers. */
  get cluster(): Cluster {
    return this.#clusters.cluster
  }

  /** A producer for the next commit of one task. */
  producer(): TaskProducer {
    let used = false
    return {
      commit: (batch, offsets) => {
        if (used) return Promise.reject(new SluiceError('COMMIT_FAILED', 'this producer has already been used for a commit'))
        used = true
        return this.#join(batch, offsets)
      },
      close: () => Promise.resolve(),
    }
  }

  /**
   * Where the coordinator may have forgotten the end of the last transaction: writes it once more. Whoever takes over a task of this thread waits for the offsets and rows
   * of its last commit, which belong to a member, so that nobody else ends them. Throws what makes it fail, COMMIT_FAILED mostly; does nothing where
   * something else has `failed` before.
   */
  async settle(): Promise<void> {
    // A transaction settles before it begins.
    while (this.#running !== undefined) await this.#running
    if (this.failed || this.#transactions.settled) return
    const alone = this.#settle().catch((error: unknown) => {
      this.#failure ??= { error: failureOf(error) }
      throw this.#failure.error
    })
    this.#running = alone.catch(() => undefined).then(() => this.#run())
    await alone
  }

  /** Waits for the transaction in progress, aborts a failed one, and disconnects. */
  async close(): Promise<void> {
    this.#failure ??= { error: new SluiceError('COMMIT_FAILED', 'the thread has ended') }
    await this.#running
    await this.#transactions.abandon()
    await Promise.all(Object.values(this.#clusters).map(each => each.disconnect()))
  }

  #join(batch: OutgoingBatch, offsets: readonly ConsumedOffset[]): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, offsets, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Commits that are requested in this turn of the event loop share the transaction.
      await nextTurn()
      const gathered = this.#waiting.splice(0)
      try {
        if (this.#failure !== undefined) throw this.#failure.error
        const sent = await this.#transact(gathered)
        for (const { resolve } of gathered) resolve({ sent, next: this.producer() })
      } catch (error) {
        this.#failure ??= { error }
        for (const { reject } of gathered) reject(error)
        await this.#transactions.abandon()
      }
    }
    // No await may come between the last check of `#waiting` and this line: a commit that is requested from now on has to start the next run.
    this.#running = undefined
  }

  async #transact(gathered: readonly Waiting[]): Promise<SentOffsets> {
    const member = this.#options.member()
    if (member === undefined)
      throw new SluiceError('TASK_FENCED', 'a transaction was not begun: its thread is no member of the group any more')
    const offsets = gathered.flatMap(each => each.offsets)
    // The group's coordinator refuses the offsets of a removed member. Without offsets, nothing would fence the transaction.
    if (offsets.length === 0) throw new RangeError('a transaction needs the position of at least one input')
    try {
      await this.#settle()
      // Each adds its partitions to the transaction by itself, in any order. Before the end, both are acknowledged; before an abort, neither is under way.
      const [sent, added] = await Promise.allSettled([
        this.#write(merged(gathered.flatMap(({ batch }) => batch))),
        this.#transactions.commitOffsets({ ...member, topics: offsetsByTopic(offsets) }),
      ])
      if (sent.status === 'rejected') throw sent.reason
      if (added.status === 'rejected') throw added.reason
      await this.#transactions.end(true)
      return sent.value
    } catch (error) {
      throw failureOf(error)
    }
  }

  /** Makes sure of the end of the last transaction. If that takes longer than a transaction may, the next one does not begin. */
  async #settle(): Promise<void> {
    const deadline = env.monotonic() + this.#options.timeoutMs
    while (!this.#transactions.settled && env.monotonic() < deadline) await this.#endAgain()
  }

  /**
   * Writes the end of the last transaction, a commit, once more where it wrote and in the group's offsets: its coordinator may have forgotten it in some of these
   * partitions. Then takes the id for the next one.
   */
  async #endAgain(): Promise<void> {
    const { transactionalId, groupId, timeoutMs, log } = this.#options
    const { written: targets } = this.#transactions
    if (targets !== undefined) {
      const lookup = this.#clusters.cluster as unknown as ConstructorParameters<typeof TransactionSession>[0]
      const deadline = takeoverDeadline(timeoutMs)
      const own = { transactionalId, groupId, targets, timeoutMs, deadline, shared: true }
      const once = (): Promise<void> => settleEverywhere(new TransactionSession(lookup, { transactionalId, timeoutMs, deadline }), own)
      await againWhenLost(once, { transactionalId, deadline, log })
    }
    await this.#transactions.take()
  }

  /** Writes the batches of each partition in order. Returns the offset after the last record of each partition. */
  async #write(outgoing: readonly Outgoing[]): Promise<SentOffsets> {
    const sent = new Map<string, number>()
    let left = outgoing.map(each => ({ each, first: 0 }))
    while (left.length > 0) {
      const { parts, later } = nextRequest(left)
      const offsets = await this.#transactions.write(parts).catch(error => {
        const { topic = '' } = error as { readonly topic?: string }
        throw fencing.has(protocolErrorOf(error)) ? error : sendFailed(topic, 'records could not be written', error)
      })
      for (const { topic, partition, messages } of parts) {
        const name = topicPartition(topic, partition)
        sent.set(name, (offsets.get(name) as number) + messages.length)
      }
      left = [...parts.flatMap(({ each, end }) => (end < each.messages.length ? [{ each, first: end }] : [])), ...later]
    }
    return sent
  }
}

interface Left {
  readonly each: Outgoing
  /** The first record that is not written yet. */
  readonly first: number
}

interface RequestPart {
  readonly each: Outgoing
  readonly end: number
  readonly topic: string
  readonly partition: number
  readonly messages: readonly OutgoingMessage[]
}

/** The next batch of each partition, as many as one request may hold: a broker closes the connection of a larger one. */
function nextRequest(left: readonly Left[]): { readonly parts: readonly RequestPart[]; readonly later: readonly Left[] } {
  const parts: RequestPart[] = []
  let bytes = 0
  for (const { each, first } of left) {
    const end = each.batchEnd(first)
    bytes += each.bytesBetween(first, end)
    if (parts.length > 0 && bytes > maxRequestBytes) break
    const { topic, partition, messages } = each
    parts.push({ each, end, topic, partition, messages: first === 0 && end === messages.length ? messages : messages.slice(first, end) })
  }
  return { parts, later: left.slice(parts.length) }
}

/** Merges the records of each topic-partition, because a request has at most one batch for each. */
function merged(batch: OutgoingBatch): readonly Outgoing[] {
  const byPartition = new Map<string, Outgoing>()
  for (const unsent of batch) {
    const outgoing = unsent instanceof Outgoing ? unsent : Outgoing.of(unsent)
    const name = topicPartition(outgoing.topic, outgoing.partition)
    const known = byPartition.get(name)
    if (known === undefined) byPartition.set(name, outgoing)
    else known.append(outgoing)
  }
  return [...byPartition.values()]
}

function failureOf(error: unknown): SluiceError {
  if (fencing.has(protocolErrorOf(error)))
    return new SluiceError(
      'TASK_FENCED',
      `a transaction was refused: the group has given its tasks to another member, or the transaction timed out: ${messageOf(error)}`,
      { cause: error },
    )
  return error instanceof SluiceError
    ? error
    : new SluiceError('COMMIT_FAILED', `a transaction failed: ${messageOf(error)}`, { cause: error })
}
