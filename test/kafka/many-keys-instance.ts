/** An instance that counts per key and answers over REST. Prints its port once it has joined, and runs until it is killed. */
import { startRestServer } from '../../rest/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'

const [brokers = '', applicationId = '', input = '', output = '', stateDir] = process.argv.slice(2)

const streams = new SluiceStreams(createTopology({ input, output }), {
  applicationId,
  brokers: brokers.split(','),
  stateDir,
  standbyReplicas: 1,
  sessionTimeoutMs: 6000,
  listener: { onError: error => console.error(error) },
})
const rest = await startRestServer({
  streams,
  port: 0,
  token: 'secret',
  log: (level, message, fields) => level === 'error' && console.error(message, fields),
})
streams.advertise({ host: rest.host, port: rest.port })
await streams.start()
console.log(rest.port)
