import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cleanup, WineRows } from '../../cli/demo/index.ts'
import { SluiceError } from '../../base/index.ts'
import { createKafka, type Kafka } from '../../topology/runtime/index.ts'
import { type Cluster, newCluster } from '../../topology/runtime/kafka/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import {
  ChaosBroker,
  ChaosCluster,
  applicationId,
  type ChaosInstance,
  ChaosLoad,
  partitionCount,
  topics,
  wholeGroup,
  Random,
  ResultWatch,
} from '../chaos/index.ts'
import { BrokerMeter } from './broker-meter.ts'
import { quorumLeader } from './quorum-leader.ts'
import type { Trial } from './trial.ts'

export interface RecoveryOptions {
  readonly instances: number
  readonly standbyReplicas: number
  /** Number of brokers. */
  readonly brokers: number
  readonly rate: number
  readonly sessionTimeoutMs: number
  readonly guarantee: string
  /** Directory for all files. */
  readonly directory: string
  readonly cleanup: Cleanup
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** Pause between two trials, so that one does not affect the next. */
const calmMs = 2000
const brokerStopMs = 25_000

/** A broker, instances and load for trials that run one after the other. */
export class RecoveryRun {
  readonly cluster: ChaosCluster
  readonly watch: ResultWatch
  #turn = 0

  readonly #kafka: Kafka
  readonly #meter: BrokerMeter | undefined

  private constructor(
    cluster: ChaosCluster,
    { watch, kafka, meter }: { watch: ResultWatch; kafka: Kafka; meter: BrokerMeter | undefined },
  ) {
    this.#kafka = kafka
    this.#meter = meter
    this.cluster = cluster
    this.watch = watch
  }

  /** Starts everything; the cleanup stops it. */
  static async start(options: RecoveryOptions): Promise<RecoveryRun> {
    const { cleanup, signal, log, rate } = options
    const directory = await mkdtemp(join(options.directory, 'run-'))
    const broker = await ChaosBroker.start(join(directory, 'kafka'), signal, options.brokers)
    cleanup.add(() => (options.brokers === 1 ? broker.stop() : broker.close()), brokerStopMs)
    const kafka = createKafka({ brokers: broker.brokers.split(','), clientId: 'recovery' })
    const admin = kafka.admin()
    await admin.connect()
    await createTopics(
      admin,
      Object.values(topics).map(topic => ({ topic, numPartitions: partitionCount })),
    )
    await admin.disconnect()
    const wines = await WineRows.read()
    // Where brokers fail, the load and the reader must not be the product's own client.
    const metered = options.brokers > 1
    const load = new ChaosLoad({ kafka, wines, random: new Random(1), rate: metered ? 0 : rate, oddEvery: 0, odd: 'serve', log })
    await load.publishAll()
    const end = new AbortController()
    const watch = new ResultWatch()
    const following = watch.follow(kafka, topics.results, end.signal)
    const cluster = new ChaosCluster({ ...options, directory, broker, alteration: undefined })
    cleanup.add(() => Promise.all([following, loading]))
    cleanup.add(() => cluster.kill())
    cleanup.add(() => end.abort())
    await cluster.start(signal)
    const loading = load.run(AbortSignal.any([signal, end.signal]))
    loading.catch(() => undefined)
    const meter = metered ? await BrokerMeter.start({ brokers: broker.brokers, directory, wines, rate, signal }) : undefined
    cleanup.add(() => meter?.close())
    const run = new RecoveryRun(cluster, { watch, kafka, meter })
    await run.settle()
    return run
  }

  /** Resolves when the group is complete and a pause has passed. Throws CHECK_FAILED if the group does not become complete. */
  async settle(): Promise<void> {
    if ((await wholeGroup(this.cluster)) === undefined) throw new SluiceError('CHECK_FAILED', 'the group did not become complete again')
    await sleep(calmMs)
  }

  /** The longest time in which a partition had no result while `work` ran, and the same of its inputs, ms. */
  async longestSilence(work: () => Promise<unknown>): Promise<Trial> {
    if (this.#meter === undefined) throw new Error('only runs with several brokers have a meter')
    const { results, inputs } = await this.#meter.longestSilences(work)
    return { value: Math.max(...results), inputs: Math.max(...inputs) }
  }

  /** The broker that leads the first partition of the data topic. */
  async leaderIndex(): Promise<number> {
    const admin = this.#kafka.admin()
    await admin.connect()
    const { topics: described } = await admin.fetchTopicMetadata({ topics: [topics.data] })
    await admin.disconnect()
    return this.cluster.broker.indexOf(described[0]?.partitions.find(({ partitionId }) => partitionId === 0)?.leader ?? -1)
  }

  /** The broker that coordinates the application's group. */
  coordinatorIndex(): Promise<number> {
    return this.#indexOf(async cluster => {
      const { nodeId } = (await cluster.findGroupCoordinator({ groupId: applicationId })) as unknown as { readonly nodeId: number }
      return nodeId
    })
  }

  /** The broker that is the active controller. */
  controllerIndex(): Promise<number> {
    return this.#indexOf(quorumLeader)
  }

  async #indexOf(find: (cluster: Cluster) => Promise<number>): Promise<number> {
    const cluster = newCluster(this.#kafka)
    await cluster.connect()
    const id = await find(cluster)
    await cluster.disconnect()
    return this.cluster.broker.indexOf(id)
  }

  /** Calls `make` with the next instance in turn. `recovered` resolves with the ms until the partitions of that instance work again. */
  async onVictim(make: (victim: ChaosInstance, recovered: () => Promise<number>) => Promise<number>): Promise<number> {
    const { instances } = this.cluster
    const victim = instances[this.#turn++ % instances.length] as ChaosInstance
    const partitions = await this.cluster.partitionsOf(victim)
    const started = performance.now()
    return make(victim, async () => {
      const before = performance.now() - started
      return before + (await this.watch.recovery(partitions))
    })
  }
}
