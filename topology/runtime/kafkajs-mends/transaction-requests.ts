import type { Mend } from './mend.ts'

/** What a transaction asks of its coordinators. */
const requests = ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'] as const

export type Coordinator = { readonly [name in (typeof requests)[number]]: (request: unknown) => Promise<unknown> } & {
  isConnected(): boolean
}

export interface CoordinatorQuery {
  readonly groupId: string
  readonly coordinatorType: number
}

/** The part of kafkajs' cluster that its transactions use. */
export interface TransactionCluster {
  readonly retry?: unknown
  refreshMetadataIfNecessary(): Promise<void>
  findControllerBroker(): Promise<unknown>
  findGroupCoordinator(query: CoordinatorQuery): Promise<Coordinator>
}

const transactional = 1
/** Long after which a coordinator has surely ended in every partition what it was told to end; shorter than brokers keep an idle connection. */
const settledAfterMs = 60_000

/**
 * A cluster that looks a coordinator up once, and again when it says that it is another. The connection to a transaction's coordinator that is lost soon
 * after it was used is an end: the broker may have stopped in the middle of the transaction before, and what is begun without settling that
 * could, aborted, take it along. `now`: ms.
 */
export function rememberCoordinators(cluster: TransactionCluster, now = (): number => Date.now()): TransactionCluster {
  const known = new Map<string, Coordinator>()
  let used = -Infinity
  return {
    retry: cluster.retry,
    refreshMetadataIfNecessary: () => cluster.refreshMetadataIfNecessary(),
    findControllerBroker: () => cluster.findControllerBroker(),
    async findGroupCoordinator(query) {
      const key = `${query.coordinatorType} ${query.groupId}`
      const remembered = known.get(key)
      if (remembered?.isConnected()) return remembered
      if (remembered !== undefined && query.coordinatorType === transactional && now() - used < settledAfterMs) throw lost()
      const found = await cluster.findGroupCoordinator(query)
      const coordinator = watched(found, { onAnswer: () => (used = now()), onStale: () => known.delete(key) })
      known.set(key, coordinator)
      return coordinator
    },
  }
}

/** Named as what it is to who judges whether another try may do better: not this producer's. */
function lost(): Error {
  const message = 'the connection to the transaction coordinator was lost'
  return Object.assign(new Error(message), { name: 'KafkaJSConnectionLostError', retriable: false })
}

function watched(broker: Coordinator, on: { onAnswer(): void; onStale(): void }): Coordinator {
  const ask = (name: (typeof requests)[number]) => async (request: unknown) => {
    try {
      const answer = await broker[name](request)
      on.onAnswer()
      return answer
    } catch (error) {
      const { type } = error as { readonly type?: string }
      if (type !== undefined) on.onAnswer()
      if (type !== undefined && !isConcurrent(error)) on.onStale()
      throw error
    }
  }
  const [initProducerId, addPartitionsToTxn, addOffsetsToTxn, txnOffsetCommit, endTxn] = [
    ask('initProducerId'),
    ask('addPartitionsToTxn'),
    ask('addOffsetsToTxn'),
    ask('txnOffsetCommit'),
    ask('endTxn'),
  ]
  return { initProducerId, addPartitionsToTxn, addOffsetsToTxn, txnOffsetCommit, endTxn, isConnected: () => broker.isConnected() }
}

interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number }[]
}

export interface TransactionManager {
  addPartitionsToTransaction(topics: readonly TopicPartitions[]): Promise<void>
  acquireBrokerLock(broker: unknown): Promise<void>
  releaseBrokerLock(broker: unknown): void
}

const firstPauseMs = 1
const maxPauseMs = 20
const maxTries = 1000

/**
 * Adds the partitions of sends that begin together in one request, and lets their records go to a broker side by side: of a partition there is
 * never more than one send under way. Until the coordinator has completed the transaction before, it asks again within a millisecond.
 */
export function gatherPartitions<M extends TransactionManager>(manager: M): M {
  let gathered: TopicPartitions[] = []
  let adding: Promise<void> | undefined
  const add = async (): Promise<void> => {
    await new Promise(resolve => setImmediate(resolve))
    adding = undefined
    const topics = gathered
    gathered = []
    for (let tries = 1; ; tries++) {
      try {
        return await manager.addPartitionsToTransaction(topics)
      } catch (error) {
        if (!isConcurrent(error) || tries >= maxTries) throw error
        await new Promise(resolve => setTimeout(resolve, Math.min(firstPauseMs * tries, maxPauseMs)))
      }
    }
  }
  return {
    ...manager,
    addPartitionsToTransaction(topics) {
      gathered.push(...topics)
      return (adding ??= add())
    },
    acquireBrokerLock: () => Promise.resolve(),
    releaseBrokerLock: () => undefined,
  }
}

/** The coordinator is still completing the transaction before. */
function isConcurrent(error: unknown): boolean {
  return (error as { readonly type?: string }).type === 'CONCURRENT_TRANSACTIONS'
}

interface EosOptions {
  readonly cluster: TransactionCluster
  readonly transactional: boolean
}

/**
 * kafkajs asks who the coordinator is before each of a transaction's requests, adds its partitions one by one, and waits for one partition's records
 * before it sends the next one's: fourteen requests one after the other where seven do. While the transaction before is being
 * completed, it reads all metadata anew before each further try.
 */
export const transactionRequestsMend: Mend = {
  defect: 'a transaction asks twice as much as it needs, one after the other',
  apply(modules) {
    const path = 'src/producer/eosManager/index.js'
    const create = modules.load(path) as (options: EosOptions) => TransactionManager
    modules.replace(path, (options: EosOptions) =>
      options.transactional ? gatherPartitions(create({ ...options, cluster: rememberCoordinators(options.cluster) })) : create(options),
    )
  },
}
