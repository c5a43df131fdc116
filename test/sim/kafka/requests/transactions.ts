import { type Cluster, errors } from '../cluster/index.ts'
import type { GroupCoordinator } from '../coordinators/group-coordinator.ts'
import type { TransactionCoordinator } from '../coordinators/transaction-coordinator.ts'
import type { Handlers } from './handlers.ts'

type Names = 'initProducerId' | 'addPartitionsToTxn' | 'addOffsetsToTxn' | 'endTxn' | 'describeTransactions' | 'listTransactions'

/** The first version of EndTxn whose answer has the identity of the next transaction. */
const raisingEnd = 5

/** PRODUCER_FENCED is known from version 2 on; before it was INVALID_PRODUCER_EPOCH. */
function known(error: number, version: number, since = 2): number {
  return error === errors.producerFenced && version < since ? errors.invalidProducerEpoch : error
}

/** What the coordinators of transactional ids are asked. */
export function transactionHandlers(
  cluster: Cluster,
  transactions: TransactionCoordinator,
  groups: GroupCoordinator,
): Pick<Handlers, Names> {
  const refusal = (id: string, broker: number): number => transactions.partitions.refusal(id, broker)
  return {
    initProducerId({ transactionalId, timeoutMs, producerId, epoch }, { broker, version }, respond) {
      if (transactionalId === null) {
        respond({ error: errors.none, producerId: transactions.newProducerId(), epoch: 0 })
        return
      }
      const error = refusal(transactionalId, broker)
      const answer =
        error === errors.none ? transactions.init(transactionalId, timeoutMs, { producerId, epoch }) : { error, producerId: -1, epoch: -1 }
      respond({ ...answer, error: known(answer.error, version, 4) })
    },
    addPartitionsToTxn({ transactionalId, producerId, epoch, topics }, { broker, version }, respond) {
      const names = topics.flatMap(({ name, partitions }) => partitions.map(index => `${name}-${index}`))
      const isMissing = topics.some(({ name, partitions }) => partitions.some(index => cluster.partition(name, index) === undefined))
      const refused = refusal(transactionalId, broker)
      const error =
        refused === errors.none && isMissing
          ? -1
          : refused === errors.none
            ? transactions.add({ transactionalId, producerId, epoch }, names)
            : refused
      const answered = topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(index => {
          const missing = cluster.partition(name, index) === undefined ? errors.unknownTopicOrPartition : operationNotAttempted
          return { index, error: error === -1 ? missing : known(error, version) }
        }),
      }))
      respond({ topics: answered })
    },
    addOffsetsToTxn({ transactionalId, producerId, epoch, groupId }, { broker, version }, respond) {
      const refused = refusal(transactionalId, broker)
      const partition = groups.partitions.of(groupId).name
      const error = refused === errors.none ? transactions.add({ transactionalId, producerId, epoch }, [partition]) : refused
      respond({ error: known(error, version) })
    },
    endTxn({ transactionalId, producerId, epoch, committed }, { broker, version }, respond) {
      const error = refusal(transactionalId, broker)
      const answer =
        error === errors.none
          ? transactions.end({ transactionalId, producerId, epoch }, committed, version >= raisingEnd)
          : { error, producerId: -1, epoch: -1 }
      respond({ ...answer, error: known(answer.error, version) })
    },
    describeTransactions({ transactionalIds }, { broker }, respond) {
      respond({ transactions: transactionalIds.map(id => describe(transactions, id, refusal(id, broker))) })
    },
    listTransactions({ states, producerIds }, { broker }, respond) {
      const isLoading = [...transactions.transactions(broker)].some(({ id }) => refusal(id, broker) === errors.coordinatorLoading)
      const listed = [...transactions.transactions(broker)].filter(
        each => (states.length === 0 || states.includes(each.state)) && (producerIds.length === 0 || producerIds.includes(each.producerId)),
      )
      respond({
        error: isLoading ? errors.coordinatorLoading : errors.none,
        unknownStates: [],
        transactions: isLoading ? [] : listed.map(({ id, producerId, state }) => ({ transactionalId: id, producerId, state })),
      })
    },
  }
}

const operationNotAttempted = 55

function describe(transactions: TransactionCoordinator, transactionalId: string, refused: number) {
  const found = transactions.find(transactionalId)
  const error = refused !== errors.none ? refused : found === undefined ? errors.transactionalIdNotFound : errors.none
  if (error !== errors.none || found === undefined)
    return { error, transactionalId, state: '', timeoutMs: 0, startedAt: 0, producerId: 0, epoch: 0, topics: [] }
  const { state, timeoutMs, startedAt, producerId, epoch, partitions } = found
  const topics = new Map<string, number[]>()
  for (const name of partitions) {
    const at = name.lastIndexOf('-')
    const topic = name.slice(0, at)
    topics.set(topic, [...(topics.get(topic) ?? []), Number(name.slice(at + 1))])
  }
  const listed = [...topics].map(([name, indexes]) => ({ name, partitions: indexes }))
  return { error, transactionalId, state, timeoutMs, startedAt, producerId, epoch, topics: listed }
}
