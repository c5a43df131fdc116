import type { LocalBroker } from '../kafka/index.ts'
import type { Output } from '../output.ts'

interface NodeView {
  readonly id: number
  readonly running: boolean
  /** host:port where it listens, or did last. */
  readonly address?: string
  readonly pid?: number
  readonly dir: string
}

/** The brokers of a directory, as `sluice broker` prints them in JSON. */
export interface BrokersView {
  /** Whether all run. */
  readonly running: boolean
  readonly dir: string
  /** The addresses of those that run, in the form of KAFKA_BROKERS; absent if none does. */
  readonly brokers?: string
  readonly version?: string
  /** Where this Kafka came from. */
  readonly source?: string
  readonly nodes: readonly NodeView[]
}

export function brokersView(dir: string, brokers: readonly LocalBroker[]): BrokersView {
  const running = brokers.flatMap(broker => broker.running ?? [])
  const [first] = running
  return {
    running: running.length === brokers.length,
    dir,
    ...(first === undefined
      ? {}
      : { brokers: running.map(({ port }) => addressOf(port)).join(','), version: first.version, source: first.source }),
    nodes: brokers.map(nodeView),
  }
}

function nodeView({ id, dir, port, running }: LocalBroker): NodeView {
  return {
    id,
    running: running !== undefined,
    ...(port === undefined ? {} : { address: addressOf(port) }),
    ...(running === undefined ? {} : { pid: running.pid }),
    dir,
  }
}

const addressOf = (port: number): string => `127.0.0.1:${port}`

/** A table with one line per broker for people, one JSON object for programs. */
export async function printBrokers(output: Output, view: BrokersView): Promise<void> {
  if (!output.human) return await output.json(view)
  const rows = view.nodes.map(({ id, running, address, pid, dir }) => ({
    broker: id,
    status: running ? 'running' : 'stopped',
    address,
    process: pid,
    Kafka: running ? view.version : undefined,
    directory: dir,
  }))
  await output.rows(['broker', 'status', 'address', 'process', 'Kafka', 'directory'], rows)
}
