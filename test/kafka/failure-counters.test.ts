import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort } from '../../cli/kafka/free-port.ts'
import { stringSerde } from '../../records/serde.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { StateDirectory } from '../../stores/index.ts'
import { Topology } from '../../topology/index.ts'
import { decodeMember } from '../../topology/runtime/group/index.ts'
import { GroupAdmin } from '../../topology/runtime/failover/group-admin.ts'
import { loadMendedKafkajs } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { counted, countedAtLeast } from './counted.ts'
import { createTopology } from './counting-topology.ts'
import { briefFetches, eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

interface World {
  fixture: KafkaFixture
  dir: string
  apps: SluiceStreams[]
  /** The reported error codes and log lines. */
  told: string[]
}

const test = suite<World>('each failure has its counter')
test.before.each(async context => {
  const fixture = new KafkaFixture(String(brokers))
  Object.assign(context, { fixture, dir: await mkdtemp(join(tmpdir(), 'sluice-failures-')), apps: [], told: [] })
  await fixture.createTopics({ words: {}, out: {} })
})
test.after.each(async ({ fixture, dir, apps }) => {
  await Promise.all(apps.map(app => app.stop()))
  await fixture.close()
  await rm(dir, { recursive: true })
})

const failures = 'sluice_thread_failures_total'
const rebuilt = 'sluice_stores_rebuilt_total'
const keys = Array.from({ length: 8 }, (_, at) => `k${at}`)

function instance({ fixture, dir, apps, told }: World, options: Partial<StreamsOptions> = {}, topology?: Topology): SluiceStreams {
  const names = { input: fixture.topic('words'), output: fixture.topic('out') }
  const module = { module: new URL('counting-topology.ts', import.meta.url), options: names }
  const app = new SluiceStreams(topology ?? (options.threads ? module : createTopology(names)), {
    applicationId: fixture.id,
    brokers: fixture.brokers,
    stateDir: dir,
    listener: {
      onError: (error, fatal) => told.push(`${fatal ? 'fatal ' : ''}${String(error)}`),
      log: (_level, message) => told.push(message),
    },
    ...options,
  })
  apps.push(app)
  return app
}

const words = (rounds: number): { key: Buffer; value: Buffer; partition: number }[] =>
  Array.from({ length: rounds * keys.length }, (_, at) => ({
    key: Buffer.from(keys[at % keys.length] as string),
    value: Buffer.from('x'),
    partition: at % 4,
  }))

/** The codes of all failures of threads so far. */
async function codesOf(app: SluiceStreams): Promise<readonly string[]> {
  const family = (await app.metrics()).find(({ name }) => name === failures)
  return (family?.samples ?? []).filter(({ value }) => value > 0).map(({ labels }) => labels.join())
}

/** Checks that each key was counted without gaps or duplicates. */
async function countsAreWhole(fixture: KafkaFixture, rounds: number): Promise<void> {
  const out = await fixture.readAtLeast('out', rounds * keys.length)
  const wanted = Array.from({ length: rounds }, (_, at) => at + 1)
  for (const key of keys) {
    const counts = out.filter(record => String(record.key) === key).map(({ value }) => Number(value))
    assert.equal(counts, wanted, key)
  }
}

/** Runs an instance until it has counted this many rounds, and stops it. */
async function ran(world: World, rounds: number): Promise<void> {
  const app = instance(world)
  await app.start()
  await world.fixture.produce('words', words(rounds))
  await countsAreWhole(world.fixture, rounds)
  await app.stop()
  assert.equal([await counted(app, failures), await counted(app, rebuilt)], [0, 0])
}

async function cutHead({ fixture }: World, name: string, offset: string, partitions = [0, 1, 2, 3]): Promise<void> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  const topic = fixture.topic(name)
  // The broker deletes no records of a topic that is only compacted.
  const configEntries = [{ name: 'cleanup.policy', value: 'compact,delete' }]
  try {
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] })
    await admin.fetchTopicOffsets(topic) // deleteTopicRecords looks for leaders in metadata that it does not load itself
    await admin.deleteTopicRecords({ topic, partitions: partitions.map(partition => ({ partition, offset })) })
  } finally {
    await admin.disconnect()
  }
}

for (const threads of [0, 1])
  test(`input that retention cut off, threads ${threads}: the thread fails again and again, and nothing is skipped`, async world => {
    const { fixture } = world
    await ran(world, 10)
    await fixture.produce('words', words(2))
    // Each partition holds 24 records, of which 20 are committed.
    await cutHead(world, 'words', '22')
    const app = instance(world, { threads })
    await app.start()
    assert.ok((await countedAtLeast(app, failures, { code: 'OFFSET_OUT_OF_RANGE' }, 2)) >= 2)
    assert.equal(await codesOf(app), ['OFFSET_OUT_OF_RANGE'])
    assert.ok(world.told.some(line => line.includes('is outside of the partition')))
    await app.stop()
    assert.is(app.counters().recordsIn, 0)
  })

