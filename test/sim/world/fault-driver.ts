import { decodeOffsetNote } from '../../../topology/runtime/group/index.ts'
import { applicationId, type ApplicationTopics, coordinatorPartitions } from './application.ts'
import { apiName } from '../net/network-rules.ts'
import { faultText, type Fault, type RequestFault } from './faults.ts'
import type { Ending, SimKafka } from '../kafka/index.ts'
import type { SimNetwork } from '../net/sim-network.ts'
import type { Scheduler } from '../scheduler.ts'
import type { Setup } from './plan.ts'
import type { SimInstance } from './sim-instance.ts'
import type { Trace } from './trace.ts'

type FaultOf<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>

/** The parts of a world that faults are applied to. */
export interface FaultyWorld {
  readonly scheduler: Scheduler
  readonly network: SimNetwork
  readonly kafka: SimKafka
  readonly instances: readonly SimInstance[]
  readonly setup: Setup
  readonly topics: ApplicationTopics
  readonly trace: Trace
}

/** Applies faults to a world, and ends them. */
export class FaultDriver {
  readonly #world: FaultyWorld
  /** Brokers that do not come back. */
  readonly #away = new Set<number>()
  #healed = false

  /** Those that have not come about yet. */
  #endings: readonly (FaultOf<'ending'> & { left: number })[] = []

  constructor(world: FaultyWorld) {
    this.#world = world
    world.kafka.onEnding = ending => this.#atEnding(ending)
  }

  befall(fault: Fault): void {
    this.#world.trace.note(`FAULT ${faultText(fault)}`)
    const { kind } = fault
    if (kind === 'broker') this.#killBroker(fault)
    else if (kind === 'away') this.#takeAway(fault)
    else if (kind === 'thick') this.#freezeBroker(fault.broker, fault.forMs)
    else if (kind === 'leader') this.#moveLeader(fault)
    else if (kind === 'coordinator') this.#moveCoordinator(fault)
    else if (kind === 'block') this.#block(fault)
    else if (kind === 'request') this.#atRequest(fault)
    else if (kind === 'ending') this.#endings = [...this.#endings, { ...fault, left: fault.skip }]
    else if (kind === 'offsets') this.#loseOffsets(fault.downMs)
    else this.#befallInstance(fault)
  }

  /** Ends all faults: from here on everything works, except for brokers that stay down, and all instances run. */
  heal(): void {
    const { network, instances, setup, scheduler, trace } = this.#world
    trace.note('HEALED: no fault from here on')
    this.#healed = true
    this.#endings = []
    network.rules.clear()
    network.blocks.open()
    for (let broker = 1; broker <= setup.brokers; broker++) {
      const process = network.broker(broker)
      if (process === undefined) this.#startBroker(broker)
      else scheduler.thaw(process)
    }
    for (const instance of instances) {
      instance.disk.fullUntilMs = 0
      instance.disk.unreadableUntilMs = 0
      if (instance.process !== undefined) scheduler.thaw(instance.process)
      instance.wanted = true
      this.#startSoon(instance, 0)
    }
  }

