import { env } from '../../../../base/index.ts'
import { type AddressedBroker, isSilent } from '../wire/index.ts'

export type PooledBroker = AddressedBroker & { isConnected(): boolean }

/** The ids of brokers in the order in which any of them is asked: connected ones first, and those that kept silent when they were asked last. */
export function askedInOrder(brokers: Readonly<Record<string, PooledBroker>>): readonly string[] {
  return Object.entries(brokers)
    .map(([id, broker]) => ({ id, rank: (isSilent(broker) ? 2 : broker.isConnected() ? 0 : 1) + env.random() }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ id }) => id)
}
