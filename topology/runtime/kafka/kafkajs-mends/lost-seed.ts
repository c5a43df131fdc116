import type { Mend } from './mend.ts'

export interface SeededPool {
  seedBroker: unknown
  removeBroker: (this: SeededPool, address: { readonly host: string; readonly port: number }) => void
}

/** Lets kafkajs' BrokerPool class keep its seed when it removes the last broker that it knows. */
export function keepSeed(pool: Pick<SeededPool, 'removeBroker'>): void {
  const { removeBroker } = pool
  pool.removeBroker = function (address) {
    const before = this.seedBroker
    removeBroker.call(this, address)
    this.seedBroker ??= before
  }
}

/** A broker whose connection breaks is taken out of the pool; where it was the only one, the pool has nobody to ask any more and fails with a TypeError. */
export const lostSeedMend: Mend = {
  defect: 'a pool that loses its only broker never connects again',
  apply(modules) {
    keepSeed((modules.load('src/cluster/brokerPool.js') as { prototype: SeededPool }).prototype)
  },
}
