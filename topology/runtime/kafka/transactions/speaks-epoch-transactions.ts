import type { Cluster } from 'kafkajs'
import { clusterFeatures, type WireBroker } from '../wire/index.ts'

/** A property of kafkajs' cluster that its types lack. */
interface WithBrokers {
  readonly brokerPool: { findConnectedBroker(): Promise<WireBroker> }
}

/** The lowest version of each request whose meaning depends on the feature: Produce, TxnOffsetCommit, EndTxn. */
const versions = { 0: 12, 28: 5, 26: 5 } as const

/** Whether the cluster gives each transaction its own epoch (`transaction.version` 2 or higher, KIP-890). The cluster must be connected. */
export async function speaksEpochTransactions(cluster: Cluster): Promise<boolean> {
  const broker = await (cluster as Cluster & WithBrokers).brokerPool.findConnectedBroker()
  const speaks = Object.entries(versions).every(([key, version]) => (broker.versions?.[Number(key)]?.maxVersion ?? 0) >= version)
  return speaks && ((await clusterFeatures(broker)).get('transaction.version') ?? 0) >= 2
}
