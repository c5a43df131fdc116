import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import { Echo } from '../echo/index.ts'
import { Cleanup } from '../../cli/demo/index.ts'
import { sluice } from '../../proto/messages.js'
import type { ModelEvent } from '../../serving/index.ts'
import type { InstanceMetadata } from '../../topology/index.ts'
import { createKafka, type Kafka, partitionForKey, TopicWriter } from '../../topology/runtime/index.ts'
import { createTopics, type WriterRecord } from '../../topology/runtime/topics/index.ts'
import { ChaosInstance, ownEnvironment, programFile } from '../chaos/index.ts'
import { AnswerLog } from './answer-log.ts'
import { EventWatch } from './event-watch.ts'
import type { LifeSettings } from './scenario.ts'
import { sha256Of } from './wines.ts'

export interface WorldOptions {
  readonly join: 'keyed' | 'broadcast'
  /** Of the data; with `keyed` of the models, too. */
  readonly partitions: number
}

/** A record of the models topic, by its place. */
export interface Asked {
  readonly partition: number
  readonly offset: number
}

const { ONNX, MODULE } = sluice.ModelDescriptor.ModelType
const broadcastModels = 2
const sessionTimeoutMs = 6000
/** How long a model may be tried: one that hangs takes as long, and others must not on a busy machine. */
const loadTimeoutMs = 10_000
const stopMs = 20_000
const keptForEver = { name: 'retention.ms', value: '-1' } as const

/** An application with topics of its own on a real Kafka, whose instances are processes (`sluice serve`), and what is seen of it. */
export class LifeWorld {
  readonly kafka: Kafka
  readonly answers = new AnswerLog()
  readonly events = new EventWatch()
  readonly echo = new Echo()
  readonly options: WorldOptions
  readonly applicationId: string
  readonly #settings: LifeSettings
  readonly #prefix = `life-${randomBytes(4).toString('hex')}-`
  readonly #instances = new Map<string, ChaosInstance>()
  readonly #cleanup = new Cleanup()
  readonly #end = new AbortController()
  readonly #ended: string[] = []
  #directory = ''
  #models!: TopicWriter
  #asking: Promise<unknown> = Promise.resolve()

  private constructor(settings: LifeSettings, options: WorldOptions) {
    this.#settings = settings
    this.options = options
    this.applicationId = `${this.#prefix}app`
    this.kafka = createKafka({ brokers: settings.brokers.split(','), clientId: 'life' })
  }

  /** Calls `use` with an application without instances; whatever comes of it, nothing is left behind. */
  static async with<T>(settings: LifeSettings, options: WorldOptions, use: (world: LifeWorld) => Promise<T>): Promise<T> {
    const world = new LifeWorld(settings, options)
    try {
      await world.#open()
      const found = await use(world)
      if (world.#ended.length > 0) throw new SluiceError('CHECK_FAILED', `instances ended by themselves: ${world.#ended.join(', ')}`)
      return found
    } finally {
      world.#end.abort()
      await world.#cleanup.run()
    }
  }

  get partitions(): readonly number[] {
    return Array.from({ length: this.options.partitions }, (_, partition) => partition)
  }

  get #modelPartitions(): number {
    return this.options.join === 'keyed' ? this.options.partitions : broadcastModels
  }

  topic(name: 'data' | 'models' | 'results' | 'echo' | 'results-shadow'): string {
    return this.#prefix + name
  }

