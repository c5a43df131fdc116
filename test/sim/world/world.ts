import { useEnv } from '../../../base/index.ts'
import { type LoggedRecord, SimKafka } from '../kafka/index.ts'
import { Dice } from '../dice.ts'
import { SimDisk } from '../disk/sim-disk.ts'
import { useSimDisks } from '../disk/sim-state.ts'
import { apiName } from '../net/network-rules.ts'
import { SimNetwork } from '../net/sim-network.ts'
import { Scheduler } from '../scheduler.ts'
import { SimEnv, worldBeganMs } from '../sim-env.ts'
import { SimProcess } from '../sim-process.ts'
import { applicationId, changelog, deadLetters, topics } from './counting.ts'
import { FaultDriver } from './fault-driver.ts'
import { InputWriter } from './inputs.ts'
import { Judge } from './judge.ts'
import { LogCursors, openPartitions, originOf, storeViolations } from './look.ts'
import { deletionsKeptMs, type Plan } from './plan.ts'
import { SimInstance } from './sim-instance.ts'
import { keepTopics } from './topic-upkeep.ts'
import { Trace } from './trace.ts'

/** Where the first broker listens. */
const firstPort = 9092
/** How long all may take after the last fault, and the ends of the instances after that, ms. */
const healedMs = 150_000
const stoppedMs = 60_000
/** How often the judge looks. */
const lookEveryMs = 250

export interface WorldOutcome {
  readonly violations: readonly string[]
  readonly hash: string
  readonly events: number
  /** How long it took, in its own time. */
  readonly simulatedMs: number
  readonly failures: number
}

/** A whole simulated world: brokers, a network, instances of the application, and what befalls them. */
export class World {
  readonly scheduler = new Scheduler()
  readonly kafka: SimKafka
  readonly network: SimNetwork
  readonly instances: readonly SimInstance[]
  readonly plan: Plan
  readonly trace: Trace
  readonly #judge: Judge
  readonly #cursors: LogCursors
  readonly #env: SimEnv
  readonly #inputs: InputWriter
  #lookedAtMs = 0
  /** What was committed to the changelog, by partition. */
  readonly #changes: LoggedRecord[][] = []

  /** `lateMs`: as of `SimNetworkOptions`. */
  constructor(plan: Plan, trace: Trace, lateMs?: () => number) {
    const { seed, setup } = plan
    this.plan = plan
    this.trace = trace
    const { scheduler } = this
    trace.clock = () => scheduler.now
    const addresses = Array.from({ length: setup.brokers }, (_, index) => ({ host: 'broker', port: firstPort + index }))
    const brokerDice = new Dice(seed, 'kafka')
    this.kafka = new SimKafka({
      brokers: setup.brokers,
      addresses,
      transactionVersion: setup.transactionVersion,
      timing: { marker: setup.markerMs, replication: setup.replicationMs, loading: setup.loadingMs, session: setup.missedMs },
      host: {
        now: () => Math.floor(worldBeganMs + scheduler.now),
        after: (ms, run) => {
          const event = scheduler.after(ms, undefined, 'kafka', run)
          return () => scheduler.cancel(event)
        },
        random: () => brokerDice.next(),
      },
    })
    this.network = new SimNetwork({
      scheduler,
      dice: new Dice(seed, 'network'),
      host: () => this.kafka,
      brokerOf: port => (port >= firstPort && port < firstPort + setup.brokers ? 1 + port - firstPort : undefined),
      latencyMs: setup.latencyMs,
      lateMs,
      onRequest: ({ api, process, broker }, request) => trace.request(process.name, apiName(api), broker, request),
    })
    const world = new SimProcess('world', 0)
    this.#env = new SimEnv({ scheduler, network: this.network, dice: new Dice(seed, 'env'), world })
    const disks = Array.from({ length: setup.instances }, (_, index) => new SimDisk(scheduler, new Dice(seed, `disk ${index}`)))
    this.instances = disks.map(
      (disk, index) =>
        new SimInstance({
          scheduler,
          setup,
          index,
          disk,
          brokers: addresses.map(({ host, port }) => `${host}:${port}`),
          note: text => trace.note(text),
        }),
    )
    this.#judge = new Judge(setup)
    this.#cursors = new LogCursors(this.kafka)
    this.#inputs = new InputWriter(this.kafka, scheduler, setup.brokers)
    scheduler.onEvent = event => trace.event(event)
  }

