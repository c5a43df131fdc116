import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { messages } from '../../serving.ts'
import { InstanceProcess } from '../instance-process.ts'
import { createKafka, createTopics, type Kafka, readTopic, TopicWriter } from '../kafka-client.ts'
import { type ScratchDirectory, scratchDirectory } from '../scratch-directory.ts'

const patienceMs = 120_000

/** A result with its decision, of the record at its offset. */
export interface Decided {
  readonly offset: number
  readonly status: string
  readonly role: string
  readonly modelName: string
  readonly score: number
  /** The number of the policy. */
  readonly policy: number
  /** Absent: no models raced. */
  readonly decision?: {
    readonly cause: string
    readonly decider: string
    /** From the record's arrival, ms. */
    readonly elapsed: number
    readonly models: readonly { readonly name: string; readonly part: string; readonly elapsed?: number }[]
  }
  /** Of a score that came after the decision: how long after the record's arrival, ms. */
  readonly late: number
}

/** When an instance was not there. */
export interface Away {
  /** From its end until it ran again, ms. */
  readonly ms: number
  /** The offset from which on it had not decided records when it ended. */
  readonly from: number
  /** The offset of the next record when it had decided all that had come before it ran again. */
  readonly to: number
}

/** A serving application of one instance, on topics of its own with one partition each. */
export class RaceGroup {
  readonly #brokers: string
  readonly #kafka: Kafka
  readonly #admin: ReturnType<Kafka['admin']>
  readonly #prefix = `speculative-${randomBytes(4).toString('hex')}-`
  #directory!: ScratchDirectory
  #instance: InstanceProcess | undefined
  #data!: TopicWriter
  #sent = 0

  private constructor(brokers: string) {
    this.#brokers = brokers
    this.#kafka = createKafka({ brokers: brokers.split(','), clientId: 'speculative' })
    this.#admin = this.#kafka.admin()
  }

  static async open(brokers: string): Promise<RaceGroup> {
    const group = new RaceGroup(brokers)
    group.#directory = await scratchDirectory('sluice-speculative-')
    await group.#admin.connect()
    await createTopics(group.#admin, [
      ...['data', 'results'].map(topic => ({ topic: group.#topic(topic), numPartitions: 1 })),
      { topic: group.#topic('models'), numPartitions: 1, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] },
    ])
    group.#data = await TopicWriter.open(group.#kafka, group.#topic('data'))
    return group
  }

  /** How many records were sent: the next one has this offset. */
  get sent(): number {
    return this.#sent
  }

  async start(): Promise<void> {
    this.#instance = new InstanceProcess(program, [this.#brokers, this.#prefix, join(this.#directory.path, 'state')])
    await this.#instance.running()
  }

  /** kill -9 of the instance, and a new start; resolves once it has decided what had come until it ran. */
  async killed(): Promise<Away> {
    const began = performance.now()
    await this.#instance?.end('SIGKILL')
    const from = await this.#committed()
    await this.start()
    const [ms, before] = [performance.now() - began, this.#sent]
    for (const deadline = performance.now() + patienceMs; (await this.#committed()) < before; await sleep(50))
      if (performance.now() > deadline) throw new Error('the instance does not decide what has come while it was away')
    return { ms, from, to: this.#sent }
  }

  /** Publishes a module of the folder `models`: its name and SHA-256. */
  async publish(name: string): Promise<void> {
    const sha256 = createHash('sha256')
      .update(await readFile(new URL(`./models/${name}.mjs`, import.meta.url)))
      .digest()
    await this.#ask({ name, dataType: 'wine', modeltype: messages.ModelDescriptor.ModelType.MODULE, location: `${name}.mjs`, sha256 })
  }

  /** Sets how the records are decided from now on. */
  policy(policy: messages.RoutingPolicy.$Properties): Promise<void> {
    return this.#ask({ dataType: 'wine', control: { setPolicy: policy, who: 'the example' } })
  }

  /** Sends so many records at that rate. The alcohol of a record is its offset and 1000. */
  async send(count: number, perSecond: number): Promise<void> {
    const started = performance.now()
    for (let done = 0; done < count; await sleep(5)) {
      const due = Math.min(count, Math.ceil(((performance.now() - started) * perSecond) / 1000))
      for (; done < due; done++) {
        const value = messages.WineRecord.encode({ dataType: 'wine', alcohol: 1000 + this.#sent++ }).finish()
        await this.#data.write({ key: Buffer.from('wine'), value })
      }
      await this.#data.flush()
    }
  }

  /** Sends a record at a time until one is answered under the policy of that number. */
  async settled(policy: number): Promise<void> {
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline;) {
      await this.send(1, 1000)
      const last = (await this.results(this.#sent)).at(-1)
      if (last?.policy === policy) return
    }
    throw new Error(`policy ${policy} is not in force`)
  }

  /** All results, once there are so many. */
  results(atLeast: number): Promise<readonly Decided[]> {
    return this.#read('results', atLeast)
  }

  /** Scores that came after their records' decisions, once there are so many. */
  late(atLeast: number): Promise<readonly Decided[]> {
    return this.#read('results-late', atLeast)
  }

  /** Stops everything, and removes what was made. */
  async close(): Promise<void> {
    await this.#instance?.end('SIGTERM')
    await this.#data.close()
    const own = (await this.#admin.listTopics()).filter(topic => topic.startsWith(this.#prefix))
    if (own.length > 0) await this.#admin.deleteTopics({ topics: own })
    await this.#admin.disconnect()
    await this.#directory.remove()
  }

  #topic(name: string): string {
    return this.#prefix + name
  }

  /** The offset of the first record whose result is not committed. */
  async #committed(): Promise<number> {
    const [topic] = await this.#admin.fetchOffsets({ groupId: `${this.#prefix}app`, topics: [this.#topic('data')] })
    return Number(topic?.partitions[0]?.offset ?? 0)
  }

  async #ask(descriptor: messages.ModelDescriptor.$Properties): Promise<void> {
    const writer = await TopicWriter.open(this.#kafka, this.#topic('models'))
    await writer.write({ key: Buffer.from('wine'), value: messages.ModelDescriptor.encode(descriptor).finish() })
    await writer.close()
  }

  async #read(topic: string, atLeast: number): Promise<readonly Decided[]> {
    for (const deadline = performance.now() + patienceMs; ; await sleep(50)) {
      const found: Decided[] = []
      for await (const { records } of readTopic(this.#kafka, { topic: this.#topic(topic), from: 'beginning', until: 'end' }))
        for (const { value } of records) found.push(decidedOf(value ?? new Uint8Array()))
      if (found.length >= atLeast || performance.now() > deadline) return found
    }
  }
}

const program = fileURLToPath(new URL(`./instance${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))

function decidedOf(bytes: Uint8Array): Decided {
  const message = messages.ScoreResult.decode(bytes)
  const {
    inputOffset: offset,
    decision,
    ...plain
  } = messages.ScoreResult.toObject(message, { longs: Number, enums: String, defaults: true })
  return { ...plain, offset, ...(decision ? { decision } : {}) } as unknown as Decided
}
