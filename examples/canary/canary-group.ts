import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messages, ServingInstance, wineRecordReader } from '../../serving.ts'
import { createKafka, createTopics, type Kafka, readTopic, TopicWriter } from '../kafka-client.ts'
import { type ScratchDirectory, scratchDirectory } from '../scratch-directory.ts'

/** Partitions of the data. */
export const partitions = 6
const patienceMs = 120_000

/** What answered a record. */
export interface Answered {
  readonly key: string
  /** The partition of the record. */
  readonly partition: number
  readonly version: number
  /** The number of the policy. */
  readonly policy: number
}

/** A serving application of several instances, on topics of its own. Data has the customers' keys, on any partition. */
export class CanaryGroup {
  readonly #kafka: Kafka
  readonly #brokers: readonly string[]
  readonly #prefix = `canary-${randomBytes(4).toString('hex')}-`
  readonly #running = new Map<string, ServingInstance>()
  readonly #scratch: ScratchDirectory
  /** The next offset of each partition of the results that was not read yet. */
  readonly #read = new Map<number, number>(Array.from({ length: partitions }, (_, partition) => [partition, 0]))

  private constructor(brokers: string, scratch: ScratchDirectory) {
    this.#scratch = scratch
    this.#brokers = brokers.split(',')
    this.#kafka = createKafka({ brokers: this.#brokers, clientId: 'canary' })
  }

  static async open(brokers: string): Promise<CanaryGroup> {
    const group = new CanaryGroup(brokers, await scratchDirectory('sluice-canary-'))
    const admin = group.#kafka.admin()
    await admin.connect()
    await createTopics(admin, [
      { topic: group.#topic('data'), numPartitions: partitions },
      { topic: group.#topic('results'), numPartitions: partitions },
      { topic: group.#topic('models'), numPartitions: 1, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] },
    ])
    await admin.disconnect()
    return group
  }

  /** Starts an instance, which takes its share of the partitions. */
  async start(name: string): Promise<void> {
    const instance = new ServingInstance({
      streams: {
        applicationId: `${this.#prefix}app`,
        brokers: this.#brokers,
        stateDir: join(this.#scratch.path, name),
        commitIntervalMs: 50,
      },
      serving: {
        dataTopic: this.#topic('data'),
        modelsTopic: this.#topic('models'),
        resultsTopic: this.#topic('results'),
        join: 'broadcast',
        reader: wineRecordReader(),
      },
      rest: { port: 0 },
    })
    await instance.start()
    this.#running.set(name, instance)
  }

  async stop(name: string): Promise<void> {
    await this.#running.get(name)?.stop()
    this.#running.delete(name)
  }

  /** The instance of each partition of the data. */
  async owners(): Promise<ReadonlyMap<number, string>> {
    const owners = new Map<number, string>()
    for (const [name, instance] of this.#running)
      for (const { task } of await instance.streams.tasks()) {
        const [sub, partition] = task.split('_')
        if (sub !== modelsSub) owners.set(Number(partition), name)
      }
    return owners
  }

  /** Publishes one of the wine models, and waits until it is a version. */
  async publish(file: string, role?: messages.RoleAt.$Properties): Promise<void> {
    const data = await readFile(new URL(`../wine/${file}.onnx`, import.meta.url))
    await this.#write('models', [
      {
        value: messages.ModelDescriptor.encode({
          name: file,
          dataType: 'wine',
          modeltype: onnx,
          data,
          ...(role === undefined ? {} : { role }),
        }).finish(),
        key: 'wine',
      },
    ])
  }

  /** Asks for a change of the policy. */
  async control(control: messages.ModelControl.$Properties): Promise<void> {
    await this.#write('models', [{ value: messages.ModelDescriptor.encode({ dataType: 'wine', control }).finish(), key: 'wine' }])
  }

  /** Sends a record of each key, to a partition that follows from key and turn, and returns what answered them. */
  async answers(keys: readonly string[], turn: number): Promise<readonly Answered[]> {
    const value = messages.WineRecord.encode({ dataType: 'wine', alcohol: 11, pH: 3.2 }).finish()
    await this.#write(
      'data',
      keys.map((key, at) => ({ key, value, partition: (at + turn) % partitions })),
    )
    const found: Answered[] = []
    for (const deadline = performance.now() + patienceMs; found.length < keys.length; await sleep(50)) {
      if (performance.now() > deadline) throw new Error(`${found.length} of ${keys.length} records are answered after ${patienceMs} ms`)
      for await (const { records, partition, nextOffset } of readTopic(this.#kafka, {
        topic: this.#topic('results'),
        from: this.#read,
        until: 'end',
      })) {
        for (const { key, value: bytes } of records) {
          const { inputPartition, modelVersion, policy } = messages.ScoreResult.decode(bytes ?? new Uint8Array())
          found.push({ key: String(key), partition: inputPartition, version: whole(modelVersion), policy: whole(policy) })
        }
        this.#read.set(partition, nextOffset)
      }
    }
    return found
  }

  /** Stops everything, and removes what was made. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(instance => instance.stop()))
    const admin = this.#kafka.admin()
    await admin.connect()
    const own = (await admin.listTopics()).filter(topic => topic.startsWith(this.#prefix))
    if (own.length > 0) await admin.deleteTopics({ topics: own })
    await admin.disconnect()
    await this.#scratch.remove()
  }

  #topic(name: string): string {
    return this.#prefix + name
  }

  async #write(
    topic: string,
    records: Iterable<{ readonly key: string; readonly value: Uint8Array; readonly partition?: number }>,
  ): Promise<void> {
    const writer = await TopicWriter.open(this.#kafka, this.#topic(topic))
    for (const { key, ...record } of records) await writer.write({ key: Buffer.from(key), ...record })
    await writer.close()
  }
}

const onnx = messages.ModelDescriptor.ModelType.ONNX
/** The sub-topology of the models; the other one is that of the data. */
const modelsSub = '0'

/** A decoded 64-bit field: it is a Long, although its type says number. */
function whole(value: unknown): number {
  return Number(value)
}
