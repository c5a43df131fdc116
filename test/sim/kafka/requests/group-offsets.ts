import { type Cluster, errors } from '../cluster/index.ts'
import type { GroupCoordinator } from '../coordinators/group-coordinator.ts'
import type { Producer, TransactionCoordinator } from '../coordinators/transaction-coordinator.ts'
import type { RequestOf } from '../wire/index.ts'
import type { Handlers } from './handlers.ts'

type Names = 'offsetCommit' | 'offsetFetch' | 'txnOffsetCommit'

/** From this version on the offsets add their partition to the transaction (KIP-890). */
const addsPartition = 5

/** What the coordinators of groups are asked about offsets. */
export function offsetHandlers(cluster: Cluster, groups: GroupCoordinator, transactions: TransactionCoordinator): Pick<Handlers, Names> {
  const refusal = (groupId: string, broker: number): number => groups.partitions.refusal(groupId, broker)
  const isThere = (topic: string, index: number): boolean => cluster.partition(topic, index) !== undefined
  /** Each partition with the request's error, or its own. */
  const answerTo = (topics: RequestOf<'offsetCommit'>['topics'], error: number) =>
    topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index }) => ({ index, error: isThere(name, index) ? error : errors.unknownTopicOrPartition })),
    }))
  return {
    offsetCommit({ groupId, generation, memberId, topics }, { broker }, respond) {
      const refused = refusal(groupId, broker)
      const allowed = refused === errors.none ? groups.commitRefusal({ groupId, generation, memberId }, false) : refused
      const error = allowed === errors.none && !groups.partitions.isWritable(groupId) ? errors.coordinatorNotAvailable : allowed
      if (error === errors.none) {
        const { offsets, group } = groups.make(groupId)
        group.members.get(memberId)?.alive()
        for (const { name, partitions } of topics)
          for (const { index, offset, metadata } of partitions)
            if (isThere(name, index)) offsets.commit(name, index, { offset, metadata: metadata ?? '' })
      }
      respond({ topics: answerTo(topics, error) })
    },
    txnOffsetCommit(body, { broker, version }, respond) {
      const { groupId, topics } = body
      const refused = refusal(groupId, broker)
      const error = refused === errors.none ? commitWithin(body, version, { cluster, groups, transactions }) : refused
      respond({ topics: answerTo(topics, error) })
    },
    offsetFetch({ groupId, topics, requireStable }, { broker, version }, respond) {
      const error = refusal(groupId, broker)
      const offsets = groups.find(groupId)?.offsets
      const asked = topics ?? [...(offsets?.committed ?? [])].map(([name, partitions]) => ({ name, partitions: [...partitions.keys()] }))
      const answered = asked.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(index => {
          const isUnstable = error === errors.none && requireStable && offsets?.isUnstable(name, index) === true
          const found = isUnstable || error !== errors.none ? undefined : offsets?.get(name, index)
          const own = isUnstable ? errors.unstableOffsetCommit : version < 2 ? error : errors.none
          return { index, offset: found?.offset ?? -1, leaderEpoch: -1, metadata: found?.metadata ?? '', error: own }
        }),
      }))
      respond({ topics: error !== errors.none && version >= 2 ? [] : answered, error })
    },
  }
}

interface Coordinators {
  readonly cluster: Cluster
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
}

/** Kafka's error; 0: the offsets belong to the transaction. */
function commitWithin(body: RequestOf<'txnOffsetCommit'>, version: number, { cluster, groups, transactions }: Coordinators): number {
  const { transactionalId, producerId, epoch, groupId, generation, memberId } = body
  const partition = groups.partitions.of(groupId)
  const { producers } = partition.log
  if (!producers.isOpen(producerId, epoch) && (cluster.verifies || version >= addsPartition)) {
    const unverified = verify(transactions, { transactionalId, producerId, epoch }, partition.name, version)
    if (unverified !== errors.none) return unverified
  }
  const refused = groups.commitRefusal({ groupId, generation, memberId }, true)
  if (refused !== errors.none) return refused
  if (epoch < (producers.epochOf(producerId) ?? -1)) return errors.invalidProducerEpoch
  if (!groups.partitions.isWritable(groupId)) return errors.coordinatorNotAvailable
  partition.log.appendOffsets(producerId, epoch)
  partition.log.highWatermark = partition.log.end
  const { offsets } = groups.make(groupId)
  for (const { name, partitions } of body.topics)
    for (const { index, offset, metadata } of partitions)
      if (cluster.partition(name, index) !== undefined) offsets.commitWithin(producerId, name, index, { offset, metadata: metadata ?? '' })
  return errors.none
}

function verify(transactions: TransactionCoordinator, producer: Producer, partition: string, version: number): number {
  const error = version >= addsPartition ? transactions.add(producer, [partition]) : transactions.verify(producer, partition)
  if (error === errors.producerFenced) return errors.invalidProducerEpoch
  if (error === errors.coordinatorLoading || error === errors.notCoordinator) return errors.coordinatorNotAvailable
  return error === errors.transactionAbortable && version < addsPartition ? errors.invalidTxnState : error
}
