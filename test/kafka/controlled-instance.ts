/** controlled-instance.ts BROKERS PREFIX STATE_DIRECTORY: an instance of a controlled stream. Says `running` when its tasks run, and runs until it is killed. */
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './controlled-topology.ts'

const [brokers = '', prefix = '', stateDir = ''] = process.argv.slice(2)
const streams = new SluiceStreams(createTopology({ prefix }), {
  applicationId: prefix,
  brokers: brokers.split(','),
  stateDir,
  commitIntervalMs: 50,
  sessionTimeoutMs: 6000,
  createPartitions: 4,
  listener: {
    onStateChange: state => console.log(state),
    onError: error => console.error(error),
  },
})
await streams.start()
