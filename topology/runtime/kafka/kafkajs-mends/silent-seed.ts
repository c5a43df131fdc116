import { isSilent } from '../wire/index.ts'
import { askedInOrder, type PooledBroker } from './asked-in-order.ts'
import type { Mend } from './mend.ts'

export interface ConnectingPool {
  readonly brokers: Readonly<Record<string, PooledBroker>>
  readonly seedBroker: PooledBroker | null
  connect(): Promise<void>
  findBroker(options: { readonly nodeId: string }): Promise<unknown>
  findConnectedBroker: (this: ConnectingPool) => Promise<unknown>
}

/** Replaces `findConnectedBroker` of kafkajs' BrokerPool class by one that tries silent brokers last. */
export function avoidSilent(pool: Pick<ConnectingPool, 'findConnectedBroker'>, Failed: Lost): void {
  pool.findConnectedBroker = async function () {
    for (const nodeId of askedInOrder(this.brokers)) {
      const broker = await this.findBroker({ nodeId }).catch(() => undefined)
      if (broker !== undefined) return broker
    }
    await this.connect()
    // It does nothing if any broker is connected by now, and then the seed need not be.
    const connected = [this.seedBroker, ...Object.values(this.brokers)].find(broker => broker?.isConnected())
    if (connected === undefined) throw new Failed('no broker is connected', { broker: 'any' })
    return connected
  }
}

interface SeedingPool {
  readonly seedBroker: PooledBroker | null
  createSeedBroker: (this: SeedingPool) => Promise<void>
}

/** Wraps `createSeedBroker` of kafkajs' BrokerPool class, which takes the next address of the list: silent ones are passed over while there are others. */
export function passOverSilent(pool: Pick<SeedingPool, 'createSeedBroker'>): void {
  const { createSeedBroker } = pool
  pool.createSeedBroker = async function () {
    const passed = new Set<string>()
    for (;;) {
      await createSeedBroker.call(this)
      const seed = this.seedBroker
      if (seed === null || !isSilent(seed)) return
      const address = `${seed.connectionPool.host}:${seed.connectionPool.port}`
      if (passed.has(address)) return
      passed.add(address)
    }
  }
}

type Lost = new (message: string, options: { readonly broker: string }) => Error

export interface ConnectingBroker {
  readonly brokerAddress: string
  connect: (this: ConnectingBroker) => Promise<void>
  isConnected: (this: ConnectingBroker) => boolean
}

/**
 * Makes a connection that is lost while it is being made one that could not be made; and a broker connected only once it can be asked: kafkajs takes the
 * socket for that, and fails what is asked before the versions are known with "Broker not connected", for good.
 */
export function failToConnect(broker: Pick<ConnectingBroker, 'connect' | 'isConnected'>, Failed: Lost): void {
  const { connect, isConnected } = broker
  const ready = new WeakSet<ConnectingBroker>()
  broker.isConnected = function () {
    return ready.has(this) && isConnected.call(this)
  }
  broker.connect = async function () {
    try {
      await connect.call(this)
      ready.add(this)
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
  defect: 'a frozen broker is asked for metadata, and is the first address of each new client',
  apply(modules) {
    const { KafkaJSConnectionError } = modules.load('src/errors.js') as { KafkaJSConnectionError: Lost }
    failToConnect((modules.load('src/broker/index.js') as { prototype: ConnectingBroker }).prototype, KafkaJSConnectionError)
    const { prototype } = modules.load('src/cluster/brokerPool.js') as { prototype: ConnectingPool & SeedingPool }
    avoidSilent(prototype, KafkaJSConnectionError)
    passOverSilent(prototype)
  },
}
