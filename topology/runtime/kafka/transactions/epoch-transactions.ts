import type { Cluster } from 'kafkajs'
import { env, pause, type TopicPartition, topicPartition } from '../../../../base/index.ts'
import { encodeRecordBatch, type ProducedMessage, type SettledConnection, TransactionLostError } from '../kafkajs-mends/index.ts'
import {
  commitTransactionOffsets,
  endTransaction,
  initProducerId,
  produceBatches,
  type ProducedPartition,
  type ProducerIdentity,
  type TransactionOffsets,
  type WireBroker,
} from '../wire/index.ts'
import { CoordinatorLookup } from './coordinator-lookup.ts'
import { ordinaryTimeoutMs } from './transaction-timeouts.ts'

export interface EpochTransactionsOptions {
  readonly transactionalId: string
  readonly groupId: string
  /** `transaction.timeout.ms`: the coordinator aborts a transaction that is open for longer. */
  readonly timeoutMs: number
}

/** Records for one partition, in order; together they fit in one batch of the topic. */
export interface PartitionRecords {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly ProducedMessage[]
}

interface Unwritten extends PartitionRecords {
  readonly batch: Buffer
}

/** Error codes after which the leader is looked up again. */
const leaderless: ReadonlySet<number> = new Set([3, 5, 6, 74, 75])
/** Error codes after which the same batch is sent again. The leader recognizes a repeated batch by its sequence number. */
const passing: ReadonlySet<number> = new Set([...leaderless, 7, 19, 20, 51, 56])
/** The largest size of a request with several batches, far below the limit of brokers (`socket.request.max.bytes`, 100 MB). */
const maxRequestBytes = 16 * 1024 * 1024
const retryPauseMs = 5
const maxRetryPauseMs = 50

/**
 * The transactions of one transactional id, one after another, by KIP-890: a write adds its partition, and each end raises the epoch, so that no
 * request, retry or marker of one transaction can affect the next.
 *
 *   open ─▶ write … ─▶ commitOffsets ─▶ end ─▶ write …
 *
 * After an error of any method the state of the transaction is unknown: only `abandon` may be called.
 */
export class EpochTransactions {
  readonly #options: EpochTransactionsOptions
  /** Writes records: its connections are apart from that to the coordinator, which is settled no longer once it is lost. */
  readonly #writers: Cluster
  readonly #transactions: CoordinatorLookup
  readonly #group: CoordinatorLookup
  #identity: ProducerIdentity = { producerId: -1n, epoch: -1 }
  /** The sequence number of the next record of each partition, by topic-partition. It begins at 0 in each epoch. */
  readonly #sequences = new Map<string, TopicPartition & { readonly next: number }>()
  /** The topics whose metadata the cluster has. */
  readonly #topics = new Set<string>()
  /** When the present transaction began, by `env.monotonic`; undefined: it has not begun. */
  #begun: number | undefined
  /** The connection on which the id was taken, or the last transaction was ended; undefined: there was more than one. */
  #settled: SettledConnection | undefined
  /** Whether a request of the present transaction was answered: the coordinator takes the first one only when all ends of the last transaction are written. */
  #underWay = false
  /** The partitions that the last transaction wrote; undefined: there was none since the id was taken. */
  #written: readonly TopicPartition[] | undefined

  private constructor(cluster: Cluster, writers: Cluster, options: EpochTransactionsOptions) {
    this.#writers = writers
    this.#options = options
    this.#transactions = new CoordinatorLookup(cluster, 'transaction', options.transactionalId)
    this.#group = new CoordinatorLookup(writers, 'group', options.groupId)
  }

  /**
   * Takes the id. `cluster` reaches its coordinator, `writers` the leaders and the group's coordinator: where these are two, an answer that does not come, because
   * a replica or the coordinator has frozen, costs only a connection of `writers`. Both must be connected; the caller disconnects them. Throws Kafka's errors.
   */
  static async open(cluster: Cluster, options: EpochTransactionsOptions, writers = cluster): Promise<EpochTransactions> {
    const opened = new EpochTransactions(cluster, writers, options)
    await opened.take()
    return opened
  }