  /** Starts instances; resolves when all of their tasks run. */
  async start(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const instance = this.#instances.get(name) ?? this.#make(name)
      this.#instances.set(name, instance)
      instance.start()
    }
    while (!names.every(name => this.instance(name).ready)) {
      if (this.#ended.length > 0) throw new SluiceError('CHECK_FAILED', `instances ended by themselves: ${this.#ended.join(', ')}`)
      await sleep(20, undefined, { signal: this.#settings.signal })
    }
  }

  /** To be called once, when an instance runs: the application has made its topics then. */
  watch(): void {
    const { signal } = this.#end
    const reading = [
      this.answers.follow(this.kafka, this.topic('results'), signal),
      this.events.follow(this.kafka, `${this.applicationId}-model-events`, signal),
      this.echo.run(this.kafka, this.topic('echo'), signal),
    ]
    for (const each of reading) each.catch(() => undefined)
    this.#cleanup.add(() => Promise.allSettled(reading))
  }

  instance(name: string): ChaosInstance {
    const found = this.#instances.get(name)
    if (found === undefined) throw new Error(`there is no instance ${name}`)
    return found
  }

  /** The name of the instance that runs the task. */
  async ownerOf(task: string): Promise<string> {
    for (;;) {
      for (const [, instance] of this.#instances) {
        const answer = await instance.get('/state/instances')
        if (answer?.status !== 200) continue
        const member = (answer.body as readonly InstanceMetadata[]).find(({ activeTasks }) => activeTasks.includes(task as never))
        const owner = [...this.#instances].find(([, { port }]) => port !== 0 && port === member?.port)
        if (owner !== undefined) return owner[0]
      }
      await sleep(100, undefined, { signal: this.#settings.signal })
    }
  }

  /** Publishes a model; resolves with the place of its record. */
  publish(
    dataType: string,
    {
      name,
      bytes,
      ...more
    }: { readonly name: string; readonly bytes: Uint8Array } & Pick<sluice.ModelDescriptor.$Properties, 'role' | 'golden'>,
  ): Promise<Asked> {
    return this.#ask(dataType, { name, dataType, modeltype: ONNX, data: bytes, ...more })
  }

  /** Publishes a program as a model, which the instances may run in a process of its own. */
  async publishModule(dataType: string, name: string, program: string): Promise<Asked> {
    const file = `${name}.mjs`
    await writeFile(join(this.#directory, file), program)
    const sha256 = Buffer.from(sha256Of(program), 'hex')
    return this.#ask(dataType, { name, dataType, modeltype: MODULE, location: file, sha256 })
  }

  control(dataType: string, control: sluice.ModelControl.$Properties): Promise<Asked> {
    return this.#ask(dataType, { dataType, control: { who: 'bench:life', ...control } })
  }

  /** The event of a record of the models topic. */
  outcome(dataType: string, asked: Asked): Promise<ModelEvent> {
    const is = ({ record }: ModelEvent): boolean => record?.partition === asked.partition && record.offset === asked.offset
    return this.events.one(
      `the record ${asked.partition}:${asked.offset} for ${dataType}`,
      event => event.dataType === dataType && is(event),
    )
  }

  /** Resolves when the policy was in force for a record. */
  effective(dataType: string, policy: number): Promise<ModelEvent> {
    const what = `policy ${policy} of ${dataType}`
    return this.events.one(what, each => each.event === 'effective' && each.dataType === dataType && each.policy === policy)
  }

  /** The task that has the models of the data type. */
  modelsTask(dataType: string): string {
    return `0_${partitionForKey(Buffer.from(dataType), this.#modelPartitions)}`
  }

  /** Stops all instances. */
  async stop(): Promise<void> {
    await Promise.all([...this.#instances.values()].map(instance => instance.terminate()))
  }

  async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#settings.signal })
  }

  async write(topic: string, records: Iterable<WriterRecord>): Promise<void> {
    const writer = await TopicWriter.open(this.kafka, topic)
    for (const record of records) await writer.write(record)
    await writer.close()
  }

  async #open(): Promise<void> {
    this.#directory = await mkdtemp(join(this.#settings.directory, 'world-'))
    const admin = this.kafka.admin()
    await admin.connect()
    await createTopics(
      admin,
      Object.entries({ data: this.options.partitions, models: this.#modelPartitions, results: this.options.partitions, echo: 1 }).map(
        ([name, numPartitions]) => ({ topic: this.#prefix + name, numPartitions, configEntries: [keptForEver] }),
      ),
    )
    await admin.disconnect()
    this.#cleanup.add(() => this.#deleteTopics(), stopMs)
    this.#models = await TopicWriter.open(this.kafka, this.topic('models'))
    this.#cleanup.add(() => this.#models.close())
    this.#cleanup.add(() => Promise.all([...this.#instances.values()].map(instance => instance.kill())), stopMs)
  }

  async #deleteTopics(): Promise<void> {
    const admin = this.kafka.admin()
    await admin.connect()
    const topics = (await admin.listTopics()).filter(topic => topic.startsWith(this.#prefix))
    await admin.deleteTopics({ topics })
    await admin.disconnect()
  }

  /** One record after the other: what a flush tells is of one. */
  #ask(dataType: string, descriptor: sluice.ModelDescriptor.$Properties): Promise<Asked> {
    const asking = this.#asking.then(async () => {
      const value = sluice.ModelDescriptor.encode(descriptor).finish()
      await this.#models.write({ key: Buffer.from(dataType), value, timestamp: Date.now() })
      const [written] = await this.#models.flush()
      if (written === undefined) throw new Error('nothing was written')
      return { partition: written.partition, offset: written.offset }
    })
    this.#asking = asking.catch(() => undefined)
    return asking
  }

  #make(name: string): ChaosInstance {
    const stateDir = join(this.#directory, `state-${name}`)
    return new ChaosInstance({
      name,
      args: [...process.execArgv, programFile('../../cli/main'), 'serve', ...this.#flags(stateDir)],
      env: ownEnvironment(),
      stateDir,
      logFile: join(this.#directory, `${name}.log`),
      onCrash: how => {
        this.#ended.push(`${name} (${how})`)
      },
    })
  }

  #flags(stateDir: string): readonly string[] {
    const flags = {
      brokers: this.#settings.brokers,
      'application-id': this.applicationId,
      'data-topic': this.topic('data'),
      'models-topic': this.topic('models'),
      'results-topic': this.topic('results'),
      'state-dir': stateDir,
      port: '0',
      join: this.options.join,
      'code-roots': this.#directory,
      'session-timeout-ms': String(sessionTimeoutMs),
      'model-load-timeout-ms': String(loadTimeoutMs),
      'commit-interval-ms': String(this.#settings.commitMs),
      // Whoever waits for a model is not answered without it, however busy the machine is.
      'model-wait-ms': '600000',
    }
    return Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])
  }
}
