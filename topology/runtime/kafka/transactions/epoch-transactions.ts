import type { Cluster } from 'kafkajs'
import { env, pause, topicPartition } from '../../../../base/index.ts'
import { encodeRecordBatch, type ProducedMessage } from '../kafkajs-mends/index.ts'
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

export interface EpochTransactionsOptions {
  readonly transactionalId: string
  readonly groupId: string
  /** `transaction.timeout.ms`: the coordinator aborts a transaction that is open for longer. */
  readonly timeoutMs: number
}

/** Records for one partition, in order; at most as many bytes as its topic accepts in one batch. */
export interface PartitionRecords {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly ProducedMessage[]
}

interface Unwritten extends PartitionRecords {
  readonly batch: Buffer
}

/** After these answers the leader is looked up anew. */
const leaderless: ReadonlySet<number> = new Set([3, 5, 6, 74, 75])
/** After these the same batch may be sent again: its leader knows it by its sequence number. */
const passing: ReadonlySet<number> = new Set([...leaderless, 7, 19, 20, 51, 56])
/** Most bytes in one request, beyond a single batch: far below what a broker accepts (`socket.request.max.bytes`, 100 MB). */
const maxRequestBytes = 16 * 1024 * 1024
const retryPauseMs = 5
const maxRetryPauseMs = 50

/**
 * The transactions of one transactional id, one after the other, by KIP-890: writing adds a partition, and each end raises the epoch, so that no request,
 * retry or marker of one transaction can touch the next.
 *
 *   open ─▶ write … ─▶ commitOffsets ─▶ end ─▶ write …
 *
 * An error of any of them means that it is not known what became of the transaction: nothing more may be asked but `close`.
 */
export class EpochTransactions {
  readonly #options: EpochTransactionsOptions
  readonly #cluster: Cluster
  readonly #transactions: CoordinatorLookup
  readonly #group: CoordinatorLookup
  #identity: ProducerIdentity = { producerId: -1n, epoch: -1 }
  /** The sequence number of the next record, by topic-partition; they begin at 0 in each epoch. */
  readonly #sequences = new Map<string, number>()
  /** The topics whose metadata the cluster has. */
  readonly #topics = new Set<string>()
  /** When the present transaction began, by `env.monotonic`; undefined: nothing was written yet. */
  #begun: number | undefined

  private constructor(cluster: Cluster, options: EpochTransactionsOptions) {
    this.#cluster = cluster
    this.#options = options
    this.#transactions = new CoordinatorLookup(cluster, 'transaction', options.transactionalId)
    this.#group = new CoordinatorLookup(cluster, 'group', options.groupId)
  }

  /** Takes the id; the cluster is to be connected, and is the caller's to disconnect. Throws what Kafka answers. */
  static async open(cluster: Cluster, options: EpochTransactionsOptions): Promise<EpochTransactions> {
    const opened = new EpochTransactions(cluster, options)
    const { transactionalId, timeoutMs } = options
    const deadline = env.monotonic() + timeoutMs
    opened.#identity = await opened.#transactions.ask(coordinator => initProducerId(coordinator, transactionalId, timeoutMs), deadline)
    return opened
  }

  /** The identity of the present transaction. */
  get identity(): ProducerIdentity {
    return this.#identity
  }

  /** Writes one batch a partition; returns the offset of each partition's first record, by topic-partition. */
  async write(parts: readonly PartitionRecords[]): Promise<ReadonlyMap<string, number>> {
    const deadline = this.#deadline()
    const offsets = new Map<string, number>()
    let left: readonly Unwritten[] = await Promise.all(parts.map(async part => ({ ...part, batch: await this.#encode(part) })))
    await this.#know(parts)
    for (let tries = 1; left.length > 0; tries++) {
      const answers = await this.#writeOnce(left)
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
        await this.#cluster.refreshMetadata().catch(() => undefined)
    }
    for (const { topic, partition, messages } of parts) {
      const name = topicPartition(topic, partition)
      this.#sequences.set(name, (this.#sequences.get(name) ?? 0) + messages.length)
    }
    return offsets
  }

  /** Adds offsets, as a member of the group; see `commitTransactionOffsets`. */
  async commitOffsets(offsets: Pick<TransactionOffsets, 'memberId' | 'generationId' | 'topics'>): Promise<void> {
    const { transactionalId, groupId } = this.#options
    const request = { ...offsets, transactionalId, groupId, identity: this.#identity }
    await this.#group.ask(coordinator => commitTransactionOffsets(coordinator, request), this.#deadline())
  }

  /** Ends the transaction; resolves once its outcome is in the coordinator's log. */
  async end(commit: boolean): Promise<void> {
    const { transactionalId } = this.#options
    const identity = this.#identity
    const deadline = this.#deadline()
    this.#identity = await this.#transactions.ask(each => endTransaction(each, transactionalId, identity, commit), deadline)
    this.#sequences.clear()
    this.#begun = undefined
  }

  /** Aborts what was begun, if the coordinator does it at the first try: else it is done by whoever takes over, or when its time is over. */
  async abandon(): Promise<void> {
    if (this.#begun === undefined) return
    const { transactionalId } = this.#options
    const identity = this.#identity
    await this.#transactions.tryOnce(coordinator => endTransaction(coordinator, transactionalId, identity, false))
  }

  async #know(parts: readonly PartitionRecords[]): Promise<void> {
    const unknown = parts.map(({ topic }) => topic).filter(topic => !this.#topics.has(topic))
    if (unknown.length === 0) return
    await this.#cluster.addMultipleTargetTopics([...new Set(unknown)])
    for (const topic of unknown) this.#topics.add(topic)
  }

  #deadline(): number {
    this.#begun ??= env.monotonic()
    return this.#begun + this.#options.timeoutMs
  }

  #encode({ topic, partition, messages }: PartitionRecords): Promise<Buffer> {
    const firstSequence = this.#sequences.get(topicPartition(topic, partition)) ?? 0
    const { producerId, epoch: producerEpoch } = this.#identity
    return encodeRecordBatch(messages, { compression: 0, transactional: true, producerId, producerEpoch, firstSequence })
  }

  /** Asks each leader once; partitions without a leader, and those whose leader did not answer, have no answer. */
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
      const broker = (await this.#cluster.findBroker({ nodeId: String(leader) })) as unknown as WireBroker
      return await produceBatches(broker, this.#options.transactionalId, batches)
    } catch (error) {
      if (!isConnectionFailure(error)) throw error
      return []
    }
  }

  #leaderOf({ topic, partition }: PartitionRecords): number | undefined {
    const found = this.#cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)
    return found === undefined || found.leader < 0 ? undefined : found.leader
  }
}

/** The batches of one leader, request by request. */
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
