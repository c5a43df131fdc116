import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import { runningBroker } from './broker-record.ts'
import { type ClusterNode, clusterRecord, type ClusterRecord, nodeDirectory, writeClusterRecord } from './cluster-record.ts'
import { newClusterId } from './format-storage.ts'
import { freePort, isPortFree } from './free-port.ts'
import { findKafka } from './kafka-distribution.ts'
import { type LocalKafka, type LocalKafkaOptions, startLocalKafka, writableDirectory } from './local-kafka.ts'

type Properties = NonNullable<LocalKafkaOptions['properties']>

export interface ClusterOptions extends Pick<LocalKafkaOptions, 'detached' | 'log' | 'signal'> {
  /** Server properties that are added to those of the launcher and override them; a function: those of each broker. */
  readonly properties?: Properties | ((node: ClusterNode) => Properties)
  /** Directory of the cluster, with one folder per broker. Data is kept between starts. */
  readonly dir: string
  /** Number of brokers; default 3. Existing data is of as many brokers as it was made by. */
  readonly brokers?: number
  /** Port of the first broker; the others take the next ones. Default: any free ports. */
  readonly firstPort?: number
  /** Heap of each broker, MB; default 256. */
  readonly heapMb?: number
}

const pollMs = 50
const highestPort = 65_535

/**
 * Real Kafka brokers, each also a controller. With three or more, topics have three replicas and min.insync.replicas is 2. The session timeout of a
 * broker is 3 s. Brokers are addressed by index, from 0; the Kafka node id is the index plus 1.
 */
export class KafkaCluster {
  readonly #options: ClusterOptions
  readonly #record: ClusterRecord
  /** The brokers that were started here, by index. */
  readonly #running = new Map<number, LocalKafka>()
  /** Those of them that ended: their ports come free. */
  readonly #ended = new Set<number>()

  private constructor(options: ClusterOptions, record: ClusterRecord) {
    this.#options = options
    this.#record = record
  }

