import { env, nextTurn } from '../../../../base/index.ts'
import { askAgain } from './ask-again.ts'
import type { TransactionRequest } from './coordinator-broker.ts'
import type { Mend } from './mend.ts'
import { sessionOf } from './producer-session.ts'
import type { CoordinatorQuery, Request, TransactionSession } from './transaction-session.ts'

/** The part of kafkajs' cluster that its transactions use. */
export interface TransactionCluster {
  readonly retry?: unknown
  refreshMetadataIfNecessary(): Promise<void>
  findControllerBroker(): Promise<unknown>
  findGroupCoordinator(query: CoordinatorQuery): Promise<unknown>
}

/** The cluster with the session in place of its coordinators: the session looks coordinators up when they are needed, and sends the requests. */
export function bySession(cluster: TransactionCluster, session: TransactionSession): TransactionCluster {
  const ask = (name: TransactionRequest) => (request: Request) => session.ask(name, request)
  const coordinator = {
    initProducerId: ask('initProducerId'),
    addPartitionsToTxn: ask('addPartitionsToTxn'),
    addOffsetsToTxn: ask('addOffsetsToTxn'),
    txnOffsetCommit: ask('txnOffsetCommit'),
    endTxn: (request: Request) => (request['transactionResult'] === true ? session.ask('endTxn', request) : session.abandon(request)),
  }
  return {
    // The session itself retries.
    retry: { retries: 0 },
    refreshMetadataIfNecessary: () => cluster.refreshMetadataIfNecessary(),
    findControllerBroker: () => cluster.findControllerBroker(),
    findGroupCoordinator: () => Promise.resolve(coordinator),
  }
}

interface WithBrokers {
  readonly brokerPool: { findConnectedBroker(): Promise<{ initProducerId(request: object): Promise<unknown> }> }
}

const patienceMs = 10_000

/** The cluster for an idempotent producer: it gets the producer id from any broker, because the controller that was known last may be dead. */
export function byAnyBroker(cluster: TransactionCluster & WithBrokers): TransactionCluster {
  const now = (): number => env.monotonic()
  const initProducerId = (request: object): Promise<unknown> =>
    askAgain(async () => (await cluster.brokerPool.findConnectedBroker()).initProducerId(request), {
      deadline: now() + patienceMs,
      now,
      onMoved: () => undefined,
    })
  return {
    retry: cluster.retry,
    refreshMetadataIfNecessary: () => cluster.refreshMetadataIfNecessary(),
    findControllerBroker: () => Promise.resolve({ initProducerId }),
    findGroupCoordinator: query => cluster.findGroupCoordinator(query),
  }
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

/**
 * Adds the partitions of sends that begin together in one request, and allows simultaneous sends to one broker. Callers never have more than one send
 * for a partition in progress.
 */
export function gatherPartitions<M extends TransactionManager>(manager: M): M {
  let gathered: TopicPartitions[] = []
  let adding: Promise<void> | undefined
  const add = async (): Promise<void> => {
    await nextTurn()
    adding = undefined
    const topics = gathered
    gathered = []
    return manager.addPartitionsToTransaction(topics)
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

interface EosOptions {
  readonly cluster: TransactionCluster & WithBrokers
  readonly transactional: boolean
}

/**
 * kafkajs looks up the coordinator before each request of a transaction, adds partitions one by one, and waits for the records of one partition
 * before it sends those of the next: fourteen requests in sequence where seven are enough. While the previous transaction is being completed, it
 * fetches all metadata before each retry. It gives up a transaction whose coordinator moves or loads, and begins a transaction on any connection. An
 * idempotent producer gets its id only from the controller, even if that is dead.
 */
export const transactionRequestsMend: Mend = {
  defect:
    'a transaction sends twice as many requests as it needs, gives up when a coordinator moves, and begins after an end that may be forgotten',
  apply(modules) {
    const path = 'src/producer/eosManager/index.js'
    const create = modules.load(path) as (
      options: Omit<EosOptions, 'cluster'> & { readonly cluster: TransactionCluster },
    ) => TransactionManager
    modules.replace(path, (options: EosOptions) =>
      options.transactional
        ? gatherPartitions(create({ ...options, cluster: bySession(options.cluster, sessionOf(options.cluster)) }))
        : create({ ...options, cluster: byAnyBroker(options.cluster) }),
    )
  },
}
