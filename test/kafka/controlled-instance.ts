/** controlled-instance.ts BROKERS PREFIX STATE_DIRECTORY THREADS [OPTIONS]: an instance of a controlled stream. Says `running` when its tasks run, and runs until it is killed. */
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { type ControlledTopics, createTopology } from './controlled-topology.ts'

/** OPTIONS, as JSON. */
export interface InstanceOptions {
  readonly topics?: Partial<ControlledTopics>
  readonly streams?: Partial<StreamsOptions>
}

const [brokers = '', prefix = '', stateDir = '', threads = '', given = '{}'] = process.argv.slice(2)
const { topics = {}, streams: more = {} } = JSON.parse(given) as InstanceOptions
const module = new URL('controlled-topology.ts', import.meta.url)
const streams = new SluiceStreams(threads === '0' ? createTopology({ prefix, ...topics }) : { module, options: { prefix, ...topics } }, {
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
