/** instance.ts BROKERS PREFIX STATE_DIRECTORY: an instance of the heater application. Prints its states, and runs until it is stopped. */
import { once } from 'node:events'
import { SluiceStreams } from '../../index.ts'
import { heater } from './heater.ts'

const [brokers = '', prefix = '', stateDir = ''] = process.argv.slice(2)
const streams = new SluiceStreams(heater(prefix), {
  applicationId: `${prefix}heater`,
  brokers: brokers.split(','),
  stateDir,
  commitIntervalMs: 20,
  sessionTimeoutMs: 6000,
  createPartitions: 4,
  listener: { onStateChange: state => console.log(state), onError: error => console.error(error) },
})
await streams.start()
await once(process, 'SIGTERM')
await streams.stop()
