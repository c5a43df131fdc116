import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newClusterId, isPortFree, freePort, type LocalKafka, type LocalKafkaOptions, startLocalKafka } from '../cli/kafka/index.ts'

export interface ClusterOptions {
  /** Directory of the cluster, with one folder per broker. */
  readonly dir: string
  /** Number of brokers; default 3. */
  readonly brokers?: number
  /** Server properties of all brokers; they override those of the cluster. */
  readonly properties?: LocalKafkaOptions['properties']
  /** Heap of each broker, MB; default 256. */
  readonly heapMb?: number
  readonly signal?: AbortSignal
}

interface Node {
  readonly id: number
  readonly port: number
  kafka: LocalKafka | undefined
}

const pollMs = 50

/**
 * Real Kafka brokers, each also a controller. With three or more, topics have three replicas and min.insync.replicas is 2. The session timeout of a
 * broker is 3 s. Brokers are addressed by index, from 0; the Kafka node id is the index plus 1.
 */
export class KafkaCluster {
  readonly #options: ClusterOptions
  readonly #clusterId = newClusterId()
  readonly #nodes: readonly Node[]

  private constructor(options: ClusterOptions, ports: readonly number[]) {
    this.#options = options
    this.#nodes = ports.map((port, index) => ({ id: index + 1, port, kafka: undefined }))
  }

  /** Starts all brokers; resolves when all answer. If one fails, all are stopped. */
  static async start(options: ClusterOptions): Promise<KafkaCluster> {
    const cluster = new KafkaCluster(options, await freePorts(options.brokers ?? 3))
    try {
      await mkdir(options.dir, { recursive: true })
      // No broker answers before a majority runs, so all are started at the same time.
      await allOf(cluster.#nodes.map((_, index) => cluster.start(index)))
      return cluster
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  /** host:port of each broker, also of stopped ones. */
  get brokers(): readonly string[] {
    return this.#nodes.map(({ port }) => `127.0.0.1:${port}`)
  }

  /** The index of the broker with a Kafka node id, such as that of a partition's leader; -1: none. */
  indexOf(nodeId: number): number {
    return this.#nodes.findIndex(({ id }) => id === nodeId)
  }

  nodeId(index: number): number {
    return this.#node(index).id
  }

  isRunning(index: number): boolean {
    return this.#node(index).kafka !== undefined
  }

  /** Starts a broker with its existing data; resolves when it answers. */
  async start(index: number): Promise<void> {
    const node = this.#node(index)
    const { dir, properties, heapMb = 256, signal } = this.#options
    // A killed broker keeps its ports until its last thread has ended.
    while (!(await isPortFree(node.port)) || !(await isPortFree(node.port + 1))) await sleep(pollMs, undefined, { signal })
    node.kafka = await startLocalKafka({
      dir: join(dir, `broker-${node.id}`),
      port: node.port,
      heapMb,
      log: () => undefined,
      ...(signal === undefined ? {} : { signal }),
      quorum: {
        nodeId: node.id,
        clusterId: this.#clusterId,
        controllerPorts: Object.fromEntries(this.#nodes.map(({ id, port }) => [id, port + 1])),
      },
      properties: { ...clusterProperties(this.#nodes.length), ...properties },
    })
  }

  /** Sends SIGKILL: the broker neither closes its logs nor hands over its partitions. Resolves when it has ended. */
  async kill(index: number): Promise<void> {
    const { kafka } = this.#node(index)
    if (kafka === undefined) return
    process.kill(kafka.pid, 'SIGKILL')
    await this.stop(index)
  }

  /** Sends SIGTERM: the broker hands over its leaderships while others run. Resolves when it has ended. */
  async stop(index: number): Promise<void> {
    const node = this.#node(index)
    const { kafka } = node
    node.kafka = undefined
    await kafka?.stop()
  }

  /** Sends SIGSTOP: connections stay, nothing is answered. */
  freeze(index: number): void {
    const { kafka } = this.#node(index)
    if (kafka !== undefined) process.kill(kafka.pid, 'SIGSTOP')
  }

  /** Sends SIGCONT. */
  thaw(index: number): void {
    const { kafka } = this.#node(index)
    if (kafka !== undefined) process.kill(kafka.pid, 'SIGCONT')
  }

  /** Kills all brokers; a handover is not needed. */
  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((_, index) => this.kill(index)))
  }

  #node(index: number): Node {
    const node = this.#nodes[index]
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

/** Distinct free ports; the port after each is also free, for the controller. */
async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = await freePort()
    if (ports.every(other => Math.abs(other - port) > 1)) ports.push(port)
  }
  return ports
}

/** Waits until all have settled, then throws the error of the first that failed. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(outcome => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
