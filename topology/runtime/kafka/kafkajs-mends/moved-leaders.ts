import { pause } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

interface FetchingGroup {
  readonly cluster: { refreshMetadata(): Promise<void> }
}

interface Methods {
  recoverFromFetch: (this: FetchingGroup, error: unknown) => Promise<void>
}

/** Errors of a broker that is not the leader of a partition, or not yet, or has another leader epoch than the client. The topic is still the same. */
const elsewhere: ReadonlySet<unknown> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
])
/** The pause before the next fetch, ms: the brokers may not agree on the new leader yet. */
const pauseMs = 20

/** Wraps `recoverFromFetch`: for a leader that has moved it refreshes the metadata, without a join. */
export function lookForLeaders(prototype: Methods): void {
  const { recoverFromFetch } = prototype
  prototype.recoverFromFetch = async function (error) {
    if (!elsewhere.has((error as { readonly type?: unknown }).type)) return recoverFromFetch.call(this, error)
    await this.cluster.refreshMetadata()
    await pause(pauseMs)
  }
}

/**
 * When the leader of a partition moves, as all leaders of a broker do when it is restarted, kafkajs' consumer joins its group again: the whole group
 * rebalances, although only one client's metadata are out of date. With this mend the consumer refreshes its metadata and continues. It still joins
 * again for an unknown topic.
 */
export const movedLeadersMend: Mend = {
  defect: 'the group rebalances when the leader of a partition moves',
  apply(modules) {
    lookForLeaders((modules.load('src/consumer/consumerGroup.js') as { prototype: Methods }).prototype)
  },
}
