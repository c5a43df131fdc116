import { env, messageOf, pause } from '../../../base/index.ts'
import type { Cluster } from '../kafka/index.ts'
import { listTransactions, type WireBroker } from '../kafka/wire/index.ts'

/** How long to wait for brokers that do not answer or are loading, ms. */
export const listingMs = 2000
const askAgainMs = 10

/** Methods of kafkajs' cluster that its types lack. */
interface WithNodes {
  getNodeIds(): readonly string[]
  findBroker(query: { readonly nodeId: string }): Promise<WireBroker>
}

export interface ListedIds {
  readonly ids: readonly string[]
  /** Whether every broker has answered. */
  readonly complete: boolean
}

/** The transactional ids whose last transactions are in one of the states; without states, all. */
export async function listedTransactions(cluster: Cluster, states: readonly string[]): Promise<ListedIds> {
  await cluster.refreshMetadataIfNecessary()
  const nodes = cluster as unknown as WithNodes
  const ask = async (nodeId: string): Promise<readonly string[]> =>
    (await listTransactions(await nodes.findBroker({ nodeId }), states)).map(({ transactionalId }) => transactionalId)
  const answers = await Promise.all(
    nodes.getNodeIds().map(nodeId => Promise.race([ask(nodeId).catch(messageOf), pause(listingMs).then(() => 'no answer')])),
  )
  return { ids: answers.flatMap(each => (typeof each === 'string' ? [] : each)), complete: answers.every(each => typeof each !== 'string') }
}

/** All transactional ids that the brokers know; those of brokers that do not answer in time are missing. */
export async function allTransactionalIds(cluster: Cluster): Promise<readonly string[]> {
  const started = env.monotonic()
  for (;;) {
    const { ids, complete } = await listedTransactions(cluster, [])
    if (complete || env.monotonic() - started >= listingMs) return ids
    await pause(askAgainMs)
  }
}
