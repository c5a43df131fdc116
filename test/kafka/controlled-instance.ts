/** controlled-instance.ts BROKERS PREFIX STATE_DIRECTORY THREADS: an instance of a controlled stream. Says `running` when its tasks run, and runs until it is killed. */
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './controlled-topology.ts'

const [brokers = '', prefix = '', stateDir = '', threads = ''] = process.argv.slice(2)
const module = new URL('controlled-topology.ts', import.meta.url)
const streams = new SluiceStreams(threads === '0' ? createTopology({ prefix }) : { module, options: { prefix } }, {
  applicationId: prefix,
  brokers: brokers.split(','),
  stateDir,
  threads: Number(threads),
  commitIntervalMs: 50,
  sessionTimeoutMs: 6000,
  createPartitions: 4,
  listener: {
    onStateChange: state => console.log(state),
    onError: error => console.error(error),
  },
})
await streams.start()
