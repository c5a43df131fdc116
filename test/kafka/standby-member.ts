/**
 * An instance with one standby for each task: node standby-member.ts BROKERS APPLICATION INPUT OUTPUT STATE_DIRECTORY PORT. Runs until it is killed.
 */
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'

const [brokers = '', applicationId = '', input = '', output = '', stateDir = '', port = ''] = process.argv.slice(2)
const app = new SluiceStreams(createTopology({ input, output }), {
  applicationId,
  brokers: brokers.split(','),
  stateDir,
  standbyReplicas: 1,
  sessionTimeoutMs: 6000,
  advertise: { host: '127.0.0.1', port: Number(port) },
})
await app.start()
