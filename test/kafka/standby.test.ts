import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort } from '../../cli/kafka/free-port.ts'
import { startRestServer } from '../../rest/index.ts'
import { ChangelogEndOffsets } from '../../topology/runtime/state/changelog-end-offsets.ts'
import { failureCode } from '../../topology/runtime/metrics/failure-metrics.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { StandbyTask } from '../../topology/runtime/tasks/standby-task.ts'
import { StateManager } from '../../topology/runtime/state/state-manager.ts'
import { TopicConnection } from '../../topology/runtime/topics/topic-connection.ts'
import { counted } from './counted.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, holds, KafkaFixture, type TopicSpec } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

interface World {
  fixture: KafkaFixture
  dir: string
  /** Closed after the test, also if it fails. */
  apps: SluiceStreams[]
  children: ChildProcess[]
}

function run(brokers: string): void {
  const test = suite<World>('standbys')
  test.before.each(async context => {
    const fixture = new KafkaFixture(brokers)
    Object.assign(context, { fixture, dir: await mkdtemp(join(tmpdir(), 'sluice-standby-')), apps: [], children: [] })
  })
  test.after.each(async ({ fixture, dir, apps, children }) => {
    for (const child of children) await kill(child)
    await Promise.all(apps.map(app => app.stop()))
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  const start = async ({ fixture, dir, apps }: World, port: number, threads = 0): Promise<SluiceStreams> => {
    const names = { input: fixture.topic('words'), output: fixture.topic('out') }
    const module = { module: new URL('counting-topology.ts', import.meta.url), options: names }
    const app = new SluiceStreams(threads === 0 ? createTopology(names) : module, {
      threads,
      applicationId: fixture.id,
      brokers: fixture.brokers,
      stateDir: join(dir, String(port)),
      standbyReplicas: 1,
      sessionTimeoutMs: 6000,
      advertise: { host: '127.0.0.1', port },
    })
    apps.push(app)
    await app.start()
    return app
  }

  test('after an orderly stop the survivor has every row already, and restores nothing', async world => {
    const { fixture } = world
    await create(fixture, { words: {}, out: {} })
    const [one, two] = [await start(world, 1), await start(world, 2)]
    await shared(one, 2)
    await fixture.produce('words', words(1000))
    await fixture.readAtLeast('out', 1000)
    for (const app of [one, two]) await caughtUp(app, 2)
    await placed(one)
    await rowsAgree([one, two])
    assert.is(one.state, 'running', 'standbys do not count among the tasks that have to run')

    await two.stop()
    await shared(one, 1)
    await running(one)
    assert.is(one.counters().restoredRecords, 0)
    await fixture.produce('words', words(1000))
    await countsAreWhole(fixture, 2000)
    await holds(async () => assert.equal((await tasksByInstance(one)).get(1)?.[1], [], 'nobody is left to follow'))
  })

  test('an instance without tasks has standbys, and takes over', async world => {
    const { fixture } = world
    await create(fixture, { words: { partitions: 1 }, out: {} })
    const one = await start(world, 1)
    const two = await start(world, 2)
    await shared(one, 2)
    await fixture.produce('words', words(300))
    await fixture.readAtLeast('out', 300)
    const [owner, follower] = (await one.tasks()).some(({ state }) => state === 'running') ? [one, two] : [two, one]
    await caughtUp(follower, 1)
    assert.equal(
      (await follower.tasks()).map(({ task, state, lag }) => [task, state, lag]),
      [['0_0', 'standby', 0]],
    )
    await follows(follower, keys, 6)
    await owner.stop()
    await eventually(
      () => follower.tasks(),
      tasks => tasks.some(({ state }) => state === 'running'),
    )
    assert.is(follower.counters().restoredRecords, 0)
    await fixture.produce('words', words(300))
    await countsAreWhole(fixture, 600)
  })

  test('while an owner does not answer its standby does, marked stale; after its kill -9 it takes over without a restore', async world => {
    const { fixture, dir, children } = world
    await create(fixture, { words: {}, out: {} })
    const port = await freePort()
    const survivor = await start(world, port)
    const rest = await startRestServer({ streams: survivor, port: 0, retryMs: 0 })
    const victim = await freePort()
    const child = startMember(fixture, join(dir, 'victim'), victim)
    children.push(child)
    await shared(survivor, 2)
    await fixture.produce('words', words(1000))
    await fixture.readAtLeast('out', 1000)
    await caughtUp(survivor, 2)
    const followed = await keysOf(survivor, victim)
    await follows(survivor, followed, 20)
    const key = String(followed[0])

    const answer = async (): Promise<Record<string, unknown>> => {
      const response = await fetch(`http://127.0.0.1:${rest.port}/state/counts/keys/${key}`)
      return (await response.json()) as Record<string, unknown>
    }
    const expected = { store: 'counts', key, value: 20, host: '127.0.0.1', port }
    child.kill('SIGSTOP')
    assert.equal(await answer(), { ...expected, stale: true, lag: 0 })
    await kill(child)
    await runsAll(survivor)
    assert.is(survivor.counters().restoredRecords, 0)
    assert.is(await counted(survivor, 'sluice_members_evicted_total', { reason: 'dead' }), 1)
    assert.equal(await answer(), expected, 'the new owner is not stale')
    await rest.close()
    await fixture.produce('words', words(1000))
    await countsAreWhole(fixture, 2000)
  })

  test('threads of one instance have no standbys of each other', async world => {
    const { fixture } = world
    await create(fixture, { words: {}, out: {} })
    const [one, two] = [await start(world, 1, 2), await start(world, 2, 2)]
    await eventually(
      () => tasksByInstance(one),
      all => all.size === 2 && [...all.values()].every(([active, standby]) => active.length === 2 && standby.length === 2),
    )
    await fixture.produce('words', words(1000))
    await fixture.readAtLeast('out', 1000)
    for (const app of [one, two]) await caughtUp(app, 2)
    await placed(one)
    await rowsAgree([one, two])
    await one.stop()
    await shared(two, 1)
    await fixture.produce('words', words(1000))
    await countsAreWhole(fixture, 2000)
  })

  test('a kill -9 in mid-stream loses and doubles nothing', async world => {
    const { fixture, dir, children } = world
    await create(fixture, { words: {}, out: {} })
    const survivor = await start(world, 1)
    const child = startMember(fixture, join(dir, 'victim'), 2)
    children.push(child)
    await shared(survivor, 2)
    await fixture.produce('words', words(1000))
    await fixture.readAtLeast('out', 1000)
    await caughtUp(survivor, 2)
    const producing = fixture.produce('words', words(20_000))
    await fixture.readAtLeast('out', 2000)
    await kill(child)
    await producing
    await countsAreWhole(fixture, 21_000)
    await runsAll(survivor)
    await holds(async () => {
      const answers = await Promise.all(keys.map(key => survivor.query('counts', key)))
      assert.equal(new Set(answers), new Set([420]))
    })
  })

  test('an instance that joins gets its share, and the former owners follow these tasks', async world => {
    const { fixture } = world
    await create(fixture, { words: {}, out: {} })
    const one = await start(world, 1)
    await running(one)
    await fixture.produce('words', words(500))
    await fixture.readAtLeast('out', 500)
    const two = await start(world, 2)
    await shared(one, 2)
    for (const app of [one, two]) await caughtUp(app, 2)
    await rowsAgree([one, two])
    await one.stop()
    await shared(two, 1)
    await fixture.produce('words', words(500))
    await countsAreWhole(fixture, 1000)
  })

  test('a state beyond the end of the changelog is deleted and restored; failures are retried', async ({ fixture }) => {
    await create(fixture, { 'counts-changelog': { partitions: 2, compact: true } })
    const row = (key: string, value: string) => ({ key: Buffer.from(key), value: Buffer.from(value), partition: 1 })
    await fixture.produce('counts-changelog', [row('a', '1'), row('b', '2'), row('a', '3')])
    const [sub] = createTopology({ input: 'in', output: 'out' }).build().subTopologies
    if (sub === undefined) throw new Error('the topology has no sub-topology')
    const common = { applicationId: fixture.id, sub, partition: 1 }
    const wrong: string[] = []
    const rebuilt: unknown[] = []
    const retried: string[] = []
    let opened = 0
    const openState = async (): Promise<StateManager> => {
      if (++opened === 1) throw new Error('not this time')
      const state = await StateManager.open({
        ...common,
        task: '0_1',
        directoryOf: () => undefined,
        onRestore: () => undefined,
        onRebuild: (...why) => rebuilt.push(why),
        onDropped: () => undefined,
      })
      await state.stores.get('counts')?.restore([row('ghost', '9')], { changelogOffset: 1_000_000 })
      return state
    }
    const ends = new ChangelogEndOffsets(fixture.kafka, undefined)
    const log = (_level: string, _message: string, fields: Record<string, unknown>): void => void wrong.push(String(fields['error']))
    const onRetry = (error: unknown): void => void retried.push(failureCode(error))
    const connection = new TopicConnection(fixture.kafka)
    const standby = new StandbyTask({ id: '0_1', ...common, connection, ends, openState, log, onRetry })
    standby.start()
    const value = (key: string): unknown => standby.stateManager?.stores.get('counts')?.store.query(key)
    await eventually(
      () => value('a'),
      found => found === 3,
    )
    assert.equal([value('a'), value('b'), value('ghost')], [3, 2, undefined])
    await fixture.produce('counts-changelog', [row('a', '4')])
    await eventually(
      () => value('a') === 4 && standby.lag,
      lag => lag === 0,
    )
    assert.equal([value('a'), standby.lag], [4, 0])
    const state = await standby.handOver()
    assert.is(standby.lag, undefined)
    assert.is(state?.stores.get('counts')?.checkpoint?.changelogOffset, 4, 'what is handed over is open')
    await state?.close()
    await ends.close()
    connection.close()
    assert.is(opened, 2, 'the changelog being shorter is no reason to open the stores anew')
    assert.is(wrong[0], 'not this time')
    assert.match(wrong[1] ?? '', 'does not hold offset 1000000')
    assert.equal(retried, ['OTHER', 'OFFSET_OUT_OF_RANGE'])
    assert.equal(rebuilt, [['counts', 'changelog', wrong[1]]])
  })

  test.run()
}

const allTasks = ['0_0', '0_1', '0_2', '0_3']
const keys = Array.from({ length: 50 }, (_, at) => `k${at}`)

/** Checks that each key was counted as often as the others. */
function words(count: number): { key: Buffer; value: Buffer }[] {
  return Array.from({ length: count }, (_, at) => ({ key: Buffer.from(keys[at % keys.length] as string), value: Buffer.from('x') }))
}

/** A broker may answer that a topic which it has just created is unknown. */
async function create(fixture: KafkaFixture, topics: Readonly<Record<string, TopicSpec>>): Promise<void> {
  const failure = await eventually(
    () => fixture.createTopics(topics).catch((error: unknown) => error),
    error => error === undefined,
  )
  if (failure !== undefined) throw failure
}

function startMember(fixture: KafkaFixture, stateDir: string, port: number): ChildProcess {
  const script = fileURLToPath(new URL('standby-member.ts', import.meta.url))
  const args = [fixture.brokers.join(','), fixture.id, fixture.topic('words'), fixture.topic('out'), stateDir, String(port)]
  return spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: 'inherit' })
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

/** The tasks that each instance runs and follows, by its port. */
async function tasksByInstance(app: SluiceStreams): Promise<Map<number, [readonly string[], readonly string[]]>> {
  return new Map((await app.instances()).map(({ port, activeTasks, standbyTasks = [] }) => [port, [activeTasks, standbyTasks]]))
}

/** Checks that each instance runs or follows every task. */
const placed = (app: SluiceStreams): Promise<void> =>
  holds(async () => {
    for (const [owned, standby] of (await tasksByInstance(app)).values()) assert.equal([...owned, ...standby].toSorted(), allTasks)
  })

/** Waits until this many instances have every task. */
async function shared(app: SluiceStreams, instances: number): Promise<void> {
  const found = await eventually(
    () => tasksByInstance(app),
    all => all.size === instances && [...all.values()].some(([active]) => active.length > 0),
  )
  assert.is(found.size, instances)
}

async function running(app: SluiceStreams): Promise<void> {
  await eventually(
    () => app.state,
    state => state === 'running',
  )
  assert.is(app.state, 'running')
}

/** Waits until the instance runs every task. */
async function runsAll(app: SluiceStreams): Promise<void> {
  const found = await eventually(
    async () => (await app.tasks()).filter(({ state }) => state === 'running').map(({ task }) => task),
    tasks => tasks.length === allTasks.length,
  )
  assert.equal(found.toSorted(), allTasks)
}

/** Waits until the instance follows this many tasks without a lag. */
async function caughtUp(app: SluiceStreams, count: number): Promise<void> {
  const lags = await eventually(
    async () => (await app.tasks()).filter(({ state }) => state === 'standby').map(({ lag }) => lag),
    all => all.length === count && all.every(lag => lag === 0),
  )
  assert.equal(
    lags,
    Array.from({ length: count }, () => 0),
  )
}

/** Checks that owner and standby have the same value for every key. */
async function rowsAgree(apps: readonly SluiceStreams[]): Promise<void> {
  for (const key of keys) {
    const owner = await apps[0]?.ownerOf('counts', key)
    const standbys = await apps[0]?.standbysOf('counts', key)
    const [own, other] = [apps.find(({ self }) => self.port === owner?.port), apps.find(({ self }) => self.port !== owner?.port)]
    assert.equal(
      standbys?.map(({ port }) => port),
      [other?.self.port],
    )
    await holds(async () => assert.equal(await other?.queryStale('counts', key), { value: await own?.query('counts', key), lag: 0 }))
  }
}

/** Waits until the standbys of the instance have this value for each of the keys: a lag is that to the ends that were last asked for. */
const follows = (app: SluiceStreams, followed: readonly string[], value: number): Promise<void> =>
  holds(async () => {
    for (const key of followed) assert.equal(await app.queryStale('counts', key), { value, lag: 0 }, key)
  })

/** The keys that the instance at the port owns. */
async function keysOf(app: SluiceStreams, port: number): Promise<readonly string[]> {
  const owners = await Promise.all(keys.map(key => app.ownerOf('counts', key)))
  const owned = keys.filter((_, at) => owners[at]?.port === port)
  assert.ok(owned.length > 0, `the instance at ${port} owns no key`)
  return owned
}

/** Checks that every key was counted without gaps or duplicates. */
async function countsAreWhole(fixture: KafkaFixture, total: number): Promise<void> {
  const out = await fixture.readAtLeast('out', total)
  assert.is(out.length, total)
  for (const key of keys) {
    const counts = out.filter(record => String(record.key) === key).map(({ value }) => Number(value))
    assert.equal(
      counts,
      Array.from({ length: total / keys.length }, (_, at) => at + 1),
      key,
    )
  }
}
