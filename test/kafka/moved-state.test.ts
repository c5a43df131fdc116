import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TaskDirectories } from '../../stores/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

interface World {
  fixture: KafkaFixture
  dir: string
  apps: SluiceStreams[]
  log: string[]
}

function run(brokers: string): void {
  const test = suite<World>('the state of tasks that moved away')
  test.before.each(async context => {
    Object.assign(context, { fixture: new KafkaFixture(brokers), dir: await mkdtemp(join(tmpdir(), 'sluice-moved-')), apps: [], log: [] })
    await context.fixture.createTopics({ in: {}, out: {} })
  })
  test.after.each(async ({ fixture, apps, dir }) => {
    await Promise.all(apps.map(app => app.stop()))
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  const start = async ({ fixture, dir, apps, log }: World, name: string, threads: number, standbyReplicas = 0): Promise<SluiceStreams> => {
    const topics = { input: fixture.topic('in'), output: fixture.topic('out') }
    const app = new SluiceStreams(
      threads === 0 ? createTopology(topics) : { module: new URL('counting-topology.ts', import.meta.url), options: topics },
      {
        applicationId: fixture.id,
        brokers: fixture.brokers,
        stateDir: join(dir, name),
        stateCleanupDelayMs: 1000,
        standbyReplicas,
        threads,
        listener: { log: (_, message, fields) => log.push(`${name}: ${message} ${JSON.stringify(fields)}`) },
      },
    )
    apps.push(app)
    await app.start()
    await eventually(
      () => app.state,
      state => state === 'running',
    )
    return app
  }
  const onDisk = ({ fixture, dir }: World, name: string): readonly string[] => new TaskDirectories(join(dir, name, fixture.id)).tasks()
  const records = (count: number) => Array.from({ length: count }, (_, at) => ({ key: Buffer.from(`k${at}`), value: Buffer.from('x') }))
  const owned = async (app: SluiceStreams): Promise<readonly string[]> => (await app.tasks()).map(({ task }) => task).toSorted()

  for (const threads of [0, 2]) {
    test(`is removed after the delay, and restored when they come back: threads ${threads}`, async world => {
      const one = await start(world, 'one', threads)
      await world.fixture.produce('in', records(100))
      await world.fixture.readAtLeast('out', 100)
      const before = onDisk(world, 'one')
      assert.is(before.length, 4)
      const two = await start(world, 'two', threads)
      const places = await eventually(
        async () => [onDisk(world, 'one'), await owned(one), onDisk(world, 'two'), await owned(two)],
        ([left, kept, came, taken]) =>
          left?.length === 2 && left.join() === kept?.join() && came?.length === 2 && came.join() === taken?.join(),
      )
      assert.equal(places[0], places[1], 'what it runs stays')
      assert.equal(places[2], places[3])
      assert.equal([...(places[0] ?? []), ...(places[2] ?? [])].toSorted(), before)
      // A directory is gone before its removal is logged and counted.
      const removals = await eventually(
        () => world.log.filter(line => line.startsWith('one: removed the local state of a task that moved away')),
        lines => lines.length >= 2,
      )
      assert.is(removals.length, 2)
      const removed = (await one.metrics()).find(({ name }) => name === 'sluice_task_states_removed_total')
      assert.is(removed?.samples[0]?.value, 2)
      await two.stop()
      await world.fixture.produce('in', records(100))
      const counts = (await world.fixture.readAtLeast('out', 200)).map(({ value }) => String(value))
      assert.equal(counts.toSorted(), [...Array<string>(100).fill('1'), ...Array<string>(100).fill('2')])
    })
  }

  test('stays on an instance with a standby', async world => {
    const one = await start(world, 'one', 0, 1)
    await world.fixture.produce('in', records(100))
    await world.fixture.readAtLeast('out', 100)
    const two = await start(world, 'two', 0, 1)
    const places = (): readonly (readonly string[])[] => [onDisk(world, 'one'), onDisk(world, 'two')]
    await eventually(
      async () => [await owned(one), await owned(two), ...places()],
      all => all.every(tasks => tasks.length === 4),
    )
    await new Promise(resolve => setTimeout(resolve, 3000))
    for (const tasks of places()) assert.is(tasks.length, 4)
    assert.not.match(world.log.join('\n'), 'removed the local state')
  })

  test.run()
}
