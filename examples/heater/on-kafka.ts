import { setTimeout as sleep } from 'node:timers/promises'
import { jsonSerde } from '../../index.ts'
import { createTopics, type Kafka, readTopic, TopicWriter } from '../kafka-client.ts'
import { controlStore, heaterControl, memoryStore, type Remembered, sensorData, temperatureControl, topics } from './heater.ts'
import type { Heating } from './simulation.ts'

const partitions = 4
const pollMs = 5
const judgedWithinMs = 45_000
const remembered = jsonSerde<Remembered>()

/**
 * The sensors and heaters of an application that runs on Kafka. What the application has judged is read from the changelog of its memory: the newest
 * reading of each sensor is there once its transaction is committed, and so are the commands that it led to.
 */
export class KafkaHeating implements Heating {
  readonly #kafka: Kafka
  readonly #prefix: string
  readonly #data: TopicWriter
  readonly #controls: TopicWriter
  readonly #stop = new AbortController()
  /** By sensor: the time of the reading that was judged last. */
  readonly #judged = new Map<string, number>()
  /** By sensor: how often its control has changed. */
  readonly #controlled = new Map<string, number>()
  readonly #followers: Promise<void>[] = []
  #positions: ReadonlyMap<number, number> = new Map()
  #failure: unknown

  private constructor(kafka: Kafka, prefix: string, data: TopicWriter, controls: TopicWriter) {
    this.#kafka = kafka
    this.#prefix = prefix
    this.#data = data
    this.#controls = controls
  }

  /** Creates the topics of the application. */
  static async createTopics(kafka: Kafka, prefix: string): Promise<void> {
    const admin = kafka.admin()
    await admin.connect()
    const compact = [{ name: 'cleanup.policy', value: 'compact' }]
    await createTopics(
      admin,
      Object.values(topics).map(topic => ({
        topic: `${prefix}${topic}`,
        numPartitions: partitions,
        configEntries: topic === topics.controls ? compact : [],
      })),
    )
    await admin.disconnect()
  }

  /** `prefix`: of the topics, whose application runs. */
  static async open(kafka: Kafka, prefix: string): Promise<KafkaHeating> {
    const writer = (topic: string): Promise<TopicWriter> => TopicWriter.open(kafka, `${prefix}${topic}`)
    const heating = new KafkaHeating(kafka, prefix, await writer(topics.data), await writer(topics.controls))
    heating.#follow(memoryStore, heating.#judged, value => remembered.deserialize(value).at)
    heating.#follow(controlStore, heating.#controlled, (_, before) => before + 1)
    heating.#positions = new Map(Array.from({ length: partitions }, (_, partition) => [partition, 0]))
    return heating
  }

  async control(...[control, timestamp]: Parameters<Heating['control']>): Promise<void> {
    const key = String(control.sensorID)
    const before = this.#controlled.get(key) ?? 0
    await this.#controls.write({ key: Buffer.from(key), value: temperatureControl.serialize(control), timestamp })
    await this.#controls.flush()
    await this.#until(`the control of sensor ${key}`, () => (this.#controlled.get(key) ?? 0) > before)
  }

  async read(...[readings, timestamp]: Parameters<Heating['read']>): ReturnType<Heating['read']> {
    for (const reading of readings) await this.#data.write({ value: sensorData.serialize(reading), timestamp })
    await this.#data.flush()
    await this.#until('the readings', () => readings.every(({ sensorID }) => this.#judged.get(String(sensorID)) === timestamp))
    return (await this.#newCommands()).map(({ value }) => heaterControl.deserialize(value))
  }

  /** The commands that were not read yet. */
  async #newCommands(): Promise<{ readonly value: Uint8Array }[]> {
    const found: { readonly value: Uint8Array }[] = []
    const positions = new Map(this.#positions)
    const topic = `${this.#prefix}${topics.commands}`
    for await (const { partition, records, nextOffset } of readTopic(this.#kafka, { topic, from: this.#positions, until: 'logEnd' })) {
      positions.set(partition, nextOffset)
      for (const { value } of records) if (value !== null) found.push({ value: Buffer.from(value) })
    }
    this.#positions = positions
    return found
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled([...this.#followers, this.#data.close(), this.#controls.close()])
  }

  /** Keeps by key what the newest row of a store's changelog says. */
  #follow(store: string, into: Map<string, number>, of: (value: Uint8Array, before: number) => number): void {
    const topic = `${this.#prefix}heater-${store}-changelog`
    const follow = async (): Promise<void> => {
      for await (const { records } of readTopic(this.#kafka, { topic, from: 'beginning', signal: this.#stop.signal }))
        for (const { key, value } of records)
          if (key !== null && value !== null) {
            const text = Buffer.from(key).toString()
            into.set(text, of(value, into.get(text) ?? 0))
          }
    }
    this.#followers.push(follow().catch((error: unknown) => void (this.#failure ??= error)))
  }

  async #until(what: string, done: () => boolean): Promise<void> {
    const deadline = performance.now() + judgedWithinMs
    while (!done()) {
      if (this.#failure !== undefined) throw this.#failure as Error
      if (performance.now() > deadline) throw new Error(`${what} were not taken in ${judgedWithinMs / 1000} s`)
      await sleep(pollMs)
    }
  }
}
