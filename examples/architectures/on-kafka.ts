import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKafka, createTopics, type Kafka, readTopic, TopicWriter } from '../kafka-client.ts'
import { scratchDirectory } from '../scratch-directory.ts'
import type { Architecture, Surroundings } from './architectures.ts'
import {
  decodeResult,
  type DataType,
  dataTypes,
  lineOf,
  modelsIn,
  type Phase,
  phases,
  type Result,
  rowValue,
  topics,
  typeOf,
} from './recording.ts'
import { runArchitecture } from './run-architecture.ts'

const partitions = 2
const pollMs = 10
/** Time between two probes of one data type. */
const probeMs = 200
const patienceMs = 60_000

export interface Answers {
  readonly lines: readonly string[]
  /** What else is worth telling. */
  readonly measured: string | undefined
}

/** What the architecture answers to the recorded input on Kafka, in the order of the rows; a row that is answered twice is there twice. */
export async function linesOnKafka(brokers: string, architecture: Architecture): Promise<Answers> {
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'architectures' })
  const prefix = `arch-${randomBytes(4).toString('hex')}-`
  const scratch = await scratchDirectory('sluice-architecture-')
  const surroundings = await architecture.open()
  const admin = kafka.admin()
  await admin.connect()
  try {
    await createTopics(
      admin,
      Object.values(topics).map(topic => ({ topic: `${prefix}${topic}`, numPartitions: partitions })),
    )
    const failures: unknown[] = []
    const onError = (error: unknown): void => void failures.push(error)
    const options = { brokers: brokers.split(','), prefix, stateDir: scratch.path, partitions, commitIntervalMs: 50, onError }
    const running = await runArchitecture(architecture, surroundings, options)
    const recorded = await Replay.open(kafka, { prefix, failures, surroundings })
    try {
      return { lines: await recorded.play(), measured: await surroundings.measured?.() }
    } finally {
      await recorded.close()
      await running.stop()
    }
  } finally {
    await surroundings.close()
    const own = (await admin.listTopics()).filter(topic => topic.startsWith(prefix))
    if (own.length > 0) await admin.deleteTopics({ topics: own })
    const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter(group => group.startsWith(prefix))
    await admin.deleteGroups(groups).catch(() => undefined)
    await admin.disconnect()
    await scratch.remove()
  }
}

interface Played {
  readonly prefix: string
  readonly failures: readonly unknown[]
  readonly surroundings: Surroundings
}

/**
 * The recorded input on Kafka. No architecture promises at which record of the data a model takes over, if both are sent at once. So the rows of a phase are sent when
 * its models are in force: probes, data whose answers do not count, are sent until they are answered by these models.
 */
class Replay {
  readonly #models: TopicWriter
  readonly #data: TopicWriter
  readonly #failures: readonly unknown[]
  readonly #surroundings: Surroundings
  readonly #stop = new AbortController()
  readonly #answers: Result[] = []
  readonly #start = Date.now()
  #reading: Promise<void> = Promise.resolve()
  #probes = 0

  private constructor(models: TopicWriter, data: TopicWriter, { failures, surroundings }: Played) {
    this.#models = models
    this.#data = data
    this.#failures = failures
    this.#surroundings = surroundings
  }

  static async open(kafka: Kafka, played: Played): Promise<Replay> {
    const { prefix } = played
    const writer = (topic: string): Promise<TopicWriter> => TopicWriter.open(kafka, `${prefix}${topic}`)
    const replay = new Replay(await writer(topics.models), await writer(topics.data), played)
    replay.#reading = replay.#read(kafka, `${prefix}${topics.results}`)
    replay.#reading.catch(() => undefined)
    return replay
  }

  async play(): Promise<string[]> {
    for (const [at, phase] of phases.entries()) {
      await this.#publish(phase)
      for (const dataType of dataTypes) await this.#untilInForce(dataType, modelsIn(at).get(dataType) ?? '')
      const [from, to] = phase.rows
      for (let row = from; row < to; row++) await this.#send(typeOf(row), row, this.#start + row)
      await this.#data.flush()
      await this.#until(`the rows up to ${to}`, () => this.#rows().length >= to)
    }
    return this.#rows().map(result => lineOf(result.timestamp - this.#start, result))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled([this.#reading, this.#models.close(), this.#data.close()])
  }

  async #publish({ models, rows }: Phase): Promise<void> {
    for (const model of models)
      await this.#models.write({
        key: Buffer.from(model.dataType),
        value: this.#surroundings.modelValue(model),
        timestamp: this.#start + rows[0],
      })
    await this.#models.flush()
  }

  async #untilInForce(dataType: DataType, modelName: string): Promise<void> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      // A probe is told from a row by its timestamp.
      const timestamp = this.#start - ++this.#probes
      await this.#send(dataType, 0, timestamp)
      await this.#data.flush()
      let answer: Result | undefined
      await this.#until(`a probe of ${dataType}`, () => (answer = this.#answers.find(each => each.timestamp === timestamp)) !== undefined)
      if (answer?.modelName === modelName) return
      if (performance.now() > deadline) throw new Error(`model "${modelName}" of ${dataType} was not in force in ${patienceMs / 1000} s`)
      await sleep(probeMs)
    }
  }

  async #send(dataType: DataType, row: number, timestamp: number): Promise<void> {
    await this.#data.write({ key: Buffer.from(dataType), value: rowValue(row, dataType), timestamp })
  }

  #rows(): Result[] {
    return this.#answers.filter(({ timestamp }) => timestamp >= this.#start).toSorted((a, b) => a.timestamp - b.timestamp)
  }

  async #read(kafka: Kafka, topic: string): Promise<void> {
    for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal: this.#stop.signal }))
      for (const { value } of records) this.#answers.push(decodeResult(value!))
  }

  async #until(what: string, done: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!done()) {
      if (this.#failures.length > 0) throw this.#failures[0]
      if (performance.now() > deadline) throw new Error(`${what} were not answered in ${patienceMs / 1000} s`)
      await sleep(pollMs)
    }
  }
}
