/** instance.ts BROKERS PREFIX STATE_DIRECTORY: an instance that serves models. Prints `running` once its tasks run, and runs until it is stopped. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ServingInstance, wineRecordReader } from '../../serving.ts'

const [brokers = '', prefix = '', stateDir = ''] = process.argv.slice(2)
const instance = new ServingInstance({
  streams: {
    applicationId: `${prefix}app`,
    brokers: brokers.split(','),
    stateDir,
    sessionTimeoutMs: 6000,
    listener: { onStateChange: state => console.log(state), onError: error => console.error(error) },
  },
  serving: {
    dataTopic: `${prefix}data`,
    modelsTopic: `${prefix}models`,
    resultsTopic: `${prefix}results`,
    reader: wineRecordReader(),
    codeRoots: [fileURLToPath(new URL('./models', import.meta.url))],
    modelWaitMs: 60_000,
  },
  rest: { port: 0 },
})
await instance.start()
await once(process, 'SIGTERM')
await instance.stop()
