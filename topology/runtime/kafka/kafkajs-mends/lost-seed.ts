import type { Mend } from './mend.ts'

export interface SeededPool {
  seedBroker: unknown
  removeBroker: (this: SeededPool, address: { readonly host: string; readonly port: number }) => void
}

/** Wraps kafkajs' BrokerPool class: the pool keeps its seed broker when it removes the last broker that it knows. */
export function keepSeed(pool: Pick<SeededPool, 'removeBroker'>): void {
  const { removeBroker } = pool
  pool.removeBroker = function (address) {
    const before = this.seedBroker
    removeBroker.call(this, address)
    this.seedBroker ??= before
  }
}

/**
 * kafkajs removes a broker whose connection breaks from the pool. If it was the only one, the pool has no broker to connect to and fails with a
 * TypeError.
 */
export const lostSeedMend: Mend = {
  defect: 'a pool that loses its only broker never connects again',
  apply(modules) {
    keepSeed((modules.load('src/cluster/brokerPool.js') as { prototype: SeededPool }).prototype)
  },
}
