import { env } from '../../../../base/index.ts'
import { type AddressedBroker, isSilent } from '../wire/index.ts'

export type PooledBroker = AddressedBroker & { isConnected(): boolean }

/** The ids of the brokers in the order in which they are tried: connected ones first, silent ones last, otherwise random. */
export function askedInOrder(brokers: Readonly<Record<string, PooledBroker>>): readonly string[] {
  return Object.entries(brokers)
    .map(([id, broker]) => ({ id, rank: (isSilent(broker) ? 2 : broker.isConnected() ? 0 : 1) + env.random() }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ id }) => id)
}
