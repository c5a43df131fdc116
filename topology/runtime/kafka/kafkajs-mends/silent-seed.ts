import { askedInOrder, type PooledBroker } from './asked-in-order.ts'
import type { Mend } from './mend.ts'

export interface ConnectingPool {
  readonly brokers: Readonly<Record<string, PooledBroker>>
  readonly seedBroker: unknown
  connect(): Promise<void>
  findBroker(options: { readonly nodeId: string }): Promise<unknown>
  findConnectedBroker: (this: ConnectingPool) => Promise<unknown>
}

/** Gives kafkajs' BrokerPool class a `findConnectedBroker` that turns to a silent broker last. */
export function avoidSilent(pool: Pick<ConnectingPool, 'findConnectedBroker'>): void {
  pool.findConnectedBroker = async function () {
    for (const nodeId of askedInOrder(this.brokers)) {
      const broker = await this.findBroker({ nodeId }).catch(() => undefined)
      if (broker !== undefined) return broker
    }
    await this.connect()
    return this.seedBroker
  }
}

/** kafkajs asks any broker that is connected for metadata. One that has frozen is, and so it is asked again and again where the leaders went. */
export const silentSeedMend: Mend = {
  defect: 'a broker that has frozen is asked for metadata',
  apply(modules) {
    avoidSilent((modules.load('src/cluster/brokerPool.js') as { prototype: ConnectingPool }).prototype)
  },
}
