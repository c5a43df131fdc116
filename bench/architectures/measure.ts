import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Architecture,
  decodeResult,
  modelsAtTheEnd,
  rowValue,
  type Surroundings,
  topics,
  typeOf,
} from '../../examples/architectures/index.ts'
import type { Kafka } from '../../topology/runtime/index.ts'
import { readTopic, TopicWriter } from '../../topology/runtime/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { Child } from './child.ts'
import { quantile } from '../quantile.ts'
import type { Figures } from './figures.ts'

export interface Load {
  /** Records of the backlog. */
  readonly records: number
  /** Records a second, for the latency, and for how long. */
  readonly rate: number
  readonly seconds: number
}

const partitions = 2
const recordedRows = 190
const pollMs = 5
const patienceMs = 120_000
/** Records of a paced load are sent in ticks of this length. */
const tickMs = 20

/** Runs one architecture in a process of its own and measures it. */
export async function measure(kafka: Kafka, brokers: string, architecture: Architecture, load: Load): Promise<Figures> {
  const prefix = `bench-${randomBytes(4).toString('hex')}-`
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-bench-architecture-'))
  const server = architecture.server === true ? new Child('./server.ts') : undefined
  const host = await server?.ready
  const surroundings = await architecture.open(host)
  await prepare(kafka, prefix, surroundings)
  const instance = new Child('./instance.ts', architecture.name, brokers, prefix, stateDir, ...(host === undefined ? [] : [host]))
  const traffic = await Traffic.open(kafka, prefix)
  try {
    const startMs = Number(await instance.ready)
    await traffic.untilInForce()
    const before = { instance: await instance.use(), server: await server?.use() }
    const backlogMs = await traffic.backlog(load.records)
    const after = { instance: await instance.use(), server: await server?.use() }
    const latencies = await traffic.paced(load)
    return {
      name: architecture.name,
      startMs,
      throughput: (load.records * 1000) / backlogMs,
      cpuUs: ((after.instance.cpuMs - before.instance.cpuMs) * 1000) / load.records,
      serverCpuUs: after.server && before.server && ((after.server.cpuMs - before.server.cpuMs) * 1000) / load.records,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      rssMb: (await instance.use()).rssMb,
      promise: architecture.promise,
    }
  } finally {
    await traffic.close()
    await instance.stop()
    await server?.stop()
    await surroundings.close()
    await clean(kafka, prefix)
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Makes the topics, and publishes the models. */
async function prepare(kafka: Kafka, prefix: string, surroundings: Surroundings): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(
    admin,
    Object.values(topics).map(topic => ({ topic: `${prefix}${topic}`, numPartitions: partitions })),
  )
  await admin.disconnect()
  const models = await TopicWriter.open(kafka, `${prefix}${topics.models}`)
  for (const model of modelsAtTheEnd()) await models.write({ key: Buffer.from(model.dataType), value: surroundings.modelValue(model) })
  await models.close()
}

async function clean(kafka: Kafka, prefix: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const own = (await admin.listTopics()).filter(topic => topic.startsWith(prefix))
  if (own.length > 0) await admin.deleteTopics({ topics: own })
  const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter(group => group.startsWith(prefix))
  await admin.deleteGroups(groups).catch(() => undefined)
  await admin.disconnect()
}

/** Data that are sent, and their results. A record is known by its timestamp, which no other has. */
class Traffic {
  readonly #data: TopicWriter
  readonly #stop = new AbortController()
  readonly #reading: Promise<void>
  /** By timestamp: when the result was read, and whether a model has made it. */
  readonly #results = new Map<number, { readonly at: number; readonly scored: boolean }>()
  #sent = 0
  #last = 0

  private constructor(data: TopicWriter, kafka: Kafka, topic: string) {
    this.#data = data
    this.#reading = this.#read(kafka, topic)
    this.#reading.catch(() => undefined)
  }

  static async open(kafka: Kafka, prefix: string): Promise<Traffic> {
    return new Traffic(await TopicWriter.open(kafka, `${prefix}${topics.data}`), kafka, `${prefix}${topics.results}`)
  }

  /** Resolves when the models of both data types answer. */
  async untilInForce(): Promise<void> {
    for (const row of [0, 1]) {
      for (let scored = false; !scored;) {
        const timestamp = await this.#send(row)
        await this.#data.flush()
        await this.#until(() => this.#results.has(timestamp))
        scored = this.#results.get(timestamp)!.scored
        if (!scored) await sleep(100)
      }
    }
  }

  /** The time from the first of so many records, sent as fast as they are taken, until the last result, ms. */
  async backlog(records: number): Promise<number> {
    const [before, started] = [this.#results.size, performance.now()]
    for (let record = 0; record < records; record++) await this.#send(record)
    await this.#data.flush()
    await this.#until(() => this.#results.size >= before + records)
    return performance.now() - started
  }

  /** The time from each record to its result, ms, of records at this rate. */
  async paced({ rate, seconds }: Load): Promise<number[]> {
    const sentAt = new Map<number, number>()
    const started = performance.now()
    while (sentAt.size < rate * seconds) {
      const due = Math.min(rate * seconds, Math.floor(((performance.now() - started) * rate) / 1000))
      while (sentAt.size < due) sentAt.set(await this.#send(sentAt.size), performance.now())
      await this.#data.flush()
      await sleep(tickMs)
    }
    await this.#until(() => [...sentAt.keys()].every(timestamp => this.#results.has(timestamp)))
    return [...sentAt].map(([timestamp, at]) => this.#results.get(timestamp)!.at - at)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled([this.#reading, this.#data.close()])
  }

  /** Returns the timestamp. */
  async #send(record: number): Promise<number> {
    const row = record % recordedRows
    const dataType = typeOf(row)
    this.#last = Math.max(this.#last + 1, Date.now() - 60_000)
    this.#sent++
    await this.#data.write({ key: Buffer.from(dataType), value: rowValue(row), timestamp: this.#last })
    return this.#last
  }

  async #read(kafka: Kafka, topic: string): Promise<void> {
    for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal: this.#stop.signal }))
      for (const { value } of records) {
        const { timestamp, modelName } = decodeResult(value!)
        this.#results.set(timestamp, { at: performance.now(), scored: modelName !== '' })
      }
  }

  async #until(done: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!done()) {
      if (performance.now() > deadline)
        throw new Error(`${this.#results.size} of ${this.#sent} records were answered in ${patienceMs / 1000} s`)
      await sleep(pollMs)
    }
  }
}