  /** Starts all brokers that do not run yet; resolves when all answer. If one fails, all that were started here are stopped. */
  static async start(options: ClusterOptions): Promise<KafkaCluster> {
    const dir = await writableDirectory(options.dir)
    // Looked for once: otherwise each broker would fetch it.
    const { inContainer } = await findKafka({ env: process.env, log: options.log, signal: options.signal })
    if (inContainer) throw new SluiceError('BROKER_FAILED', 'several brokers cannot be started in Docker: install Java and Maven')
    const record = await recordOf({ ...options, dir })
    await writeClusterRecord(dir, record)
    const failed = new AbortController()
    const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal])
    const cluster = new KafkaCluster({ ...options, dir }, record)
    const stopped = record.nodes.flatMap(({ id }, index) => (runningBroker(nodeDirectory(dir, id)) === undefined ? [index] : []))
    let first: unknown
    const start = async (index: number): Promise<void> => {
      await cluster.start(index, signal).catch((error: unknown) => {
        first ??= error
        failed.abort()
      })
    }
    // No broker answers before a majority runs, so all are started at the same time, and given up when one fails.
    await Promise.all(stopped.map(start))
    if (first === undefined) return cluster
    await cluster.close()
    throw first
  }

  /** host:port of each broker, also of stopped ones. */
  get brokers(): readonly string[] {
    return this.#record.nodes.map(({ port }) => `127.0.0.1:${port}`)
  }

  /** The index of the broker with a Kafka node id, such as that of a partition's leader; -1: none. */
  indexOf(nodeId: number): number {
    return this.#record.nodes.findIndex(({ id }) => id === nodeId)
  }

  nodeId(index: number): number {
    return this.#node(index).id
  }

  isRunning(index: number): boolean {
    return this.#running.has(index)
  }

  /** Starts a broker with its existing data; resolves when it answers. */
  async start(index: number, signal = this.#options.signal): Promise<void> {
    const { id, port, controllerPort } = this.#node(index)
    const { dir, properties, detached = false, log, heapMb = 256 } = this.#options
    const { clusterId, nodes } = this.#record
    // A killed broker keeps its ports until its last thread has ended.
    while (this.#ended.has(index) && !((await isPortFree(port)) && (await isPortFree(controllerPort))))
      await sleep(pollMs, undefined, { signal })
    const kafka = await startLocalKafka({
      dir: nodeDirectory(dir, id),
      port,
      heapMb,
      detached,
      ...(log === undefined ? {} : { log }),
      ...(signal === undefined ? {} : { signal }),
      quorum: { nodeId: id, clusterId, controllerPorts: Object.fromEntries(nodes.map(node => [node.id, node.controllerPort])) },
      properties: {
        ...clusterProperties(nodes.length),
        ...(typeof properties === 'function' ? properties(this.#node(index)) : properties),
      },
    })
    this.#running.set(index, kafka)
  }

  /** Sends SIGKILL: the broker neither closes its logs nor hands over its partitions. Resolves when it has ended. */
  async kill(index: number): Promise<void> {
    const kafka = this.#running.get(index)
    if (kafka === undefined) return
    process.kill(kafka.pid, 'SIGKILL')
    await this.stop(index)
  }

  /** Sends SIGTERM: the broker hands over its leaderships while others run. Resolves when it has ended. */
  async stop(index: number): Promise<void> {
    const kafka = this.#running.get(index)
    this.#running.delete(index)
    if (kafka !== undefined) this.#ended.add(index)
    await kafka?.stop()
  }

  /** Sends SIGSTOP: connections stay, nothing is answered. */
  freeze(index: number): void {
    this.#signal(index, 'SIGSTOP')
  }

  /** Sends SIGCONT. */
  thaw(index: number): void {
    this.#signal(index, 'SIGCONT')
  }

  /** Kills all brokers that were started here; a handover is not needed. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map(index => this.kill(index)))
  }

  #signal(index: number, signal: NodeJS.Signals): void {
    const kafka = this.#running.get(index)
    if (kafka !== undefined) process.kill(kafka.pid, signal)
  }

  #node(index: number): ClusterNode {
    const node = this.#record.nodes[index]
    if (node === undefined) throw new RangeError(`the cluster has no broker ${index}`)
    return node
  }
}

function clusterProperties(brokers: number): Record<string, string | number> {
  const replicas = Math.min(brokers, 3)
  const inSync = replicas === 3 ? 2 : 1
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    // Taken from the heap; the default would be half of a test broker's heap.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  }
}

/** What is there goes on with its data, and on its ports while a broker runs. */
async function recordOf({ dir, brokers = 3, firstPort }: ClusterOptions): Promise<ClusterRecord> {
  const known = clusterRecord(dir)
  if (known?.nodes.some(({ id }) => runningBroker(nodeDirectory(dir, id)) !== undefined)) return known
  const count = known?.nodes.length ?? brokers
  const nodes = firstPort === undefined ? await freeNodes(count) : await nodesFrom(firstPort, count)
  return { clusterId: known?.clusterId ?? newClusterId(), nodes }
}

/** Distinct free ports; the port after each is its controller's. */
async function freeNodes(count: number): Promise<readonly ClusterNode[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = await freePort()
    if (ports.every(other => Math.abs(other - port) > 1)) ports.push(port)
  }
  return ports.map((port, index) => ({ id: index + 1, port, controllerPort: port + 1 }))
}

/** Brokers on neighbouring ports; each controller on the first port after them that is free. Throws PORT_TAKEN. */
async function nodesFrom(firstPort: number, count: number): Promise<readonly ClusterNode[]> {
  const last = firstPort + count - 1
  for (let port = firstPort; port <= last; port++) {
    if (port > highestPort || !(await isPortFree(port)))
      throw new SluiceError(
        'PORT_TAKEN',
        `port ${port} of 127.0.0.1 is taken: ${count} brokers need the ports ${firstPort} to ${last}; stop what listens there or choose others`,
      )
  }
  const nodes: ClusterNode[] = []
  for (let controllerPort = last + 1; nodes.length < count; controllerPort++) {
    if (controllerPort > highestPort)
      throw new SluiceError('PORT_TAKEN', `no ports for ${count} controllers are free after ${last}: choose others`)
    if (await isPortFree(controllerPort)) nodes.push({ id: nodes.length + 1, port: firstPort + nodes.length, controllerPort })
  }
  return nodes
}