  /** Lets it happen, and judges. Only one world of a process can run at a time. */
  async run(): Promise<WorldOutcome> {
    const uuids = new Dice(this.plan.seed, 'disks')
    const restore = [
      useEnv(this.#env),
      useSimDisks(
        root => (this.instances.find(({ name }) => name === root) as SimInstance).disk,
        () => uuids.uuid(),
      ),
    ]
    const onRejection = (error: unknown): void =>
      this.trace.violation(`nobody handled an error in ${this.scheduler.current?.name}: ${stackOf(error)}`)
    process.on('unhandledRejection', onRejection)
    try {
      await this.#live()
    } catch (error) {
      this.trace.violation(`the world has ended: ${stackOf(error)}`)
    } finally {
      process.off('unhandledRejection', onRejection)
      for (const instance of this.instances) instance.process?.die()
      for (const undo of restore) undo()
    }
    const failures = this.instances.reduce((sum, instance) => sum + instance.failures, 0)
    const violations = [...this.trace.violations, ...this.#judge.violations]
    return { violations, hash: this.trace.hash, events: this.scheduler.events, simulatedMs: this.scheduler.now, failures }
  }

  async #live(): Promise<void> {
    const { scheduler, plan, kafka, network } = this
    const { setup } = plan
    for (let broker = 1; broker <= setup.brokers; broker++) network.startBroker(broker)
    const spec = { partitions: setup.partitions, replication: setup.brokers }
    const large = { 'message.timestamp.after.max.ms': '9223372036854775807' }
    kafka.createTopic(topics.input, { ...spec, config: large })
    if (setup.control) kafka.createTopic(topics.control, { ...spec, config: large })
    const { maxResultBytes, deletes, partitionAtMs } = setup.topics
    kafka.createTopic(topics.results, {
      ...spec,
      config: maxResultBytes === undefined ? {} : { 'max.message.bytes': String(maxResultBytes) },
    })
    if (deletes)
      kafka.createTopic(changelog, { ...spec, config: { 'cleanup.policy': 'compact', 'delete.retention.ms': String(deletionsKeptMs) } })
    kafka.createTopic(deadLetters, spec)
    this.#inputs.begin(plan)
    const dice = new Dice(plan.seed, 'starts')
    for (const instance of this.instances)
      scheduler.after(dice.chance(0.6) ? dice.between(0, 50) : dice.between(0, setup.inputMs), undefined, 'start', () => instance.start())
    const driver = new FaultDriver({ scheduler, network, kafka, instances: this.instances, setup, trace: this.trace })
    for (const fault of plan.faults) scheduler.after(fault.atMs, undefined, 'fault', () => driver.befall(fault))
    this.#lookOften()
    keepTopics({ kafka, scheduler, setup, look: () => this.#look(), note: text => this.trace.note(text) })
    const healAt = Math.max(setup.inputMs, ...plan.faults.map(({ atMs }) => atMs)) + 500
    await scheduler.run(() => this.#wrong, healAt)
    driver.heal()
    const complete = await scheduler.run(() => this.#wrong || this.#complete, healAt + healedMs)
    if (this.#wrong) return
    if (!complete)
      this.trace.violation(
        `no end within ${healedMs} ms: ${this.#judge.answered} of ${this.#judge.inputs} inputs are answered; open: ${openPartitions(kafka, setup).join(', ')}`,
      )
    await this.#stop()
    if (forgets(plan)) await this.#oneMoreLife()
    // The last markers are written a moment after their transactions have ended.
    await scheduler.run(() => false, scheduler.now + setup.transactionTimeoutMs + 5000)
    this.#look()
    if (!complete) return
    this.#judge.finish((topic, partition) => kafka.offsets(applicationId).committed.get(topic)?.get(partition)?.offset ?? 0)
    if (setup.guarantee !== 'exactly_once' || partitionAtMs !== undefined) return
    const disks = this.instances.map(({ disk }) => disk)
    const found = storeViolations(kafka, { setup, counts: this.#judge.counts, disks, changes: this.#changes })
    for (const violation of found) this.trace.violation(violation)
  }

  async #stop(): Promise<void> {
    const { scheduler, instances } = this
    for (const instance of instances) {
      instance.retired = true
      instance.stop()
    }
    const stopped = await scheduler.run(() => instances.every(({ running }) => !running), scheduler.now + stoppedMs)
    if (!stopped) this.trace.violation(`instances do not stop within ${stoppedMs} ms`)
  }

  /** Ends that a broker has forgotten are written by whoever takes the tasks over: the instances may have stopped before one did. */
  async #oneMoreLife(): Promise<void> {
    const { scheduler } = this
    const [instance] = this.instances as [SimInstance]
    instance.retired = false
    instance.start()
    const running = await scheduler.run(() => instance.streams?.state === 'running' && instance.running, scheduler.now + stoppedMs)
    if (!running) this.trace.violation(`an instance that is alone does not run within ${stoppedMs} ms`)
    await this.#stop()
  }

  get #wrong(): boolean {
    return this.trace.violations.length > 0 || this.#judge.violations.length > 0
  }

  /** As of the last look, which must have seen all inputs; and all instances run. */
  get #complete(): boolean {
    const { left, acknowledgedMs } = this.#inputs
    if (!this.instances.every(({ running, streams }) => running && streams?.state === 'running')) return false
    return left === 0 && this.#lookedAtMs > acknowledgedMs && this.#judge.answered >= this.#judge.inputs
  }

  #lookOften(): void {
    this.scheduler.after(lookEveryMs, undefined, 'look', () => {
      this.#look()
      this.#lookOften()
    })
  }

  #look(): void {
    this.#lookedAtMs = this.scheduler.now
    for (const topic of this.plan.setup.control ? [topics.input, topics.control] : [topics.input])
      this.#cursors.advance(topic, (partition, { offset, key, value }) =>
        this.#judge.input({ topic, partition, offset, key, poison: String(value).startsWith('poison') }),
      )
    this.#cursors.advance(changelog, (partition, record) => (this.#changes[partition] ??= []).push(record))
    this.#cursors.advance(topics.results, (partition, record) => this.#judge.result(partition, record))
    this.#cursors.advance(deadLetters, (partition, record) => this.#judge.letter(originOf(record), `${partition}@${record.offset}`))
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Whether a broker may have forgotten the ends of transactions. */
function forgets({ faults }: Plan): boolean {
  return faults.some(fault => (fault.kind === 'broker' && fault.forgetMarkers) || (fault.kind === 'request' && fault.act === 'broker'))
}
