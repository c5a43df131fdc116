import { setTimeout as sleep } from 'node:timers/promises'
import { exampleFile, type WineRows } from '../../cli/demo/index.ts'
import { modelRecord } from '../../cli/commands/index.ts'
import { messageOf } from '../../base/index.ts'
import { modelRecord as locatedRecord } from '../../serving/index.ts'
import { type Kafka, partitionForKey, TopicWriter } from '../../topology/runtime/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/index.ts'
import { modelFiles, partitionCount, topics, typeHeader } from './chaos-topics.ts'
import { type OddKind, oddRecord, type OddSet, oddSets } from './odd-records.ts'
import type { Coming, ModelServer } from './model-server.ts'
import type { Random } from './random.ts'

export interface ChaosLoadOptions {
  readonly kafka: Kafka
  readonly wines: WineRows
  readonly random: Random
  /** Data records per second. */
  readonly rate: number
  /** One record in this number is odd, with the kinds in turn; 0: none. */
  readonly oddEvery: number
  readonly odd: OddSet
  readonly log: (line: string) => void
  /** Where some of the models come from; undefined: all are in their records. */
  readonly server?: ModelServer | undefined
  /** With `broadcast` the keys of data are free; default: each is the data type. */
  readonly join?: string
  /** Data types for each partition; default 2. */
  readonly types?: number
}

const tickMs = 20
const fewTypes = 2
const freeKeys = 97
const modelEveryMs = [1500, 4000] as const

/** The data types of the load: so many whose names Kafka's partitioner maps to each partition. */
export function chaosDataTypes(typesPerPartition = fewTypes): readonly string[] {
  const types: string[] = []
  const counts = Array.from({ length: partitionCount }, () => 0)
  for (let at = 0; types.length < partitionCount * typesPerPartition; at++) {
    const type = `wine-${at}`
    const partition = partitionForKey(Buffer.from(type), partitionCount)
    if (counts[partition]! >= typesPerPartition) continue
    counts[partition]!++
    types.push(type)
  }
  return types
}

/** Sends data records at a constant rate, and a model every few seconds. Repeats writes that fail while the broker is down. */
export class ChaosLoad {
  readonly dataTypes: readonly string[]
  /** Data records that the broker acknowledged, by partition and offset. */
  readonly acknowledged: { readonly partition: number; readonly offset: number; readonly count: number }[] = []
  readonly #options: ChaosLoadOptions
  /** Number of models published so far, by data type; the models alternate. */
  readonly #published = new Map<string, number>()

  constructor(options: ChaosLoadOptions) {
    this.#options = options
    this.dataTypes = chaosDataTypes(options.types)
  }

  /** Publishes the first model of each data type; resolves when the broker has acknowledged. */
  async publishAll(): Promise<void> {
    const records: WriterRecord[] = []
    for (const type of this.dataTypes) records.push(await this.#model(type))
    await this.#write(records)
  }

  /** Publishes the next model of some data type, by a location from which it comes so. */
  async publish(how: Coming): Promise<void> {
    await this.#write([await this.#model(this.#options.random.pick(this.dataTypes) as string, how)])
  }

  /** Sends until the signal aborts; resolves when all sent records are acknowledged. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#sendRows(signal), this.#publishNowAndThen(signal)])
  }

  async #sendRows(signal: AbortSignal): Promise<void> {
    const { wines, rate, oddEvery, odd } = this.#options
    const oddKinds: readonly OddKind[] = oddSets[odd]
    const writing = new PersistentWriter(this.#options, topics.data)
    const started = performance.now()
    for (let sent = 0; !signal.aborted; await pause(tickMs, signal)) {
      const due = Math.floor(((performance.now() - started) / 1000) * rate)
      const records: WriterRecord[] = []
      for (; sent < due; sent++) {
        const type = this.dataTypes[sent % this.dataTypes.length] as string
        const row = Math.floor(sent / this.dataTypes.length) % wines.length
        const key = this.#options.join === 'broadcast' ? `key-${sent % freeKeys}` : type
        const good = { key: Buffer.from(key), value: wines.record(row, type), timestamp: Date.now(), headers: headersOf(sent, type) }
        records.push(good)
        if (oddEvery > 0 && sent % oddEvery === 0)
          records.push(oddRecord(oddKinds[(sent / oddEvery) % oddKinds.length] as OddKind, good, wines.record(row, '')))
      }
      this.acknowledged.push(...(await writing.write(records)))
    }
    await writing.close()
  }

  async #publishNowAndThen(signal: AbortSignal): Promise<void> {
    const { random } = this.#options
    for (;;) {
      await pause(random.between(...modelEveryMs), signal)
      if (signal.aborted) return
      await this.#write([await this.#model(random.pick(this.dataTypes) as string)])
    }
  }

  async #model(dataType: string, how?: Coming): Promise<WriterRecord> {
    const count = this.#published.get(dataType) ?? 0
    this.#published.set(dataType, count + 1)
    const file = modelFiles[count % modelFiles.length] as string
    const { server } = this.#options
    const located = how !== undefined && server !== undefined
    const record = located
      ? locatedRecord({ dataType, name: file, type: 'ONNX', bytes: undefined, location: server.location(how, file) })
      : await modelRecord(exampleFile(file), { dataType })
    return { key: Buffer.from(record.key), value: Buffer.from(record.value), timestamp: Date.now() }
  }

  async #write(records: readonly WriterRecord[]): Promise<void> {
    const writing = new PersistentWriter(this.#options, topics.models)
    await writing.write(records)
    await writing.close()
  }
}

/** Headers such as those of tracing and schema registries, about half as large as the record. */
function headersOf(at: number, type: string): Record<string, string> {
  const id = at.toString(16).padStart(16, '0')
  return { traceparent: `00-${id}${id}-${id}-01`, 'content-type': 'application/x-protobuf', [typeHeader]: type }
}

/** Writes until the broker has acknowledged. A record with an unknown outcome is written again; the check reads the inputs from the topic. */
class PersistentWriter {
  readonly #options: ChaosLoadOptions
  readonly #topic: string
  #writer: TopicWriter | undefined

  constructor(options: ChaosLoadOptions, topic: string) {
    this.#options = options
    this.#topic = topic
  }

  async write(records: readonly WriterRecord[]): Promise<readonly { partition: number; offset: number; count: number }[]> {
    for (;;) {
      try {
        this.#writer ??= await TopicWriter.open(this.#options.kafka, this.#topic)
        for (const record of records) await this.#writer.write(record)
        return await this.#writer.flush()
      } catch (error) {
        this.#options.log(`load: ${messageOf(error)}; writing again`)
        await this.close()
      }
    }
  }

  async close(): Promise<void> {
    await this.#writer?.close().catch(() => undefined)
    this.#writer = undefined
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
