import type { Mend } from './mend.ts'

interface Broker {
  readonly connectionPool: object
  disconnect(): Promise<void>
}

interface BrokerPool {
  readonly seedBroker?: Broker | undefined
  readonly brokers: Readonly<Record<string, Broker>>
}

interface Connection {
  disconnect(): Promise<void>
}

export interface ConnectionPoolMethods {
  getConnection: (this: object, index?: number) => Promise<Connection>
}

export interface BrokerPoolMethods {
  connect: (this: object) => Promise<void>
  connectBroker: (this: object, broker: Broker) => Promise<void>
  disconnect: (this: object) => Promise<void>
}

export interface ClusterMethods {
  connect: (this: { readonly brokerPool: BrokerPool }) => Promise<void>
  disconnect: (this: { readonly brokerPool: BrokerPool }) => Promise<void>
}

export interface ClosedMethods {
  readonly pools: BrokerPoolMethods
  readonly clusters: ClusterMethods
  readonly connections: ConnectionPoolMethods
}

/** Clusters, and their pools of brokers and of connections, that their owner has disconnected and not connected again. */
const closed = new WeakSet<object>()

/** Whether a cluster was disconnected, and so finds nothing until it is connected again. */
export function isClosed(cluster: object): boolean {
  return closed.has(cluster)
}

/** Puts the rule around the methods of kafkajs' BrokerPool, Cluster and ConnectionPool classes. `refusal` makes the error of who comes too late. */
export function closeForGood({ pools, clusters, connections }: ClosedMethods, refusal: () => Error): void {
  const { connect, connectBroker, disconnect } = pools
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
  const { getConnection } = connections
  connections.getConnection = async function (index) {
    if (closed.has(this)) throw refusal()
    const connection = await getConnection.call(this, index)
    if (!closed.has(this)) return connection
    await connection.disconnect()
    throw refusal()
  }
  const { connect: connectCluster, disconnect: disconnectCluster } = clusters
  clusters.connect = function () {
    const { brokerPool } = this
    closed.delete(this)
    closed.delete(brokerPool)
    if (brokerPool.seedBroker !== undefined) closed.delete(brokerPool.seedBroker.connectionPool)
    return connectCluster.call(this)
  }
  clusters.disconnect = function () {
    const { brokerPool } = this
    closed.add(this)
    closed.add(brokerPool)
    // Whoever looked a broker up before, such as a member that leaves its group, still has it.
    for (const broker of [brokerPool.seedBroker, ...Object.values(brokerPool.brokers)])
      if (broker !== undefined) closed.add(broker.connectionPool)
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
    const connections = modules.load('src/network/connectionPool.js') as { prototype: ConnectionPoolMethods }
    const methods = { pools: pool.prototype, clusters: cluster.prototype, connections: connections.prototype }
    closeForGood(methods, () => new KafkaJSNonRetriableError('the client was disconnected'))
  },
}