  /**
   * Takes the id again, for the next transaction. The coordinator then says nothing of how the last one ended, so that its end must be in all partitions before. Throws
   * Kafka's errors.
   */
  async take(): Promise<void> {
    const { transactionalId, timeoutMs } = this.#options
    const deadline = env.monotonic() + timeoutMs
    const taken = await this.#transactions.askSettling(
      each => initProducerId(each, transactionalId, ordinaryTimeoutMs(timeoutMs)),
      deadline,
    )
    this.#identity = taken.answer
    this.#ended(undefined, taken.settled)
  }

  /**
   * Whether the next transaction may begin. If the connection to the coordinator was lost since the last end was asked for, its broker may have been started anew,
   * and then it may have forgotten that end in some of the partitions `written`: if the next transaction were aborted, its end would abort the last one's records too.
   */
  get settled(): boolean {
    return this.#settled !== undefined && (this.#settled.alive || this.#settled.lostIdle)
  }

  /** The partitions that the last transaction wrote: none if it had offsets only. Undefined: there was no transaction since the id was taken. */
  get written(): readonly TopicPartition[] | undefined {
    return this.#written
  }

  /** The identity of the present transaction. */
  get identity(): ProducerIdentity {
    return this.#identity
  }

  /** Writes one batch to each partition. Returns the offset of each partition's first record, by topic-partition. */
  async write(parts: readonly PartitionRecords[]): Promise<ReadonlyMap<string, number>> {
    const deadline = this.#deadline()
    const offsets = new Map<string, number>()
    let left: readonly Unwritten[] = await Promise.all(parts.map(async part => ({ ...part, batch: await this.#encode(part) })))
    await this.#know(parts)
    for (let tries = 1; left.length > 0; tries++) {
      this.#mustBeSettled()
      const answers = await this.#writeOnce(left)
      this.#underWay ||= [...answers.values()].some(({ code }) => code === 0)
      const again: Unwritten[] = []
      for (const part of left) {
        const name = topicPartition(part.topic, part.partition)
        const answer = answers.get(name)
        if (answer?.code === 0) offsets.set(name, answer.baseOffset)
        else if (answer?.error !== undefined && !passing.has(answer.code)) throw answer.error
        else if (env.monotonic() >= deadline)
          throw (
            answer?.error ??
            Object.assign(new Error(`the leader of ${name} did not answer in time`), { name: 'KafkaJSRequestTimeoutError' })
          )
        else again.push(part)
      }
      left = again
      if (left.length > 0) await pause(Math.min(retryPauseMs * tries, maxRetryPauseMs))
      if (left.some(part => leaderless.has(answers.get(topicPartition(part.topic, part.partition))?.code ?? 6)))
        await this.#writers.refreshMetadata().catch(() => undefined)
    }
    for (const { topic, partition, messages } of parts) {
      const name = topicPartition(topic, partition)
      this.#sequences.set(name, { topic, partition, next: (this.#sequences.get(name)?.next ?? 0) + messages.length })
    }
    return offsets
  }

  /** Adds offsets, as a member of the group; see `commitTransactionOffsets`. */
  async commitOffsets(offsets: Pick<TransactionOffsets, 'memberId' | 'generationId' | 'topics'>): Promise<void> {
    const { transactionalId, groupId } = this.#options
    const request = { ...offsets, transactionalId, groupId, identity: this.#identity }
    const once = async (coordinator: WireBroker): Promise<void> => {
      this.#mustBeSettled()
      await commitTransactionOffsets(coordinator, request)
      this.#underWay = true
    }
    await this.#group.ask(once, this.#deadline())
  }

  /** Commits or aborts the transaction. Resolves once the outcome is in the coordinator's log. */
  async end(commit: boolean): Promise<void> {
    const { transactionalId } = this.#options
    const identity = this.#identity
    const deadline = this.#deadline()
    const ended = await this.#transactions.askSettling(each => endTransaction(each, transactionalId, identity, commit), deadline)
    this.#identity = ended.answer
    this.#ended([...this.#sequences.values()], ended.settled)
  }

  /**
   * Tries once to abort a transaction that has begun. If that fails, the next owner of the id aborts it, or the coordinator after the timeout. One of which nothing was
   * accepted is not aborted where the end of the last one may have been forgotten: the coordinator would then say of the id that it ended with an abort, and
   * whoever writes the forgotten end would write that.
   */
  async abandon(): Promise<void> {
    if (this.#begun === undefined || (!this.#underWay && !this.settled)) return
    const { transactionalId } = this.#options
    const identity = this.#identity
    await this.#transactions.tryOnce(coordinator => endTransaction(coordinator, transactionalId, identity, false))
  }

  #ended(written: readonly TopicPartition[] | undefined, settled: SettledConnection | undefined): void {
    this.#written = written
    this.#sequences.clear()
    this.#begun = undefined
    this.#underWay = false
    this.#settled = settled
  }

  #mustBeSettled(): void {
    if (!this.#underWay && !this.settled)
      throw new TransactionLostError('the connection to the transaction coordinator was lost since the last transaction ended')
  }

  async #know(parts: readonly PartitionRecords[]): Promise<void> {
    const unknown = parts.map(({ topic }) => topic).filter(topic => !this.#topics.has(topic))
    if (unknown.length === 0) return
    await this.#writers.addMultipleTargetTopics([...new Set(unknown)])
    for (const topic of unknown) this.#topics.add(topic)
  }

  #deadline(): number {
    this.#begun ??= env.monotonic()
    return this.#begun + this.#options.timeoutMs
  }

  #encode({ topic, partition, messages }: PartitionRecords): Promise<Buffer> {
    const firstSequence = this.#sequences.get(topicPartition(topic, partition))?.next ?? 0
    const { producerId, epoch: producerEpoch } = this.#identity
    return encodeRecordBatch(messages, { compression: 0, transactional: true, producerId, producerEpoch, firstSequence })
  }

  /** Sends each leader its batches once. There is no result for partitions without a leader, or whose leader did not answer. */
  async #writeOnce(parts: readonly Unwritten[]): Promise<ReadonlyMap<string, ProducedPartition>> {
    const byLeader = new Map<number, Unwritten[]>()
    for (const part of parts) {
      const leader = this.#leaderOf(part)
      if (leader !== undefined) byLeader.set(leader, [...(byLeader.get(leader) ?? []), part])
    }
    const requests = [...byLeader].flatMap(([leader, batches]) => requestsOf(batches).map(each => this.#writeTo(leader, each)))
    const answers = await Promise.all(requests)
    return new Map(answers.flat().map(answer => [topicPartition(answer.topic, answer.partition), answer]))
  }

  async #writeTo(leader: number, batches: readonly Unwritten[]): Promise<readonly ProducedPartition[]> {
    try {
      const broker = (await this.#writers.findBroker({ nodeId: String(leader) })) as unknown as WireBroker
      return await produceBatches(broker, this.#options.transactionalId, batches)
    } catch (error) {
      if (!isConnectionFailure(error)) throw error
      return []
    }
  }

  #leaderOf({ topic, partition }: PartitionRecords): number | undefined {
    const found = this.#writers.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)
    return found === undefined || found.leader < 0 ? undefined : found.leader
  }
}

/** Divides the batches for one leader into requests. */
function requestsOf(batches: readonly Unwritten[]): readonly (readonly Unwritten[])[] {
  const requests: Unwritten[][] = []
  let room = 0
  for (const each of batches) {
    room -= each.batch.length
    if (room < 0) {
      requests.push([])
      room = maxRequestBytes - each.batch.length
    }
    requests.at(-1)?.push(each)
  }
  return requests
}

function isConnectionFailure(error: unknown): boolean {
  return error instanceof Error && /^KafkaJS(Connection|RequestTimeout|BrokerNotFound|LockTimeout)/.test(error.name)
}
