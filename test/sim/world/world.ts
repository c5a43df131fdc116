import { useEnv } from '../../../base/index.ts'
import { SimKafka } from '../kafka/index.ts'
import { Dice } from '../dice.ts'
import { SimDisk } from '../disk/sim-disk.ts'
import { useSimDisks } from '../disk/sim-state.ts'
import { apiName } from '../net/network-rules.ts'
import { SimNetwork } from '../net/sim-network.ts'
import { Scheduler } from '../scheduler.ts'
import { SimEnv, worldBeganMs } from '../sim-env.ts'
import { SimProcess } from '../sim-process.ts'
import type { Application } from './application.ts'
import { applicationOf } from './application-of.ts'
import { FaultDriver } from './fault-driver.ts'
import { forgets } from './faults.ts'
import { InputWriter } from './inputs.ts'
import { openPartitions } from './look.ts'
import { useLimit } from './use-limit.ts'
import type { Plan } from './plan.ts'
import { SimInstance } from './sim-instance.ts'
import { LongestWait } from './longest-wait.ts'
import { keepTopics } from './topic-upkeep.ts'
import { Trace } from './trace.ts'

/** Where the first broker listens. */
const firstPort = 9092
/** The longest time from the last fault to the last answer, and from there to the end of the instances, ms. */
const healedMs = 150_000
const stoppedMs = 60_000
/** The interval at which the judge reads the topics, ms. */
const lookEveryMs = 250

export interface WorldOutcome {
  readonly violations: readonly string[]
  readonly hash: string
  readonly events: number
  /** The duration of the run, in simulated ms. */
  readonly simulatedMs: number
  readonly failures: number
}

/** A simulated world: brokers, a network, instances of the application, and the faults that are applied to them. */
export class World {
  readonly scheduler = new Scheduler()
  readonly kafka: SimKafka
  readonly network: SimNetwork
  readonly instances: readonly SimInstance[]
  readonly plan: Plan
  readonly trace: Trace
  readonly #application: Application
  readonly #env: SimEnv
  readonly #inputs: InputWriter
  readonly #waits: LongestWait | undefined
  #lookedAtMs = 0

  /** `lateMs`: see `SimNetworkOptions`. */
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
          topology: each => this.#application.topology(each),
          note: text => trace.note(text),
          violation: text => trace.violation(text),
        }),
    )
    this.#application = applicationOf({ kafka: this.kafka, setup })
    if (setup.calm !== undefined) this.#waits = new LongestWait(setup.calm.longestWaitMs)
    this.#inputs = new InputWriter(this.kafka, scheduler, setup.brokers)
    scheduler.onEvent = event => trace.event(event)
  }

  /** Runs the world and judges it. Only one world of a process can run at a time. */
  async run(): Promise<WorldOutcome> {
    const uuids = new Dice(this.plan.seed, 'disks')
    const { mostWaiting } = this.plan.setup.serving ?? {}
    const restore = [
      useEnv(this.#env),
      useSimDisks(
        root => (this.instances.find(({ name }) => name === root) as SimInstance).disk,
        () => uuids.uuid(),
      ),
      ...(mostWaiting === undefined ? [] : [useLimit('waiting_records', mostWaiting)]),
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
    const violations = [...this.trace.violations, ...this.#application.verdict.violations]
    return { violations, hash: this.trace.hash, events: this.scheduler.events, simulatedMs: this.scheduler.now, failures }
  }

  async #live(): Promise<void> {
    const { scheduler, plan, kafka, network } = this
    const { setup } = plan
    for (let broker = 1; broker <= setup.brokers; broker++) network.startBroker(broker)
    this.#application.createTopics()
    this.#inputs.begin(plan, this.#application)
    const dice = new Dice(plan.seed, 'starts')
    for (const instance of this.instances)
      scheduler.after(
        setup.calm !== undefined || dice.chance(0.6) ? dice.between(0, 50) : dice.between(0, setup.inputMs),
        undefined,
        'start',
        () => instance.start(),
      )
    const { topics } = this.#application
    const driver = new FaultDriver({ scheduler, network, kafka, instances: this.instances, setup, topics, trace: this.trace })
    for (const fault of plan.faults) scheduler.after(fault.atMs, undefined, 'fault', () => driver.befall(fault))
    this.#lookOften()
    keepTopics({ kafka, scheduler, setup, topics, look: () => this.#look(), note: text => this.trace.note(text) })
    const healAt = Math.max(setup.inputMs, ...plan.faults.map(({ atMs }) => atMs)) + 500
    await scheduler.run(() => this.#wrong, healAt)
    driver.heal()
    const { verdict } = this.#application
    const complete = await scheduler.run(() => this.#wrong || this.#complete, healAt + healedMs)
    if (this.#wrong) return
    if (!complete)
      this.trace.violation(
        `no end within ${healedMs} ms: ${verdict.answered} of ${verdict.inputs} inputs are answered; open: ${openPartitions(kafka, topics, setup.partitions).join(', ')}`,
      )
    await this.#stop()
    if (plan.faults.some(forgets) || this.#application.afterlifeMs > 0) await this.#oneMoreLife()
    // The last markers are written shortly after their transactions have ended.
    await scheduler.run(() => false, scheduler.now + setup.transactionTimeoutMs + 5000)
    this.#look()
    if (complete) this.#application.finish(this.instances.map(({ disk }) => disk))
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
    else if (this.#application.afterlifeMs > 0) await this.#tellAll()
    await this.#stop()
  }

  /** What is told late, and the ends of transactions that a broker has forgotten there: those are looked for every ten seconds. */
  async #tellAll(): Promise<void> {
    const { scheduler, kafka, plan } = this
    const { topics, afterlifeMs } = this.#application
    await scheduler.run(() => false, scheduler.now + afterlifeMs)
    await scheduler.run(() => openPartitions(kafka, topics, plan.setup.partitions).length === 0, scheduler.now + stoppedMs)
  }

  get #wrong(): boolean {
    return this.trace.violations.length > 0 || this.#application.verdict.violations.length > 0
  }

  /** Whether, as of the last look, which must have seen all inputs, everything is answered and all instances run. */
  get #complete(): boolean {
    const { left, acknowledgedMs } = this.#inputs
    if (!this.instances.every(({ running, streams }) => running && streams?.state === 'running')) return false
    const { answered, inputs } = this.#application.verdict
    return left === 0 && this.#lookedAtMs > acknowledgedMs && answered >= inputs
  }

  #lookOften(): void {
    this.scheduler.after(lookEveryMs, undefined, 'look', () => {
      this.#look()
      this.#lookOften()
    })
  }

  #look(): void {
    this.#lookedAtMs = this.scheduler.now
    this.#application.look()
    const late = this.#waits?.look(this.#lookedAtMs, this.#application.verdict)
    if (late !== undefined) this.trace.violation(late)
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
