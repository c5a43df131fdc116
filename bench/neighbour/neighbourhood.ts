import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import { Cleanup, exampleFile } from '../../cli/demo/index.ts'
import { wineFields } from '../../examples/wine/index.ts'
import { sluice } from '../../proto/messages.js'
import { createKafka, partitionForKey, TopicWriter } from '../../topology/runtime/index.ts'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { ChaosInstance, ownEnvironment, programFile } from '../chaos/index.ts'
import type { DataFormat } from './attack.ts'
import type { AttackerData } from './attacker.ts'
import { GoodType } from './good-type.ts'

const partitions = 4

/** A well-behaved type and what an attacker needs to know, on an instance of their own. */
export interface Neighbourhood {
  readonly good: GoodType
  readonly attacker: Omit<AttackerData, 'name'>
}

export interface NeighbourhoodOptions {
  /** Names its topics, its application and its files. */
  readonly name: string
  readonly brokers: string
  readonly format: DataFormat
  readonly rate: number
  readonly threads: number
  readonly directory: string
}

/** Starts an instance with data of a format, and gives both types their first model. */
export async function neighbourhood(
  { name, brokers, format, rate, threads, directory }: NeighbourhoodOptions,
  cleanup: Cleanup,
  stop: AbortController,
): Promise<Neighbourhood> {
  const { signal } = stop
  const topics = { data: `${name}-data`, models: `${name}-models`, results: `${name}-results`, echo: `${name}-echo` }
  const kafka = createKafka({ brokers: [brokers], clientId: 'bench-neighbour' })
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(
    admin,
    Object.values(topics).map(topic => ({ topic, numPartitions: partitions })),
  )
  await admin.disconnect()
  const host = await startModelServer(cleanup)
  const stateDir = join(directory, name)
  const settings = Object.entries({
    brokers,
    'application-id': name,
    'data-topic': topics.data,
    'models-topic': topics.models,
    'results-topic': topics.results,
    'data-format': format,
    ...(format === 'json' ? { 'data-features': wineFields.join(',') } : {}),
    port: 0,
    'state-dir': stateDir,
    'model-hosts': host,
    threads,
    'unreadable-batches': 'skip',
  })
  const args = [programFile('../../cli/main'), 'serve', ...settings.flatMap(([name, value]) => [`--${name}`, String(value)])]
  const onCrash = (how: string): void => stop.abort(new SluiceError('CHECK_FAILED', `the instance exited: ${how}`))
  const logFile = join(directory, `${name}.log`)
  const instance = new ChaosInstance({ name, args, env: ownEnvironment(), stateDir, logFile, onCrash })
  instance.start()
  cleanup.add(() => instance.kill())
  while (!instance.ready) await sleep(100, undefined, { signal })
  const model = await readFile(exampleFile('wine-linear.onnx'))
  const good = new GoodType(kafka, topics, { dataType: 'good', rate, format })
  const [dataType = '', freshType = ''] = besides(good.dataType, 2)
  const writer = await TopicWriter.open(kafka, topics.models)
  for (const type of [good.dataType, dataType]) {
    const { ONNX } = sluice.ModelDescriptor.ModelType
    const value = sluice.ModelDescriptor.encode({ name: 'm', dataType: type, modeltype: ONNX, data: model })
    await writer.write({ key: Buffer.from(type), value: Buffer.from(value.finish()) })
  }
  await writer.close()
  while (((await instance.get('/models'))?.body as readonly unknown[] | undefined)?.length !== 2) await sleep(100, undefined, { signal })
  const { port } = instance
  const urls = { slowModelUrl: `http://${host}/silent`, dripModelUrl: `http://${host}/drip` }
  const target = { topics, dataType, freshType, port, peerPort: peerPortOf(instance.pid ?? 0, port), model, ...urls }
  return { good, attacker: { brokers, format, target } }
}

/** Data types on the same partition as the other. */
function besides(dataType: string, count: number): readonly string[] {
  const partition = (type: string): number => partitionForKey(Buffer.from(type), partitions)
  const found: string[] = []
  for (let at = 0; found.length < count; at++) if (partition(`bad-${at}`) === partition(dataType)) found.push(`bad-${at}`)
  return found
}

/** A server that answers nothing, or a byte now and then: whoever fetches a model from it waits. Returns its host. */
async function startModelServer(cleanup: Cleanup): Promise<string> {
  const dripping = new Set<ServerResponse>()
  const server = createServer(({ url = '' }, response) => {
    if (!url.startsWith('/drip')) return
    response.on('close', () => dripping.delete(response)).writeHead(200)
    dripping.add(response)
  }).listen(0, '127.0.0.1')
  const drip = setInterval(() => {
    for (const response of dripping) response.write('x')
  }, 100)
  cleanup.add(() => {
    clearInterval(drip)
    server.close()
    server.closeAllConnections()
  })
  await new Promise(resolve => server.once('listening', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The port at which the process listens beside the one of REST. */
function peerPortOf(pid: number, restPort: number): number {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return []
      }
    }),
  )
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    const port = Number.parseInt(local.split(':')[1] ?? '', 16)
    if (state === '0A' && inodes.has(inode) && port !== restPort) return port
  }
  throw new SluiceError('CHECK_FAILED', 'the instance has no peer port')
}
