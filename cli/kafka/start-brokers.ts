import { resolve } from 'node:path'
import { SluiceError } from '../../base/index.ts'
import { brokersOf, localBrokers } from './cluster-record.ts'
import { KafkaCluster } from './kafka-cluster.ts'
import { type LocalKafkaOptions, startLocalKafka } from './local-kafka.ts'

export interface StartBrokersOptions extends Pick<LocalKafkaOptions, 'dir' | 'port' | 'log' | 'signal'> {
  /** Default: as many as the directory has; 1 for a new one. */
  readonly brokers?: number | undefined
}

/** Of each broker of a cluster, MB. */
const clusterHeapMb = 512

/**
 * Starts the brokers of a directory that do not run, in the background; resolves when all answer. If one fails, those that were started here are
 * stopped. Throws PORT_TAKEN and BROKER_FAILED.
 */
export async function startBrokers(options: StartBrokersOptions): Promise<void> {
  const dir = resolve(options.dir)
  const brokers = brokerCount(dir, options.brokers)
  if (localBrokers(dir).every(({ running }) => running !== undefined)) return
  const { port, log, signal } = options
  const common = { dir, detached: true, ...(log === undefined ? {} : { log }), ...(signal === undefined ? {} : { signal }) }
  if (brokers === 1) await startLocalKafka({ ...common, port })
  else await KafkaCluster.start({ ...common, firstPort: port, brokers, heapMb: clusterHeapMb })
}

/** Data is of as many brokers as it was made by. */
function brokerCount(dir: string, wanted: number | undefined): number {
  const present = brokersOf(dir)
  if (present === undefined) return wanted ?? 1
  if (wanted === undefined || wanted === present) return present
  throw new SluiceError(
    'BROKER_FAILED',
    `${dir} has the data of ${present === 1 ? 'one broker' : `${present} brokers`}, which cannot become ${wanted}: choose another directory, or remove this one`,
  )
}
