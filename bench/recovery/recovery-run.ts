import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cleanup, WineRows } from '../../cli/demo/index.ts'
import { SluiceError } from '../../base/index.ts'
import { createKafka } from '../../topology/runtime/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import {
  ChaosBroker,
  ChaosCluster,
  type ChaosInstance,
  ChaosLoad,
  partitionCount,
  topics,
  wholeGroup,
  Random,
  ResultWatch,
} from '../chaos/index.ts'

export interface RecoveryOptions {
  readonly instances: number
  readonly standbyReplicas: number
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

  private constructor(cluster: ChaosCluster, watch: ResultWatch) {
    this.cluster = cluster
    this.watch = watch
  }

  /** Starts everything; the cleanup stops it. */
  static async start(options: RecoveryOptions): Promise<RecoveryRun> {
    const { cleanup, signal, log, rate } = options
    const directory = await mkdtemp(join(options.directory, 'run-'))
    const broker = await ChaosBroker.start(join(directory, 'kafka'), signal)
    cleanup.add(() => broker.stop(), brokerStopMs)
    const kafka = createKafka({ brokers: [broker.brokers], clientId: 'recovery' })
    const admin = kafka.admin()
    await admin.connect()
    await createTopics(
      admin,
      Object.values(topics).map(topic => ({ topic, numPartitions: partitionCount })),
    )
    await admin.disconnect()
    const load = new ChaosLoad({ kafka, wines: await WineRows.read(), random: new Random(1), rate, oddEvery: 0, odd: 'serve', log })
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
    const run = new RecoveryRun(cluster, watch)
    await run.settle()
    return run
  }

  /** Resolves when the group is complete and a pause has passed. Throws CHECK_FAILED if the group does not become complete. */
  async settle(): Promise<void> {
    if ((await wholeGroup(this.cluster)) === undefined) throw new SluiceError('CHECK_FAILED', 'the group did not become complete again')
    await sleep(calmMs)
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