test('swapped stores and a damaged state directory are rebuilt, logged, and counted by reason', async world => {
  const { fixture, dir, told } = world
  await ran(world, 10)
  await writeFile(join(dir, fixture.id, 'tasks', '0_1', 'counts', 'nonce'), 'another')
  await writeFile(join(dir, fixture.id, 'tasks', '0_2', 'counts', 'rows', 'CURRENT'), 'nothing')
  await writeFile(join(dir, fixture.id, 'instance', 'CURRENT'), 'nothing')
  const app = instance(world, { threads: 1 })
  await app.start()
  assert.is(await countedAtLeast(app, rebuilt, { store: 'counts' }, 2), 2)
  assert.is(await counted(app, rebuilt, { store: 'counts', reason: 'foreign' }), 1)
  assert.is(await counted(app, rebuilt, { store: 'counts', reason: 'unreadable' }), 1)
  assert.is(await counted(app, rebuilt, { store: 'instance', reason: 'unreadable' }), 1)
  const lines = told.filter(line => /not usable|unusable/.test(line))
  assert.is(lines.length, 3, told.join('\n'))
  await fixture.produce('words', words(1))
  await countsAreWhole(fixture, 11)
  assert.is(await counted(app, failures), 0)
})

test('a changelog without the records after the checkpoint: the store is rebuilt from its first record, logged and counted', async world => {
  const { fixture, dir, told } = world
  await ran(world, 1)
  const kept = await mkdtemp(join(tmpdir(), 'sluice-kept-'))
  try {
    // Another instance continues in the meantime, so the checkpoints of this one are old when it comes back.
    const other = instance(world, { stateDir: kept })
    await other.start()
    await fixture.produce('words', words(1))
    await countsAreWhole(fixture, 2)
    await fixture.produce('words', words(1))
    await countsAreWhole(fixture, 3)
    await other.stop()
  } finally {
    await rm(kept, { recursive: true })
  }
  const log = await fixture.readSettled('counts-changelog')
  const newest = log.filter(({ partition }) => partition === 0).slice(-2)
  assert.equal(
    newest.map(({ value }) => String(value)),
    ['3', '3'],
    'all that the partition has to tell',
  )
  await cutHead(world, 'counts-changelog', String(newest[0]?.offset), [0])
  const app = instance(world, { stateDir: dir })
  await app.start()
  assert.is(await countedAtLeast(app, rebuilt, { store: 'counts', reason: 'changelog' }), 1)
  assert.is(told.filter(line => /not usable/.test(line)).length, 1)
  await fixture.produce('words', words(1))
  await countsAreWhole(fixture, 4)
  assert.equal([await counted(app, rebuilt), await counted(app, failures)], [1, 0])
})

/** Takes over the transactions of each member, like a member that is assigned its tasks. */
async function fence({ fixture }: World): Promise<void> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  const { groups } = await admin.describeGroups([fixture.id])
  await admin.disconnect()
  const ids = groups.flatMap(({ members }) => members.flatMap(({ memberMetadata }) => decodeMember(memberMetadata)?.transactionalId ?? []))
  assert.ok(ids.length > 0)
  for (const transactionalId of ids) {
    const producer = fixture.kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    await (await producer.transaction()).abort()
    await producer.disconnect()
  }
}

test('a fenced task: its thread fails and restarts; no result is doubled', async world => {
  const { fixture } = world
  const app = instance(world)
  await app.start()
  await fixture.produce('words', words(1))
  await countsAreWhole(fixture, 1)
  await fence(world)
  await fixture.produce('words', words(1))
  await countsAreWhole(fixture, 2)
  assert.ok((await counted(app, failures, { code: 'TASK_FENCED' })) >= 1)
  assert.equal(await codesOf(app), ['TASK_FENCED'])
})

