import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { findKafka } from '../../cli/kafka/index.ts'

/** A record as Kafka's own consumer has it. */
export interface JavaRecord {
  readonly timestamp: number
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: string
}

/** All committed records of a topic, as Kafka's own consumer reads them (ReadTopic.java): no code of the product but that which finds the jars. Needs a JDK. */
export async function javaRecords(brokers: readonly string[], topic: string, dir: string): Promise<JavaRecord[]> {
  const kafka = await findKafka({ env: process.env, signal: AbortSignal.timeout(60_000) })
  const mainClass = fileURLToPath(new URL('ReadTopic.java', import.meta.url))
  const flags = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const { file, args } = kafka.command({ dir, flags, mainClass, args: [brokers.join(','), topic] })
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [text, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (part: string) => void (text += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => void (errors = `${errors}${part}`.slice(-2000)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`ReadTopic.java has ended (${code}): ${errors}`)
  return text
    .trim()
    .split('\n')
    .map(line => {
      const [timestamp, partition, offset, key = '', value = ''] = line.split('\t')
      return { timestamp: Number(timestamp), partition: Number(partition), offset: Number(offset), key, value }
    })
}
