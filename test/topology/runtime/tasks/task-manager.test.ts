import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KeyValueStore } from '../../../../stores/index.ts'
import { streamsConfig } from '../../../../topology/runtime/config/streams-config.ts'
import { createKafka, type Kafka, newCluster } from '../../../../topology/runtime/kafka/kafka-client.ts'
import { ThreadMetrics } from '../../../../topology/runtime/metrics/thread-metrics.ts'
import { RecordQueue } from '../../../../topology/runtime/tasks/record-queue.ts'
import { TaskManager } from '../../../../topology/runtime/tasks/task-manager.ts'
import { TopicWriter } from '../../../../topology/runtime/topics/topic-writer.ts'
import { createTopology } from '../../../kafka/counting-topology.ts'
import { type SimKafkaServer, serveSimKafka } from '../../../sim/kafka/sim-kafka-server.ts'
import { eventually } from '../../../support/eventually.ts'

const topology = createTopology({ input: 'in', output: 'out' }).build('app')
const topics = ['in', 'out', 'app-counts-changelog', 'app-dead-letters']
const layout = {
  partitionCounts: new Map(topics.map(topic => [topic, 1])),
  partitionsOf: [1],
  tasks: ['0_0'],
  tombstonesMs: new Map([['app-counts-changelog', 86_400_000]]),
}

interface Context {
  server: SimKafkaServer
  kafka: Kafka
  tasks: TaskManager
  /** The generation of this member, which is always the same one. */
  generationId: number
  failures: unknown[]
}

const test = suite<Context>('the tasks of a thread')

test.before.each(async context => {
  const server = await serveSimKafka({ brokers: 1 })
  for (const topic of topics)
    server.kafka.createTopic(topic, { partitions: 1, ...(topic.endsWith('changelog') && { config: { 'cleanup.policy': 'compact' } }) })
  const brokers = [...server.addresses]
  const kafka = createKafka({ brokers, clientId: 'test' })
  Object.assign(context, { server, kafka, generationId: 1, failures: [] })
  context.tasks = new TaskManager({
    kafka,
    config: streamsConfig({ applicationId: 'app', brokers }),
    topology,
    layout,
    directory: undefined,
    copies: undefined,
    instance: 'test',
    metrics: new ThreadMetrics(),
    plain: { checkMember: () => Promise.resolve(), commitOffsets: () => Promise.resolve() },
    member: () => ({ memberId: 'm', generationId: context.generationId }),
    onDeadLetter: () => undefined,
    onFailure: error => void context.failures.push(error),
  })
})

test.after.each(async ({ tasks, server }) => {
  await tasks.closeAll()
  await server.close()
})

const ids = ['0_0']

/** What a thread does after a join; the next rebalance has begun already if `overtaken`. */
async function joined({ tasks, kafka, failures }: Context, overtaken = false): Promise<void> {
  const kept = tasks.keptInputs(ids)
  const signal = overtaken ? AbortSignal.abort() : new AbortController().signal
  const takeover = { members: [tasks.transactionalId], inputs: {}, cluster: newCluster(kafka), moved: [] }
  await tasks.handleAssignment(ids, [], takeover, signal)
  if (overtaken) return tasks.suspendAll()
  const queue = (): RecordQueue => new RecordQueue({ topic: 'in', partition: 0, bootstrap: false, position: 0, end: 0 })
  tasks.assign(
    new Map(ids.map(id => [id, kept.get(id) ?? [queue()]])),
    error => void failures.push(error),
    () => undefined,
  )
  await eventually(
    () => tasks.tasks.map(({ state }) => state),
    states => states.every(state => state === 'running'),
  )
  assert.equal(failures, [])
}

const countOf = ({ tasks }: Context): number | undefined => {
  const store = tasks.tasks[0]?.stateManager.stores.get('counts')?.store as KeyValueStore<string, number> | undefined
  return store?.get('k')
}

/** Another member has the task, and writes a row although it processes no record, as a punctuation does. */
async function punctuatedElsewhere({ kafka }: Context): Promise<void> {
  const writer = await TopicWriter.open(kafka, 'app-counts-changelog')
  await writer.write({ key: Buffer.from('k'), value: Buffer.from('9'), partition: 0 })
  await writer.close()
}

test('a task goes on where it was if the same member has it in the next generation, also where that one is overtaken', async context => {
  await joined(context)
  await context.tasks.suspendAll()
  context.generationId = 2
  await joined(context, true)
  context.generationId = 3
  assert.equal([...context.tasks.keptInputs(ids).keys()], ids)
})

test('a task that another member had meanwhile is restored, also if the first generation after that is overtaken', async context => {
  await joined(context)
  assert.is(countOf(context), undefined)
  await context.tasks.suspendAll()
  await punctuatedElsewhere(context)
  context.generationId = 3
  await joined(context, true)
  context.generationId = 4
  assert.equal([...context.tasks.keptInputs(ids).keys()], [])
  await joined(context)
  assert.is(countOf(context), 9)
  // From here on it is this member's again.
  await context.tasks.suspendAll()
  context.generationId = 5
  assert.equal([...context.tasks.keptInputs(ids).keys()], ids)
})

test.run()
