import { EventEmitter, once } from 'node:events'
import type * as Sluice from '../../index.ts'
import type { Consumer, Kafka } from 'kafkajs'
import { compressSync, uncompressSync } from 'snappy'
import { functionsOf, functionsOfAll, loadedByAll } from './kafkajs-functions.ts'
import type { ThreadTopologyOptions } from './thread-topology.ts'

type KafkaJs = typeof import('kafkajs')

/** The two Kafka clients of a program, each loaded at its first use. */
export interface Loaders {
  kafkajs(): Promise<KafkaJs>
  sluice(): Promise<typeof Sluice>
}

export interface TwoClientsOptions {
  /** The client that is loaded first. `alone`: only kafkajs, without any work. */
  readonly first: 'kafkajs' | 'sluice' | 'alone'
  readonly brokers: readonly string[]
  readonly id: string
  readonly words: string
  readonly out: string
  readonly stateDir: string
  /** The number of Sluice's worker threads; 0: records are processed in the main thread. */
  readonly threads: number
}

/** The observations of the program. */
export interface TwoClientsReport {
  /** The result of `functionsOfAll` at the end. */
  readonly functions: Readonly<Record<string, string>>
  /** The modules of kafkajs in Node's cache after the start of Sluice, before the program has loaded kafkajs. */
  readonly loadedBySluice?: readonly string[]
  /** The error of the program's producer for snappy, before the program registered a codec. */
  readonly snappyRefused?: string
  /** The number of calls of the program's codec. */
  readonly codec?: { readonly packed: number; readonly unpacked: number }
  /** The records that the program's consumer read: the words of its own producer, and Sluice's counts of them. */
  readonly read?: readonly string[]
  /** The classes and modules that the program's kafkajs shares with Sluice's. */
  readonly shared?: readonly string[]
}

/** Runs a producer, a consumer and a codec of the program beside a `SluiceStreams`. */
export async function useBoth(load: Loaders): Promise<void> {
  const options = JSON.parse(process.argv[2] as string) as TwoClientsOptions
  const report = options.first === 'alone' ? {} : await work(load, options)
  if (options.first === 'alone') await load.kafkajs()
  console.log(JSON.stringify({ ...report, functions: functionsOfAll() } satisfies TwoClientsReport))
}

async function work(load: Loaders, options: TwoClientsOptions): Promise<Partial<TwoClientsReport>> {
  const before = options.first === 'kafkajs' ? await load.kafkajs() : undefined
  const sluice = await load.sluice()
  const app = await startApp(sluice, options)
  const loadedBySluice = before === undefined ? loadedByAll() : []
  const kafkajs = before ?? (await load.kafkajs())
  const kafka = new kafkajs.Kafka({ clientId: 'own', brokers: [...options.brokers], logLevel: kafkajs.logLevel.NOTHING })
  const snappyRefused = await send(kafka, options.words, ['a'], kafkajs.CompressionTypes.Snappy).catch(String)
  await send(kafka, options.words, ['a', 'b'], kafkajs.CompressionTypes.GZIP)
  const codec = register(kafkajs)
  try {
    await send(kafka, options.words, ['a', 'b'], kafkajs.CompressionTypes.Snappy)
    const read = await readBack(kafka, options, 8)
    return { loadedBySluice, ...(snappyRefused && { snappyRefused }), codec: codec.calls, read, shared: await sharedWithSluice(kafkajs) }
  } finally {
    codec.remove()
    await app.stop()
  }
}

async function startApp(
  sluice: typeof Sluice,
  { brokers, id, words, out, stateDir, threads }: TwoClientsOptions,
): Promise<Sluice.SluiceStreams> {
  const topology: ThreadTopologyOptions = { words, out, signals: new SharedArrayBuffer(16) }
  const module = new URL('thread-topology.ts', import.meta.url)
  const { createTopology } = await import('./thread-topology.ts')
  const app = new sluice.SluiceStreams(threads > 0 ? { module, options: topology } : createTopology(topology), {
    applicationId: id,
    brokers,
    stateDir,
    threads,
    guarantee: 'exactly_once',
  })
  await app.start()
  return app
}

async function send(kafka: Kafka, topic: string, keys: readonly string[], compression: number): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: () => () => 0 })
  await producer.connect()
  try {
    await producer.send({ topic, compression, messages: keys.map(key => ({ key, value: 'x' })) })
  } finally {
    await producer.disconnect()
  }
}

/** A codec as programs register theirs. */
function register({ CompressionCodecs, CompressionTypes }: KafkaJs): { calls: { packed: number; unpacked: number }; remove(): void } {
  const { Snappy } = CompressionTypes
  const before = CompressionCodecs[Snappy]
  const calls = { packed: 0, unpacked: 0 }
  const codec = {
    compress: ({ buffer }: { buffer: Buffer }) => {
      calls.packed++
      return Promise.resolve(compressSync(buffer))
    },
    decompress: (bytes: Buffer) => {
      calls.unpacked++
      return Promise.resolve(uncompressSync(bytes) as Buffer)
    },
  }
  CompressionCodecs[Snappy] = () => codec
  return { calls, remove: () => void (CompressionCodecs[Snappy] = before) }
}

/** Returns this many records of both topics, or those that arrived within 20 s. */
async function readBack(kafka: Kafka, { id, words, out }: TwoClientsOptions, count: number): Promise<string[]> {
  const consumer: Consumer = kafka.consumer({ groupId: `${id}-own`, allowAutoTopicCreation: false, maxWaitTimeInMs: 100 })
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [words, out], fromBeginning: true })
    const read: string[] = []
    const progress = new EventEmitter()
    const done = once(progress, 'done', { signal: AbortSignal.timeout(20_000) })
    await consumer.run({
      eachMessage: ({ topic, message }) => {
        read.push(`${topic === out ? 'out' : 'words'} ${String(message.key)} ${String(message.value)}`)
        if (read.length === count) progress.emit('done')
        return Promise.resolve()
      },
    })
    await done.catch(() => undefined)
    return read.toSorted()
  } finally {
    await consumer.disconnect()
  }
}

const mendedClasses = ['src/cluster/brokerPool.js', 'src/consumer/consumerGroup.js', 'src/network/connection.js', 'src/broker/index.js']

async function sharedWithSluice(kafkajs: KafkaJs): Promise<string[]> {
  const { loadMendedKafkajs, mendedModule } = await import('../../topology/runtime/kafka/kafkajs-mends/index.ts')
  const [theirs, ours] = [kafkajs, loadMendedKafkajs()].map(all => all as unknown as Record<string, unknown>) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ]
  const classes = Object.keys(ours).filter(name => typeof ours[name] === 'function' && ours[name] === theirs[name])
  const plain = functionsOfAll()
  return [...classes, ...mendedClasses.filter(path => functionsOf(mendedModule(path)) === plain[path.slice('src/'.length)])]
}
