import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SluiceError, systemEnv, useEnv } from '../../../../base/index.ts'
import { Topology } from '../../../../topology/index.ts'
import { streamsConfig } from '../../../../topology/runtime/config/streams-config.ts'
import type { GroupMember } from '../../../../topology/runtime/commit/index.ts'
import { createKafka, newCluster } from '../../../../topology/runtime/kafka/kafka-client.ts'
import { TaskProducers } from '../../../../topology/runtime/tasks/task-producers.ts'
import { bytesSerde } from '../../../../records/index.ts'
import { type SimKafkaServer, serveSimKafka } from '../../../sim/kafka/sim-kafka-server.ts'
import { eventually } from '../../../support/eventually.ts'

const bytes = { key: bytesSerde, value: bytesSerde }
const topology = new Topology().addSource('in', 'in', bytes).addSink('out', 'out', bytes, 'in').build('app')
const layout = {
  partitionCounts: new Map([
    ['in', 1],
    ['out', 1],
    ['app-dead-letters', 1],
  ]),
  partitionsOf: [1],
  tasks: ['0_0'],
  tombstonesMs: new Map(),
}
const nobody: GroupMember = { memberId: '', generationId: -1 }
const timeoutMs = 1000

interface Context {
  server: SimKafkaServer
  producers: TaskProducers
  /** undefined: the thread is no member any more. */
  member: GroupMember | undefined
  failures: SluiceError[]
  warnings: string[]
}

/** Three brokers: one can go. The next coordinator is there soon, and has loaded by `loadedMs`. */
async function open(context: Context, { transactionVersion = 2, loadingMs = 5 }: { transactionVersion?: 1 | 2; loadingMs?: number } = {}) {
  const timing = { session: 50, loading: loadingMs, marker: 2 }
  context.server = await serveSimKafka({ brokers: 3, transactionVersion, timing })
  for (const topic of layout.partitionCounts.keys()) context.server.kafka.createTopic(topic, { partitions: 1, replication: 3 })
  Object.assign(context, { member: nobody, failures: [], warnings: [] })
  const log = (level: string, message: string): void => void (level === 'warn' && context.warnings.push(message))
  const brokers = [...context.server.addresses]
  context.producers = new TaskProducers({
    kafka: createKafka({ brokers, clientId: 'test' }),
    config: streamsConfig({ applicationId: 'app', brokers, transactionTimeoutMs: timeoutMs, listener: { log } }),
    topology,
    layout,
    member: () => context.member,
    plain: { checkMember: () => Promise.resolve(), commitOffsets: () => Promise.resolve() },
    onFailure: error => void context.failures.push(error as SluiceError),
  })
  await context.producers.prepare()
}

const record = [{ topic: 'out', partition: 0, messages: [{ partition: 0, key: null, value: Buffer.from('x'), timestamp: Date.now() }] }]
const position = (offset: number) => [{ topic: 'in', partition: 0, offset }]
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as SluiceError).code,
  )
const endOf = ({ server, producers }: Context) => server.kafka.transaction(producers.transactionalId)

const test = suite<Context>("the producers of a thread's tasks")
test.after.each(async ({ producers, server }) => {
  await producers.close()
  await server.close()
})

test('transactions that fail while the thread joins are not opened under their id again: how the last one ended would be forgotten', async context => {
  await open(context)
  const { producers } = context
  const { next } = await (await producers.open('0_0')).commit(record, position(1))
  await eventually(
    () => endOf(context)?.state,
    state => state === 'CompleteCommit',
  )
  const before = endOf(context)
  context.member = undefined
  assert.is(await codeOf(next.commit(record, position(2))), 'TASK_FENCED')
  assert.not.ok(producers.usable)
  assert.is(await codeOf(producers.prepare()), 'COMMIT_FAILED')
  assert.equal(endOf(context), before)
  const former = producers.transactionalId
  producers.renew()
  await producers.prepare()
  assert.ok(producers.usable)
  assert.is.not(producers.transactionalId, former)
  assert.equal(context.server.kafka.transaction(former), before)
})

/** The coordinator of the thread's id is lost after a commit, and the next one loads for longer than a transaction may take. */
async function loseCoordinator(context: Context): Promise<void> {
  const { producers, server } = context
  await (await producers.open('0_0')).commit(record, position(1))
  server.kill(server.kafka.coordinator('transaction', producers.transactionalId).leader)
  // Until the client has noticed it.
  await new Promise(resolve => setTimeout(resolve, 50))
}

const takeover = (context: Context, tasks: readonly string[]) => {
  const brokers = [...context.server.addresses]
  const cluster = newCluster(createKafka({ brokers, clientId: 'test' }))
  return { members: [context.producers.transactionalId], tasks, inputs: {}, cluster, moved: [] }
}

test('a takeover does not begin with transactions whose last end could not be written once more', async context => {
  await open(context, { loadingMs: 60_000 })
  await loseCoordinator(context)
  assert.is(await codeOf(context.producers.takeOver(takeover(context, []))), 'COMMIT_FAILED')
  assert.is(await codeOf(context.producers.takeOver(takeover(context, []))), 'COMMIT_FAILED', 'nor does the next one')
})

test('the thread fails whose inputs rest, if it cannot write its own last end once more', async context => {
  // What is looked for every ten seconds is looked for at once.
  const leave = useEnv({ ...systemEnv, timer: (ms, run) => systemEnv.timer(ms === 10_000 ? 50 : ms, run) })
  try {
    await open(context, { loadingMs: 60_000 })
    await context.producers.takeOver(takeover(context, []))
    await context.producers.takeOver(takeover(context, ['0_0']))
    assert.equal(context.failures, [])
    await loseCoordinator(context)
    await eventually(
      () => context.failures.length,
      count => count > 0,
    )
    assert.equal(
      context.failures.map(({ code }) => code),
      ['COMMIT_FAILED'],
    )
    assert.match(context.warnings.join(), 'could not be written once more: the thread starts anew')
  } finally {
    leave()
  }
})

for (const ending of ['an end', 'none'] as const)
  test(`transaction.version 1: offsets that a transaction holds are waited for, which gets ${ending}`, async context => {
    await open(context, { transactionVersion: 1 })
    const { producers, server } = context
    assert.not.ok(producers.shared)
    const brokers = [...server.addresses]
    const kafka = createKafka({ brokers, clientId: 'test' })
    const [stranger, cluster] = [
      kafka.producer({ transactionalId: 'stranger', idempotent: true, maxInFlightRequests: 1 }),
      newCluster(kafka),
    ]
    await Promise.all([stranger.connect(), cluster.connect()])
    try {
      const transaction = await stranger.transaction()
      const topics = [{ topic: 'in', partitions: [{ partition: 0, offset: '3' }] }]
      await transaction.sendOffsets({ consumerGroupId: 'app', topics })
      let settled = ''
      const waiting = codeOf(producers.untilStable({ cluster, inputs: { in: [0] } })).then(code => (settled = code))
      await new Promise(resolve => setTimeout(resolve, 300))
      assert.is(settled, '')
      if (ending === 'an end') await transaction.commit()
      assert.is(await waiting, ending === 'an end' ? 'done' : 'COMMIT_FAILED')
      if (ending === 'none') await transaction.abort()
    } finally {
      await Promise.all([stranger.disconnect(), cluster.disconnect()])
    }
  })

test.run()
