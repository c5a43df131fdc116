import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { TopicWriter } from '../../topology/runtime/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import type { Topology } from '../../topology/index.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, holds, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

type Version = 'first' | 'second'

interface Instance {
  readonly app: SluiceStreams
  readonly version: Version
  /** The ids of all tasks that were ever assigned to it. */
  readonly given: Set<string>
  readonly log: string[]
}

interface World {
  fixture: KafkaFixture
  dir: string
  instances: Instance[]
  errors: unknown[]
}

const partitions = 2
const inputs = ['a', 'b', 'c', 'd']
const texts = { key: stringSerde, value: stringSerde }

/** In both versions the first sub-topology counts `a`. The first version has one for `b`; the second joins `b` with `c`, and has one for `d`. */
function topologyOf(version: Version, { fixture }: World): Topology {
  const topic = (name: string): string => fixture.topic(name)
  const pass = (topology: Topology, name: string, ...read: readonly string[]): Topology =>
    topology.addSource(`${name}-in`, read.map(topic), texts).addSink(`${name}-out`, topic(`${version}-${name}`), texts, `${name}-in`)
  const counting = createTopology({ input: topic('a'), output: topic('counts') })
  return version === 'first' ? pass(counting, 'b', 'b') : pass(pass(counting, 'bc', 'b', 'c'), 'd', 'd')
}

async function start(version: Version, world: World, name: string): Promise<Instance> {
  const given = new Set<string>()
  const log: string[] = []
  const app = new SluiceStreams(topologyOf(version, world), {
    applicationId: world.fixture.id,
    brokers: world.fixture.brokers,
    stateDir: join(world.dir, name),
    standbyReplicas: 1,
    listener: {
      onError: error => world.errors.push(error),
      log(_, message, fields) {
        log.push(`${message} ${JSON.stringify(fields)}`)
        if (message === 'assigned')
          for (const ids of [fields['tasks'], fields['standbys']]) for (const task of String(ids).split(' ')) given.add(task)
      },
    },
  })
  const instance = { app, version, given, log }
  world.instances.push(instance)
  await app.start()
  await isRunning(app)
  return instance
}

async function isRunning(app: SluiceStreams): Promise<void> {
  assert.is(
    await eventually(
      () => app.state,
      state => state === 'running',
    ),
    'running',
  )
}

/** Writes numbered records to all inputs until it is stopped. Returns the number of records of each. */
function load({ fixture }: World): () => Promise<number> {
  const ended = new AbortController()
  const writing = (async () => {
    const writers = await Promise.all(inputs.map(name => TopicWriter.open(fixture.kafka, fixture.topic(name))))
    let count = 0
    for (; !ended.signal.aborted; count++) {
      for (const writer of writers) await writer.write({ key: Buffer.from(`k${count % 20}`), value: Buffer.from(`v${count}`) })
      if (count % 10 === 0) await new Promise(resolve => setTimeout(resolve, 10))
    }
    for (const writer of writers) await writer.close()
    return count
  })()
  return () => {
    ended.abort()
    return writing
  }
}

const values = async ({ fixture }: World, ...topics: readonly string[]): Promise<string[]> =>
  (await Promise.all(topics.map(name => fixture.readAll(name)))).flat().map(({ value }) => String(value))
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `v${at}`).sort()

function run(brokers: string): void {
  const test = suite<World>('a rolling change of topology')
  test.before.each(async context => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-rolling-'))
    Object.assign(context, { fixture: new KafkaFixture(brokers), dir, instances: [], errors: [] })
    const topics = [...inputs, 'counts', 'first-b', 'second-bc', 'second-d']
    await context.fixture.createTopics(Object.fromEntries(topics.map(name => [name, { partitions }])))
  })
  test.after.each(async ({ fixture, instances, dir }) => {
    await Promise.all(instances.map(({ app }) => app.stop()))
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  /** Checks that each record of each input has one result, of any version, and that each key was counted without gaps. */
  const wholeResults = async (world: World, count: number): Promise<void> => {
    const all = await eventually(
      () => Promise.all([values(world, 'first-b', 'second-bc'), values(world, 'second-d'), values(world, 'counts')]),
      ([bc, d, counts]) => bc.length >= 2 * count && d.length >= count && counts.length >= count,
    )
    const [bc, d, counts] = all
    assert.equal(bc.toSorted(), [...numbered(count), ...numbered(count)].sort(), 'b and c')
    assert.equal(d.toSorted(), numbered(count), 'd')
    const expected = Array.from({ length: count }, (_, at) => String(Math.floor(at / 20) + 1)).sort()
    assert.equal(counts.toSorted(), expected, 'each key is counted from 1 on, without gap')
    assert.equal(world.errors, [])
    const known = { first: /^([01]_\d)?$/, second: /^([012]_\d)?$/ }
    for (const { version, given } of world.instances)
      for (const task of given) assert.match(task, known[version], 'a task that this version does not have')
  }

  test('to the new version, under load: both versions run side by side; conflicting sub-topologies are handed over when the last old member leaves', async world => {
    const one = await start('first', world, 'one')
    const two = await start('first', world, 'two')
    const end = load(world)
    const three = await start('second', world, 'three')
    const early = await eventually(
      () => values(world, 'second-d'),
      found => found.length > 100,
    )
    assert.ok(early.length > 100, 'what the new version adds is run at once')
    assert.equal(await values(world, 'second-bc'), [], 'what clashes with the old version waits')
    assert.match(three.log.join('\n'), /a sub-topology of this version waits .*"subTopology":"1:[^"]*-b,[^"]*-c","waitsFor":"1:[^"]*-b"/)
    await one.app.stop()
    const four = await start('second', world, 'one')
    assert.equal(await values(world, 'second-bc'), [])
    const before = (await values(world, 'first-b')).length
    assert.ok(
      (
        await eventually(
          () => values(world, 'first-b'),
          found => found.length > before,
        )
      ).length > before,
      'the old version goes on',
    )
    await two.app.stop()
    const late = await eventually(
      () => values(world, 'second-bc'),
      found => found.length > 100,
    )
    assert.ok(late.length > 100, 'the new version has taken over')
    assert.match(four.log.join('\n'), 'all members of the group have the same sub-topologies again')
    await wholeResults(world, await end())
  })

  test('back to the old version, under load, with a leader of the new version', async world => {
    await start('second', world, 'one').then(async one => {
      const end = load(world)
      await eventually(
        () => values(world, 'second-bc', 'second-d'),
        found => found.length > 100,
      )
      const two = await start('first', world, 'two')
      assert.equal(await values(world, 'first-b'), [], 'the version that came later waits with what clashes')
      await holds(async () => assert.ok((await two.app.tasks()).length > 0, 'it takes part in what both have'))
      await one.app.stop()
      const old = await eventually(
        () => values(world, 'first-b'),
        found => found.length > 100,
      )
      assert.ok(old.length > 100)
      await start('second', world, 'one')
      await two.app.stop()
      await wholeResults(world, await end())
    })
  })

  test.run()
}
