/** A process that holds a state directory until it is killed: node directory-holder.ts ROOT APPLICATION. */
import { StateDirectory } from '../../stores/index.ts'

const [root = '', applicationId = ''] = process.argv.slice(2)
const directory = await StateDirectory.open(root, applicationId)
await directory.put('member', 'of the other process')
process.stdout.write(`${directory.instanceId}\n`)
setInterval(() => undefined, 60_000)
