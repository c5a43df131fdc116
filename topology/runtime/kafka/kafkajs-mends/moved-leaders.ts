import { pause } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

interface FetchingGroup {
  readonly cluster: { refreshMetadata(): Promise<void> }
}

interface Methods {
  recoverFromFetch: (this: FetchingGroup, error: unknown) => Promise<void>
}

/** The broker that was asked is not the leader of a partition, or not yet, or by another epoch than the client believes. The topic is still the same. */
const elsewhere: ReadonlySet<unknown> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
])
/** Between two questions while the brokers do not agree on a leader yet, ms. */
const pauseMs = 20

/** Makes `recoverFromFetch` look for a leader that has moved, without a join. */
export function lookForLeaders(prototype: Methods): void {
  const { recoverFromFetch } = prototype
  prototype.recoverFromFetch = async function (error) {
    if (!elsewhere.has((error as { readonly type?: unknown }).type)) return recoverFromFetch.call(this, error)
    await this.cluster.refreshMetadata()
    await pause(pauseMs)
  }
}

/**
 * When a partition's leader moves, as all of a broker's do when it is restarted, kafkajs' consumer joins its group again: the whole group stops and rebalances
 * for what concerns one client's metadata. Here it asks for the metadata, and goes on. A topic that is not known any more still makes it join.
 */
export const movedLeadersMend: Mend = {
  defect: 'the group rebalances when the leader of a partition moves',
  apply(modules) {
    lookForLeaders((modules.load('src/consumer/consumerGroup.js') as { prototype: Methods }).prototype)
  },
}