test('a rebalance closes a fenced task without a commit; its records are consumed again', async world => {
  const { fixture, told } = world
  await fixture.createTopics({ left: { partitions: 1 }, right: { partitions: 1 } })
  const texts = { key: stringSerde, value: stringSerde }
  let processed = 0
  const topology = new Topology()
    .addSource('in', [fixture.topic('left'), fixture.topic('right')], texts)
    .addProcessor(
      'all',
      () => {
        let forward: (record: never) => void | Promise<void>
        return {
          init: context => void (forward = record => context.forward(record)),
          process: record => (processed++, forward(record as never)),
        }
      },
      'in',
    )
    .addSink('out', fixture.topic('out'), texts, 'all')
  // One input is empty and the other waits for it, so nothing is committed before the rebalance.
  const app = instance(world, { maxTaskIdleMs: 600_000, commitIntervalMs: 600_000 }, topology)
  const at = (timestamp: number) => ({ key: Buffer.from(`r${timestamp}`), value: Buffer.from('x'), partition: 0, timestamp })
  await fixture.produce('left', [at(1)])
  await fixture.produce('right', [at(2)])
  await app.start()
  await fixture.readAtLeast('out', 1)
  await fixture.produce('left', [at(3), at(5)])
  await fixture.produce('right', [at(4)])
  await eventually(
    () => processed,
    count => count === 4,
  )
  assert.equal([processed, (await fixture.readAll('out')).length], [4, 1], 'the fifth waits for the other input')
  await fence(world)
  const group = new GroupAdmin(fixture.kafka, fixture.id)
  try {
    const members = await eventually(
      () => group.members(),
      found => found?.length === 1,
    )
    assert.is(await group.evict(String(members?.[0]?.memberId)), true)
  } finally {
    await group.close()
  }
  assert.is(await countedAtLeast(app, 'sluice_tasks_abandoned_total', { code: 'TASK_FENCED' }), 1)
  assert.ok(told.includes('a task is closed without a commit: its records since the last commit are consumed again'))
  await eventually(
    () => processed,
    count => count === 7,
  )
  await app.stop()
  assert.equal(
    (await fixture.readSettled('out')).map(({ key }) => String(key)),
    ['r1', 'r2', 'r3', 'r4'],
  )
  assert.is(await counted(app, failures), 0)
})

test('a failed start is counted with its reason', async world => {
  const { fixture, told } = world
  const topology = new Topology().addSource('in', fixture.topic('words'), { key: stringSerde, value: stringSerde }).addProcessor(
    'broken',
    () => {
      throw new SluiceError('CONFIG_INVALID', 'no such model directory')
    },
    'in',
  )
  const app = instance(world, {}, topology)
  const failure = await app.start().catch((error: unknown) => error)
  await eventually(
    () => counted(app, failures),
    count => count > 0,
  )
  assert.ok((await counted(app, failures, { code: 'CONFIG_INVALID' })) >= 1, `${String(failure)} ${told.join('\n')}`)
})

test('an assignment that cannot be read ends the instance, which says who sent it', async world => {
  const { fixture, told } = world
  const { MemberAssignment, MemberMetadata } = loadMendedKafkajs().AssignerProtocol
  const empty = MemberAssignment.encode({ version: 1, assignment: {}, userData: Buffer.alloc(0) })
  let own = ''
  const consumer = fixture.kafka.consumer({
    groupId: fixture.id,
    ...briefFetches,
    partitionAssigners: [
      () => ({
        name: 'sluice',
        version: 1,
        protocol: ({ topics }) => ({ name: 'sluice', metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }) }),
        assign: ({ members }) => {
          own ||= members[0]?.memberId ?? ''
          return Promise.resolve(
            members.map(({ memberId }) => ({ memberId, memberAssignment: memberId === own ? empty : Buffer.from([0, 1, 0, 0, 0, 9]) })),
          )
        },
      }),
    ],
  })
  await consumer.connect()
  await consumer.subscribe({ topic: fixture.topic('words') })
  const joined = new Promise<void>(resolve => consumer.on(consumer.events.GROUP_JOIN, () => resolve()))
  await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
  await joined
  try {
    const app = instance(world)
    const failure = await app.start().catch((error: unknown) => error)
    await eventually(
      () => told.find(line => line.startsWith('fatal')),
      line => line !== undefined,
    )
    assert.match(told.join('\n'), /fatal .*CONFIG_INVALID|fatal SluiceError: the leader of consumer group/, String(failure))
    assert.match(told.join('\n'), /the leader of consumer group "[^"]+" has sent this member an assignment that cannot be read/)
    assert.equal(await codesOf(app), ['CONFIG_INVALID'])
  } finally {
    await consumer.disconnect()
  }
})

test('no broker: the wait is counted in seconds while it lasts', async world => {
  const waits: number[] = []
  const app = instance(world, { brokers: [`127.0.0.1:${await freePort()}`], listener: { onWait: seconds => waits.push(seconds) } })
  const started = app.start().catch((error: unknown) => error)
  assert.ok((await countedAtLeast(app, 'sluice_broker_away_seconds_total')) >= 3)
  // The wait goes on, and is logged again from time to time.
  const seconds = await counted(app, 'sluice_broker_away_seconds_total')
  assert.ok(waits.includes(seconds), `${seconds} is none of ${waits.join()}`)
  await app.stop()
  assert.is(((await started) as SluiceError).code, 'BROKER_UNREACHABLE')
})

test('a locked state directory makes the start fail, not a thread', async world => {
  const { fixture, dir } = world
  const holder = await StateDirectory.open(dir, fixture.id)
  const app = instance(world)
  const failure = await app.start().catch((error: unknown) => error)
  assert.is((failure as SluiceError).code, 'STATE_DIRECTORY_LOCKED')
  assert.equal([app.state, await counted(app, failures)], ['failed', 0])
  await holder.close()
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
