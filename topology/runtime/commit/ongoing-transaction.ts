import type { Cluster } from '../kafka/index.ts'
import { describeTransaction } from '../kafka/kafkajs-mends/index.ts'
import { CoordinatorLookup, isSettlingTimeout } from '../kafka/transactions/index.ts'
import type { ProducerIdentity, WireBroker } from '../kafka/wire/index.ts'

export interface Ongoing {
  readonly id: string
  readonly identity: ProducerIdentity
  /** It writes a missing end, a commit: whoever finds it commits it, for what it aborted would be lost. */
  readonly settling: boolean
}

/** The transaction of an id that is not told to end yet. Asks until the deadline, by `env.monotonic`; throws Kafka's errors. */
export function ongoingTransaction(cluster: Cluster, id: string, deadline: number): Promise<Ongoing | undefined> {
  return new CoordinatorLookup(cluster, 'transaction', id).ask(each => ongoingAt(each, id), deadline)
}

/** The same, asked of its coordinator once. Throws NOT_COORDINATOR_FOR_GROUP where that is another broker now. */
export async function ongoingAt(coordinator: WireBroker, id: string): Promise<Ongoing | undefined> {
  const found = await describeTransaction(coordinator as Parameters<typeof describeTransaction>[0], id)
  if (found?.state !== 'Ongoing') return undefined
  const identity = { producerId: BigInt(found.producerId), epoch: found.producerEpoch }
  return { id, identity, settling: isSettlingTimeout(found.timeoutMs) }
}
