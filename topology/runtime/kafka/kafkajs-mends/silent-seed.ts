import { askedInOrder, type PooledBroker } from './asked-in-order.ts'
import type { Mend } from './mend.ts'

export interface ConnectingPool {
  readonly brokers: Readonly<Record<string, PooledBroker>>
  readonly seedBroker: unknown
  connect(): Promise<void>
  findBroker(options: { readonly nodeId: string }): Promise<unknown>
  findConnectedBroker: (this: ConnectingPool) => Promise<unknown>
}

/** Replaces `findConnectedBroker` of kafkajs' BrokerPool class by one that tries silent brokers last. */
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

type Lost = new (message: string, options: { readonly broker: string }) => Error

export interface ConnectingBroker {
  readonly brokerAddress: string
  connect: (this: ConnectingBroker) => Promise<void>
}

/** Makes a connection that is lost while it is being made one that could not be made. */
export function failToConnect(broker: Pick<ConnectingBroker, 'connect'>, Failed: Lost): void {
  const { connect } = broker
  broker.connect = async function () {
    try {
      await connect.call(this)
    } catch (error) {
      if (!(error instanceof Error) || !/^KafkaJS(ConnectionClosed|RequestTimeout)Error$/.test(error.name)) throw error
      throw new Failed(error.message, { broker: this.brokerAddress })
    }
  }
}

/**
 * kafkajs asks any broker that is connected for metadata. One that has frozen is, and so it is asked again and again where the leaders went. It
 * also connects to one again for as long as its retries allow that takes connections, and closes them or says nothing, instead of turning to another one.
 */
export const silentSeedMend: Mend = {
  defect: 'a broker that has frozen is asked for metadata',
  apply(modules) {
    const { KafkaJSConnectionError } = modules.load('src/errors.js') as { KafkaJSConnectionError: Lost }
    failToConnect((modules.load('src/broker/index.js') as { prototype: ConnectingBroker }).prototype, KafkaJSConnectionError)
    avoidSilent((modules.load('src/cluster/brokerPool.js') as { prototype: ConnectingPool }).prototype)
  },
}
