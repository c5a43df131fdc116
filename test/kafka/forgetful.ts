import { type Admin, type Cluster } from '../../topology/runtime/kafka/kafka-client.ts'
import { eventually } from './fixture.ts'

/** The requests of kafkajs' broker that are used here. */
export interface RawBroker {
  initProducerId(request: object): Promise<{ producerId: unknown; producerEpoch: number }>
  addPartitionsToTxn(request: object): Promise<unknown>
  produce(request: object): Promise<unknown>
  txnOffsetCommit(request: object): Promise<unknown>
  endTxn(request: object): Promise<unknown>
}

export interface RawCluster {
  findGroupCoordinator(query: { groupId: string; coordinatorType: number }): Promise<RawBroker>
  findBroker(query: { nodeId: string }): Promise<RawBroker>
}

export interface ForgetfulTransaction {
  readonly cluster: Cluster
  /** The name of the topic and the group. */
  readonly topic: string
  /** The transactional id; default: the topic. */
  readonly id?: string
}

export type Ending = 'commit' | 'abort' | 'none'

const brokerResource = 4

/** Sets whether the broker checks, for each transactional batch, that its partition is part of the transaction. */
export async function verify(admin: Admin, on: boolean): Promise<void> {
  const configEntries = [{ name: 'transaction.partition.verification.enable', value: String(on) }]
  const { brokers: nodes } = await admin.describeCluster()
  const resources = nodes.map(({ nodeId }) => ({ type: brokerResource, name: String(nodeId), configEntries }))
  await admin.alterConfigs({ validateOnly: false, resources })
}

/**
 * Runs a transaction of one record in each of two partitions and an offset. The coordinator knows only the first partition, so nothing else gets an
 * end marker, as if a broker had forgotten it.
 */
export async function forgetful({ cluster, topic, id = topic }: ForgetfulTransaction, ending: Ending): Promise<void> {
  const raw = cluster as unknown as RawCluster
  const coordinator = (): Promise<RawBroker> => raw.findGroupCoordinator({ groupId: id, coordinatorType: 1 })
  const { producerId, producerEpoch } = await patiently(async () =>
    (await coordinator()).initProducerId({ transactionalId: id, transactionTimeout: 60_000 }),
  )
  const producer = { transactionalId: id, producerId, producerEpoch }
  await patiently(async () => (await coordinator()).addPartitionsToTxn({ ...producer, topics: [{ topic, partitions: [0] }] }))
  for (const [node, partitions] of Object.entries(cluster.findLeaderForPartitions(topic, [0, 1]))) {
    const leader = await raw.findBroker({ nodeId: node })
    for (const partition of partitions) {
      const data = { partition, firstSequence: 0, messages: [{ value: Buffer.from(`in ${partition}`), timestamp: String(Date.now()) }] }
      await patiently(() => leader.produce({ ...producer, acks: -1, timeout: 30_000, topicData: [{ topic, partitions: [data] }] }))
    }
  }
  const offsets = { ...producer, groupId: topic, topics: [{ topic, partitions: [{ partition: 0, offset: '7' }] }] }
  await patiently(async () => (await raw.findGroupCoordinator({ groupId: topic, coordinatorType: 0 })).txnOffsetCommit(offsets))
  if (ending !== 'none') await (await coordinator()).endTxn({ ...producer, transactionResult: ending === 'commit' })
}

/** Repeats the work until it succeeds: a broker that has just started, or a new topic, is not ready at once. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  let failure: unknown
  const done = await eventually(
    () =>
      work().then(
        value => ({ value }),
        (error: unknown) => void (failure = error),
      ),
    found => found !== undefined,
  )
  if (done === undefined) throw failure
  return done.value
}
