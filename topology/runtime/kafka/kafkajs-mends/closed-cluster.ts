import type { Mend } from './mend.ts'

interface Broker {
  disconnect(): Promise<void>
}

export interface BrokerPoolMethods {
  connect: (this: object) => Promise<void>
  connectBroker: (this: object, broker: Broker) => Promise<void>
  disconnect: (this: object) => Promise<void>
}

export interface ClusterMethods {
  connect: (this: { readonly brokerPool: object }) => Promise<void>
  disconnect: (this: { readonly brokerPool: object }) => Promise<void>
}

/** Wraps the methods of kafkajs' BrokerPool and Cluster classes. `refusal` makes the error for connections after the disconnect. */
export function closeForGood(pools: BrokerPoolMethods, clusters: ClusterMethods, refusal: () => Error): void {
  const { connect, connectBroker, disconnect } = pools
  /** Pools that their owner has disconnected and not connected again. */
  const closed = new WeakSet<object>()
  pools.connect = async function () {
    if (closed.has(this)) throw refusal()
    await connect.call(this)
    if (!closed.has(this)) return
    await disconnect.call(this)
    throw refusal()
  }
  pools.connectBroker = async function (broker) {
    if (closed.has(this)) throw refusal()
    await connectBroker.call(this, broker)
    if (!closed.has(this)) return
    await broker.disconnect()
    throw refusal()
  }
  const { connect: connectCluster, disconnect: disconnectCluster } = clusters
  clusters.connect = function () {
    closed.delete(this.brokerPool)
    return connectCluster.call(this)
  }
  clusters.disconnect = function () {
    closed.add(this.brokerPool)
    return disconnectCluster.call(this)
  }
}

/**
 * In kafkajs, a request or a connect that is in progress when its client is disconnected connects again; nothing closes these sockets, which keep the
 * process alive. With this mend a disconnected cluster makes no connection until it is connected again.
 */
export const closedClusterMend: Mend = {
  defect: 'a client that is disconnected while it connects or asks stays connected',
  apply(modules) {
    const { KafkaJSNonRetriableError } = modules.load('src/errors.js') as { KafkaJSNonRetriableError: new (message: string) => Error }
    const pool = modules.load('src/cluster/brokerPool.js') as { prototype: BrokerPoolMethods }
    const cluster = modules.load('src/cluster/index.js') as { prototype: ClusterMethods }
    closeForGood(pool.prototype, cluster.prototype, () => new KafkaJSNonRetriableError('the client was disconnected'))
  },
}
