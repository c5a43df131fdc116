import { messageOf, nextTurn, SluiceError, topicPartition } from '../../../base/index.ts'
import { type ConsumedOffset, offsetsByTopic } from '../group/index.ts'
import { newCluster, protocolErrorOf, type Cluster, type Kafka } from '../kafka/index.ts'
import { EpochTransactions, speaksEpochTransactions } from '../kafka/transactions/index.ts'
import { Outgoing, sendFailed, type OutgoingBatch, type SentOffsets } from '../topics/index.ts'
import type { Committed, TaskProducer } from './task-producer.ts'

/** The member of the group for whom offsets are committed, and its generation. */
export interface GroupMember {
  readonly memberId: string
  readonly generationId: number
}

export interface ThreadTransactionsOptions {
  readonly transactionalId: string
  readonly groupId: string
  readonly timeoutMs: number
  /** The present membership; undefined if the thread is no member. */
  readonly member: () => GroupMember | undefined
}

/** The commit of one task that waits for its transaction. */
interface Waiting {
  readonly batch: OutgoingBatch
  readonly offsets: readonly ConsumedOffset[]
  readonly resolve: (committed: Committed) => void
  readonly reject: (error: unknown) => void
}

/** Answers that mean that the group, or another owner of the transactional id, has gone on without this member. */
const fencing: ReadonlySet<string | undefined> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
])

/**
 * The transactions of a stream thread, for all of its tasks (KIP-447, KIP-890): commits of tasks that come in while a transaction is under way, or in one
 * turn of the event loop, share the next one. A commit is three round trips: records, offsets, end. The offsets are those of a member of a generation: if
 * the group has gone on without the member, they and with them the transaction are refused.
 *
 * After a failure nothing can be committed any more: every producer that was given out is used up.
 */
export class ThreadTransactions {
  readonly #options: ThreadTransactionsOptions
  readonly #cluster: Cluster
  readonly #transactions: EpochTransactions
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  private constructor(options: ThreadTransactionsOptions, cluster: Cluster, transactions: EpochTransactions) {
    this.#options = options
    this.#cluster = cluster
    this.#transactions = transactions
  }

  /**
   * Takes the transactional id, which ends what a former life of this thread may have left open. undefined: the cluster does not speak the protocol
   * (`transaction.version` below 2). Throws COMMIT_FAILED.
   */
  static async open(kafka: Kafka, options: ThreadTransactionsOptions): Promise<ThreadTransactions | undefined> {
    const cluster = newCluster(kafka)
    try {
      await cluster.connect()
      if (await speaksEpochTransactions(cluster))
        return new ThreadTransactions(options, cluster, await EpochTransactions.open(cluster, options))
    } catch (error) {
      await cluster.disconnect().catch(() => undefined)
      throw new SluiceError('COMMIT_FAILED', `transactional id ${options.transactionalId} could not be taken over: ${messageOf(error)}`, {
        cause: error,
      })
    }
    await cluster.disconnect()
    return undefined
  }

  /** Whether a transaction has failed, so that nothing can be committed any more. */
  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** The connections of these transactions, for questions to the same brokers. */
  get cluster(): Cluster {
    return this.#cluster
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

  /** Waits for the present transaction, aborts one that has failed, and disconnects. */
  async close(): Promise<void> {
    this.#failure ??= { error: new SluiceError('COMMIT_FAILED', 'the thread has ended') }
    await this.#running
    await this.#transactions.abandon()
    await this.#cluster.disconnect()
  }

  #join(batch: OutgoingBatch, offsets: readonly ConsumedOffset[]): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, offsets, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What else begins to commit in this turn of the event loop shares the transaction.
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
    // At once: a commit that comes in after the last look at those that wait must start the next run.
    this.#running = undefined
  }

  async #transact(gathered: readonly Waiting[]): Promise<SentOffsets> {
    const member = this.#options.member()
    if (member === undefined)
      throw new SluiceError('TASK_FENCED', 'a transaction was not begun: its thread is no member of the group any more')
    const offsets = gathered.flatMap(each => each.offsets)
    // The offsets are what the coordinator of the group refuses of a member that it does not know: without any, a transaction would not be fenced.
    if (offsets.length === 0) throw new RangeError('a transaction needs the position of at least one input')
    try {
      const sent = await this.#write(merged(gathered.flatMap(({ batch }) => batch)))
      await this.#transactions.commitOffsets({ ...member, topics: offsetsByTopic(offsets) })
      await this.#transactions.end(true)
      return sent
    } catch (error) {
      throw failureOf(error)
    }
  }

  /** Writes batch after batch of each partition; returns the offset after the last record of each. */
  async #write(outgoing: readonly Outgoing[]): Promise<SentOffsets> {
    const sent = new Map<string, number>()
    let left = outgoing.map(each => ({ each, first: 0 }))
    while (left.length > 0) {
      const parts = left.map(({ each, first }) => {
        const { topic, partition, messages } = each
        const end = each.batchEnd(first)
        return { topic, partition, end, messages: first === 0 && end === messages.length ? messages : messages.slice(first, end) }
      })
      const offsets = await this.#transactions.write(parts).catch(error => {
        const { topic = '' } = error as { readonly topic?: string }
        throw fencing.has(protocolErrorOf(error)) ? error : sendFailed(topic, 'records could not be written', error)
      })
      for (const { topic, partition, messages } of parts) {
        const name = topicPartition(topic, partition)
        sent.set(name, (offsets.get(name) as number) + messages.length)
      }
      left = left.flatMap(({ each }, at) => {
        const { end } = parts[at] as { readonly end: number }
        return end < each.messages.length ? [{ each, first: end }] : []
      })
    }
    return sent
  }
}

/** One list of records for each topic-partition: a request has one batch of each. */
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
