import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { crc32 } from 'node:zlib'
import { SluiceError } from '../../base/index.ts'
import { findKafka } from '../../cli/kafka/index.ts'
import type { TopicRecord } from '../../topology/runtime/index.ts'
import type { ResultVerdict } from './check-results.ts'

/** By partition: how many records it has, and a checksum of their offsets, keys and values. */
export type Sums = Readonly<Record<string, readonly [records: number, checksum: number]>>

const compared = ['lost', 'doubled', 'outOfOrder', 'foreign', 'gaps'] as const

/** What Verdict.java says: the anomalies that the check of the product's own reader counts too, and what each topic holds. */
export interface IndependentVerdict extends Readonly<Record<(typeof compared)[number], number>> {
  /** Results of transactions that were aborted. */
  readonly aborted: number
  readonly complaints: readonly string[]
  readonly topics: Readonly<Record<string, Sums>>
}

export interface IndependentOptions {
  /** In the form of KAFKA_BROKERS. */
  readonly brokers: string
  readonly directory: string
  readonly guarantee: string
  /** Data, results and dead letters, then any others. */
  readonly topics: readonly string[]
  readonly signal: AbortSignal
}

// Run from its source; npm runs scripts in the package's root.
const program = 'bench/chaos/Verdict.java'

/** Lets Kafka's own consumer read the topics and judge them (Verdict.java). Needs a JDK. */
export async function independentVerdict({
  brokers,
  directory,
  guarantee,
  topics,
  signal,
}: IndependentOptions): Promise<IndependentVerdict> {
  const kafka = await findKafka({ env: process.env, signal })
  const args = [guarantee, brokers, ...topics]
  const { file, args: all } = kafka.command({ dir: directory, flags: ['-Xmx1g', '-XX:+UseSerialGC'], mainClass: program, args })
  const child = spawn(file, all, { stdio: ['ignore', 'pipe', 'pipe'], signal })
  let [told, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (told += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (errors = `${errors}${text}`.slice(-2000)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new SluiceError('CHECK_FAILED', `Verdict.java has ended (${code}): is there a JDK? ${errors}`)
  return JSON.parse(told) as IndependentVerdict
}

/** What the independent verdict has for records that the product's own reader returned. */
export function sumsOf(records: readonly TopicRecord[]): Sums {
  const sums = new Map<number, readonly [number, number]>()
  for (const { partition, offset, key, value } of records) {
    const [count, sum] = sums.get(partition) ?? [0, 0]
    const parts = [Buffer.from(`${offset} `), key ?? Buffer.of(0), value ?? Buffer.of(0)]
    sums.set(partition, [count + 1, parts.reduce((before, part) => crc32(part, before), sum)])
  }
  return Object.fromEntries(sums)
}

/** Where the two readers, and the two verdicts, differ: a sentence each. */
export function disagreements(
  own: ResultVerdict,
  read: ReadonlyMap<string, readonly TopicRecord[]>,
  independent: IndependentVerdict,
): readonly string[] {
  const topics = [...read].flatMap(([topic, records]) => {
    const [mine, other] = [sumsOf(records), independent.topics[topic] ?? {}]
    return [...new Set([...Object.keys(mine), ...Object.keys(other)])]
      .filter(partition => String(mine[partition]) !== String(other[partition]))
      .map(
        partition =>
          `${topic}, partition ${partition}: Sluice's reader has ${mine[partition]?.[0] ?? 0} records, Kafka's ${other[partition]?.[0] ?? 0}, or others`,
      )
  })
  const verdicts = compared
    .filter(anomaly => own[anomaly] !== independent[anomaly])
    .map(anomaly => `${anomaly}: ${own[anomaly]} by Sluice's reader, ${independent[anomaly]} by Kafka's`)
  return [...topics, ...verdicts]
}
