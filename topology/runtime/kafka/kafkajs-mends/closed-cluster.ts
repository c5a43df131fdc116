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

/** Puts the rule around the methods of kafkajs' BrokerPool and Cluster classes. `refusal` makes the error of who comes too late. */
export function closeForGood(pools: BrokerPoolMethods, clusters: ClusterMethods, refusal: () => Error): void {
  const { connect, connectBroker, disconnect } = pools
  /** Disconnected, and not connected again by their owner. */
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
 * A request that is under way when its client is disconnected connects again, and so does a connect that has not ended: their sockets are
 * closed by nobody and keep the process alive. A cluster that was disconnected makes no connection until it is connected again.
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
