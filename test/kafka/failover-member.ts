/**
 * A member of a group that notices when others die: node failover-member.ts BROKERS GROUP TOPIC STATE_DIRECTORY. Prints each join, and each change of
 * its connections to other members, as a JSON line; leaves the group at SIGTERM. Its session is longer than any test.
 */
import { stringSerde } from '../../records/serde.ts'
import { StateDirectory } from '../../stores/index.ts'
import { Topology } from '../../topology/index.ts'
import { Failover } from '../../topology/runtime/failover/failover.ts'
import { groupProtocol, tasksOf } from '../../topology/runtime/group/group-protocol.ts'
import { createKafka } from '../../topology/runtime/index.ts'
import { outageRetry } from '../../topology/runtime/kafka/kafka-client.ts'

const [brokers = '', applicationId = '', topic = '', root = ''] = process.argv.slice(2)
const sessionMs = 600_000

function tell(event: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

const kafka = createKafka({ brokers: brokers.split(','), clientId: 'failover' })
const topology = new Topology().addSource('in', topic, { key: stringSerde, value: stringSerde }).build()
const directory = await StateDirectory.open(root, applicationId)
const instance = directory.instanceId
const failOver = await Failover.open({
  kafka,
  applicationId,
  instance,
  host: '127.0.0.1',
  directory,
  log: (level, message, fields) => tell({ event: 'log', level, message, ...fields }),
})
const facts = { instance, host: '127.0.0.1', port: 0, stores: [], tasks: [], active: [], ...failOver.facts }
let memberName = ''
const consumer = kafka.consumer({
  groupId: applicationId,
  sessionTimeout: sessionMs,
  rebalanceTimeout: sessionMs,
  heartbeatInterval: 200,
  maxWaitTimeInMs: 100,
  retry: outageRetry,
  partitionAssigners: [
    groupProtocol(topology, () => facts, {
      onPartitionsAssigned: async ({ memberId, assignment }) => {
        memberName = memberId
        await failOver.joined(memberId)
        tell({ event: 'joined', memberId, tasks: tasksOf(topology, assignment) })
      },
    }),
  ],
})

let connected = ''
const watching = setInterval(() => {
  const now = failOver.connected.join(' ')
  if (now !== connected) tell({ event: 'connected', members: failOver.connected })
  connected = now
}, 20)

process.on('SIGTERM', () => void leave())
await failOver.evictFormer()
await consumer.connect()
await consumer.subscribe({ topics: [topic] })
await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })

async function leave(): Promise<void> {
  clearInterval(watching)
  await consumer.disconnect()
  await failOver.left(memberName, true)
  await failOver.close()
  await directory.close()
}
