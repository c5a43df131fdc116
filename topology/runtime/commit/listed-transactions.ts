import type { Cluster } from '../kafka/index.ts'
import { listTransactions } from '../kafka/wire/index.ts'
import { askEachBroker } from './ask-each-broker.ts'

export interface ListedIds {
  readonly ids: readonly string[]
  /** The brokers that have not answered, and why: ids that they coordinate are not listed, whatever they have done. Empty: all ids are listed. */
  readonly unanswered: readonly string[]
}

/** The transactional ids whose last transactions are in one of the states; without states, all. Asks each broker once. */
export async function listedTransactions(cluster: Cluster, states: readonly string[]): Promise<ListedIds> {
  await cluster.refreshMetadataIfNecessary()
  const { answers, unanswered } = await askEachBroker(cluster, broker => listTransactions(broker, states))
  return { ids: answers.flat().map(({ transactionalId }) => transactionalId), unanswered }
}
