/**
 * instance.ts NAME BROKERS PREFIX STATE_DIRECTORY [HOST]: one instance of an architecture, for the benchmark. Prints the ms that its start took as soon as its tasks run, and runs until it is
 * stopped. HOST: that of the model server, if the architecture uses one.
 */
import { once } from 'node:events'
import { architectures, runArchitecture } from '../../examples/architectures/index.ts'

const [name = '', brokers = '', prefix = '', stateDir = '', host] = process.argv.slice(2)
const architecture = architectures.find(each => each.name === name)
if (architecture === undefined) throw new Error(`there is no architecture "${name}"`)
const surroundings = await architecture.open(host)
const stop = once(process, 'SIGTERM')
const started = performance.now()
const running = await runArchitecture(architecture, surroundings, {
  brokers: brokers.split(','),
  prefix,
  stateDir,
  partitions: 2,
  commitIntervalMs: 100,
  onError: error => console.error(error),
})
console.log(performance.now() - started)
await stop
await running.stop()
await surroundings.close()
