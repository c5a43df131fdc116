import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '../../base/index.ts'
import { type BrokerRecord, runningBroker, stopBroker } from './broker-record.ts'
import { dataDirectory } from './server-properties.ts'

/** A broker of a cluster, and where it listened last. Each is a controller too. */
export interface ClusterNode {
  /** Kafka's node id, from 1. */
  readonly id: number
  readonly port: number
  readonly controllerPort: number
}

/** The cluster of a directory, as stored in cluster.json. Its number of brokers is that of its controllers, and does not change. */
export interface ClusterRecord {
  readonly clusterId: string
  readonly nodes: readonly ClusterNode[]
}

/** A broker of a directory, which may hold one or a cluster. */
export interface LocalBroker {
  readonly id: number
  readonly dir: string
  /** Where it listens, or did last; undefined: it was never started. */
  readonly port?: number
  /** undefined: it does not run. */
  readonly running?: BrokerRecord
}

const recordFile = (dir: string): string => join(dir, 'cluster.json')

export const nodeDirectory = (dir: string, id: number): string => join(dir, `broker-${id}`)

/** Writes the record atomically. */
export async function writeClusterRecord(dir: string, record: ClusterRecord): Promise<void> {
  const file = recordFile(dir)
  await writeFile(`${file}.new`, JSON.stringify(record, undefined, 2))
  await rename(`${file}.new`, file)
}

/** undefined: the directory holds no cluster. Throws BROKER_FAILED for a record that is none. */
export function clusterRecord(dir: string): ClusterRecord | undefined {
  if (!existsSync(recordFile(dir))) return undefined
  try {
    const { clusterId, nodes } = JSON.parse(readFileSync(recordFile(dir), 'utf8')) as ClusterRecord
    const whole = nodes.every(({ id, port, controllerPort }, index) => id === index + 1 && [port, controllerPort].every(Number.isInteger))
    if (typeof clusterId === 'string' && nodes.length > 0 && whole) return { clusterId, nodes }
  } catch {
    // Told below.
  }
  throw new SluiceError('BROKER_FAILED', `${recordFile(dir)} does not describe a cluster: remove ${dir} or choose another directory`)
}

/** The brokers of a directory, running or not; one that was never started if there is nothing yet. Throws BROKER_FAILED. */
export function localBrokers(dir: string): readonly LocalBroker[] {
  const record = clusterRecord(dir)
  if (record !== undefined) return record.nodes.map(({ id, port }) => brokerOf(nodeDirectory(dir, id), id, port))
  return [brokerOf(dir, 1)]
}

function brokerOf(dir: string, id: number, lastPort?: number): LocalBroker {
  const running = runningBroker(dir)
  const port = running?.port ?? lastPort
  return { id, dir, ...(port === undefined ? {} : { port }), ...(running === undefined ? {} : { running }) }
}

/** How many brokers a directory is for; undefined: there is no data yet. */
export function brokersOf(dir: string): number | undefined {
  return clusterRecord(dir)?.nodes.length ?? (existsSync(dataDirectory(dir)) || runningBroker(dir) !== undefined ? 1 : undefined)
}

/** Stops all that run, at the same time: each hands over what it leads while the others still can take it. Resolves when they have ended. */
export async function stopBrokers(brokers: readonly LocalBroker[]): Promise<void> {
  await Promise.all(brokers.map(async ({ dir, running }) => running && (await stopBroker(dir, running))))
}
