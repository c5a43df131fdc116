import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newClusterId, isPortFree, freePort, type LocalKafka, type LocalKafkaOptions, startLocalKafka } from '../cli/kafka/index.ts'

export interface ClusterOptions {
  /** Of the cluster; each broker has a folder of its own in it. */
  readonly dir: string
  /** Default 3. */
  readonly brokers?: number
  /** Server properties of all, beside and before the cluster's own. */
  readonly properties?: LocalKafkaOptions['properties']
  /** Default 256. */
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
 * Real Kafka brokers that each are a controller too: every topic on three of them, two of which have to have what is acknowledged, and a broker
 * that says nothing for three seconds is out. Brokers are told by their index, from 0; as Kafka's node its id is one more.
 */
export class KafkaCluster {
  readonly #options: ClusterOptions
  readonly #clusterId = newClusterId()
  readonly #nodes: readonly Node[]

  private constructor(options: ClusterOptions, ports: readonly number[]) {
    this.#options = options
    this.#nodes = ports.map((port, index) => ({ id: index + 1, port, kafka: undefined }))
  }

  /** Resolves once all answer. When one does not, none is left running. */
  static async start(options: ClusterOptions): Promise<KafkaCluster> {
    const cluster = new KafkaCluster(options, await freePorts(options.brokers ?? 3))
    try {
      await mkdir(options.dir, { recursive: true })
      // None answers before most of them run.
      await allOf(cluster.#nodes.map((_, index) => cluster.start(index)))
      return cluster
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  /** host:port of each, dead ones too. */
  get brokers(): readonly string[] {
    return this.#nodes.map(({ port }) => `127.0.0.1:${port}`)
  }

  /** The index of a broker by its id as Kafka tells it, such as a partition's leader. */
  indexOf(nodeId: number): number {
    return this.#nodes.findIndex(({ id }) => id === nodeId)
  }

  nodeId(index: number): number {
    return this.#node(index).id
  }

  isRunning(index: number): boolean {
    return this.#node(index).kafka !== undefined
  }

  /** Starts a broker again with what it had stored; resolves once it answers. */
  async start(index: number): Promise<void> {
    const node = this.#node(index)
    const { dir, properties, heapMb = 256, signal } = this.#options
    // A broker that was killed frees its ports only when its last thread has ended.
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

  /** kill -9: it closes no log and tells nobody. Resolves once it is gone. */
  async kill(index: number): Promise<void> {
    const { kafka } = this.#node(index)
    if (kafka === undefined) return
    process.kill(kafka.pid, 'SIGKILL')
    await this.stop(index)
  }

  /** SIGTERM: it hands over what it leads, while the others run. Resolves once it is gone. */
  async stop(index: number): Promise<void> {
    const node = this.#node(index)
    const { kafka } = node
    node.kafka = undefined
    await kafka?.stop()
  }

  /** Ends all: nobody has to take anything over. */
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
    // Of the heap: by default half of what a test's broker has.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  }
}

/** All different, each with the next one free too, for its controller. */
async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = await freePort()
    if (ports.every(other => Math.abs(other - port) > 1)) ports.push(port)
  }
  return ports
}

/** Waits for all, whatever becomes of the others; throws what the first that failed says. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(outcome => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
