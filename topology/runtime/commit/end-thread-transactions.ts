import { newCluster, type Cluster, type Kafka } from '../kafka/index.ts'
import { canListTransactions, type WireBroker } from '../kafka/wire/index.ts'
import { endFormerTransactions, memberTransactionalId, type FormerTransactions } from './former-transactions.ts'
import { listedTransactions } from './listed-transactions.ts'

/** A property of kafkajs' cluster that its types lack. */
interface WithBrokers {
  readonly brokerPool: { findConnectedBroker(): Promise<WireBroker> }
}

/**
 * The takeover of a member that commits each task by itself from members that commit all tasks of a thread together: some instances of a group do so and others
 * do not while each is started anew after the cluster's `transaction.version` was raised. Ends what former threads have left open, as `endFormerTransactions`
 * does; what belongs to tasks ends when their ids are taken. Does nothing where it is certain that no thread of the application has ever committed. Throws what
 * `endFormerTransactions` does.
 */
export async function endThreadTransactions(kafka: Kafka, former: Omit<FormerTransactions, 'tasks'>): Promise<void> {
  const cluster = newCluster(kafka)
  await cluster.connect()
  try {
    const broker = await (cluster as Cluster & WithBrokers).brokerPool.findConnectedBroker()
    if (!canListTransactions(broker)) return
    const { ids, unanswered } = await listedTransactions(cluster, [])
    const isThread = (id: string): boolean => id.startsWith(memberTransactionalId(former.applicationId, ''))
    // A broker that does not answer may know of one.
    if (unanswered.length === 0 && !ids.some(isThread)) return
    await endFormerTransactions(cluster, { ...former, tasks: [] })
  } finally {
    await cluster.disconnect()
  }
}