  #befallInstance(fault: FaultOf<'kill' | 'stop' | 'freeze' | 'clock' | 'full' | 'unreadable' | 'cut'>): void {
    const { scheduler, network, instances } = this.#world
    const instance = instances[fault.instance] as SimInstance
    if (fault.kind === 'kill') {
      instance.kill()
      this.#startSoon(instance, fault.downMs)
    } else if (fault.kind === 'stop') {
      instance.stop()
      this.#startSoon(instance, fault.downMs)
    } else if (fault.kind === 'freeze') this.#freeze(instance, fault.forMs)
    else if (fault.kind === 'clock') {
      instance.skewMs = fault.byMs
      if (instance.process !== undefined) instance.process.skewMs = instance.skewMs
    } else if (fault.kind === 'full') instance.disk.fullUntilMs = scheduler.now + fault.forMs
    else if (fault.kind === 'unreadable') instance.disk.unreadableUntilMs = scheduler.now + fault.forMs
    else {
      const broker = network.broker(fault.broker)
      if (broker !== undefined && instance.process !== undefined) network.cut(instance.process, broker)
    }
  }

  #loseOffsets(downMs: number): void {
    const { kafka, instances, topics, trace } = this.#world
    for (const instance of instances) {
      if (!instance.running) continue
      instance.kill()
      this.#startSoon(instance, downMs)
    }
    for (const [partition, { metadata }] of kafka.offsets(applicationId).committed.get(topics.inputs[0] as string) ?? []) {
      // Of a commit that wrote no rows nothing else tells.
      if ((decodeOffsetNote(metadata)?.stores ?? []).length === 0) continue
      if (kafka.loseOffset(applicationId, topics.inputs[0] as string, partition))
        trace.note(`the last offset of partition ${partition} is lost`)
    }
  }

  /** Starts the process again when its previous life has ended: a graceful stop takes a while. */
  #startSoon(instance: SimInstance, ms: number): void {
    const { scheduler } = this.#world
    scheduler.after(ms, undefined, 'start', () => {
      if (instance.running && instance.stopping) this.#startSoon(instance, 100)
      else instance.start()
    })
  }

  #freeze(instance: SimInstance, forMs: number): void {
    const { scheduler, trace } = this.#world
    const { process } = instance
    if (process?.alive !== true || this.#healed) return
    scheduler.freeze(process)
    scheduler.after(forMs, undefined, 'thaw', () => {
      trace.note(`${instance.name} goes on`)
      scheduler.thaw(process)
    })
  }

  #killBroker({ broker, downMs, unflushed, forgetMarkers }: Omit<FaultOf<'broker'>, 'kind' | 'atMs'>): void {
    const { network, kafka, scheduler } = this.#world
    if (network.broker(broker) === undefined) return
    network.killBroker(broker)
    kafka.kill(broker, { unflushed, forgetMarkers })
    scheduler.after(downMs, undefined, 'start', () => this.#startBroker(broker))
  }

  #atEnding({ transactionalId, commit, broker }: Ending): void {
    const { scheduler, trace } = this.#world
    const due = this.#endings.find(fault => fault.commit === commit)
    if (due === undefined || due.left-- > 0) return
    this.#endings = this.#endings.filter(fault => fault !== due)
    const { afterMs, downMs, next } = due
    scheduler.after(afterMs, undefined, 'fault', () => {
      if (this.#healed) return
      trace.note(`FAULT broker ${broker} dies, which was told to ${commit ? 'commit' : 'abort'} the transaction of ${transactionalId}`)
      this.#killBroker({ broker, downMs, unflushed: 'kept', forgetMarkers: true })
      if (next !== undefined) this.#atRequest(next)
    })
  }

  #takeAway({ broker, unflushed }: FaultOf<'away'>): void {
    this.#away.add(broker)
    this.#killBroker({ broker, downMs: 0, unflushed, forgetMarkers: false })
  }

  #startBroker(broker: number): void {
    const { network, kafka, trace } = this.#world
    if (network.broker(broker) !== undefined || this.#away.has(broker)) return
    trace.note(`broker ${broker} starts`)
    kafka.start(broker)
    network.startBroker(broker)
  }

  #freezeBroker(broker: number, forMs: number): void {
    const { network, scheduler } = this.#world
    const process = network.broker(broker)
    if (process === undefined) return
    scheduler.freeze(process)
    scheduler.after(forMs, undefined, 'thaw', () => scheduler.thaw(process))
  }

  #moveLeader({ partition, topic, broker }: FaultOf<'leader'>): void {
    const { inputs, results, changelogs } = this.#world.topics
    const [input, changelog] = [inputs[0] as string, changelogs[partition % changelogs.length] as string]
    this.#lead({ input, results, changelog }[topic], partition, broker)
  }

  #moveCoordinator({ of, broker }: FaultOf<'coordinator'>): void {
    const topic = of === 'group' ? '__consumer_offsets' : '__transaction_state'
    for (let partition = 0; partition < coordinatorPartitions; partition++) this.#lead(topic, partition, broker)
  }

  /** Only a broker that is in sync can lead. */
  #lead(topic: string, partition: number, broker: number): void {
    try {
      this.#world.kafka.moveLeader(topic, partition, broker)
    } catch (error) {
      this.#world.trace.note(`not moved: ${String(error)}`)
    }
  }

  #block({ instance, broker, ways, forMs }: FaultOf<'block'>): void {
    const { network, scheduler } = this.#world
    const [client, server] = [`instance-${instance}`, `broker-${broker}`]
    if (ways !== 'down') network.blocks.block(client, server)
    if (ways !== 'up') network.blocks.block(server, client)
    scheduler.after(forMs, undefined, 'open', () => network.blocks.open())
  }

  #atRequest({ api, moment, skip, times, act, ms, rebalancing = false }: RequestFault): void {
    const { network, instances, scheduler, trace } = this.#world
    network.rules.add({
      moment,
      skip,
      times,
      matches: facts =>
        facts.api === api &&
        (!rebalancing || instances.some(({ process, streams }) => process === facts.process && streams?.state === 'rebalancing')),
      act: ({ process, broker }) => {
        trace.note(`FAULT ${moment} ${apiName(api)} of ${process.name} at broker ${broker}: ${act} ${ms}`)
        if (act === 'cut') return 'cut'
        if (act === 'late') return { delayMs: ms }
        const instance = instances.find(each => each.process === process)
        // In an event of its own, because the current event is not finished.
        scheduler.after(0, undefined, 'fault', () => {
          if (act === 'broker') this.#killBroker({ broker, downMs: ms, unflushed: 'lost', forgetMarkers: true })
          else if (instance !== undefined && act === 'freeze') this.#freeze(instance, ms)
          else if (instance !== undefined) {
            instance.kill()
            this.#startSoon(instance, ms)
          }
        })
        return undefined
      },
    })
  }
}
