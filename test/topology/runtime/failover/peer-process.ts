/** An instance without a group: node peer-process.ts INSTANCE. Prints where it listens, says farewell at SIGTERM. */
import { randomUUID } from 'node:crypto'
import { PeerListener } from '../../../../topology/runtime/failover/peer-listener.ts'

const [instance = ''] = process.argv.slice(2)
const boot = randomUUID()
const listener = await PeerListener.open({ applicationId: 'app', instance, boot }, '127.0.0.1')
process.on('SIGTERM', () => void listener.close().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ port: listener.port, boot })}\n`)
setInterval(() => undefined, 60_000)
