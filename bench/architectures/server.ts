/** server.ts: the model server, in a process of its own. Prints its host, and serves until it is stopped. */
import { once } from 'node:events'
import { startModelServer } from '../../examples/architectures/index.ts'

const server = await startModelServer()
const stop = once(process, 'SIGTERM')
console.log(server.host)
await stop
await server.close()
