/**
 * controlled-instance.ts BROKERS PREFIX STATE_DIRECTORY THREADS [OPTIONS]: an instance of a controlled stream. Says `running` when its tasks run, and runs until
 * it is killed, or ended by SIGTERM.
 */
import { once } from 'node:events'
import type { Topology } from '../../topology/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'

/** OPTIONS, as JSON. */
export interface InstanceOptions {
  /** The module beside this one that makes the topology. */
  readonly module?: 'controlled-topology.ts' | 'commanded-topology.ts'
  /** What it gets, beside the prefix of the topics. */
  readonly topics?: object
  readonly streams?: Partial<StreamsOptions>
}

const [brokers = '', prefix = '', stateDir = '', threads = '', given = '{}'] = process.argv.slice(2)
const { module: file = 'controlled-topology.ts', topics = {}, streams: more = {} } = JSON.parse(given) as InstanceOptions
const module = new URL(file, import.meta.url)
const options = { prefix, ...topics }
const { createTopology } = (await import(module.href)) as { readonly createTopology: (options: object) => Topology }
const streams = new SluiceStreams(threads === '0' ? createTopology(options) : { module, options }, {
  applicationId: prefix,
  brokers: brokers.split(','),
  stateDir,
  threads: Number(threads),
  commitIntervalMs: 50,
  sessionTimeoutMs: 6000,
  createPartitions: 4,
  ...more,
  listener: {
    onStateChange: state => console.log(state),
    onError: error => console.error(error),
  },
})
await streams.start()
await once(process, 'SIGTERM')
await streams.stop()
