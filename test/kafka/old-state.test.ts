import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SluiceError } from '../../base/sluice-error.ts'
import { readTopic, SluiceStreams } from '../../topology/runtime/index.ts'
import { counted } from './counted.ts'
import { deleteTopic, eagerCompaction, eventually, holds, KafkaFixture, makeTopic } from './fixture.ts'
import { deleteValue, upsertTopology } from './upsert-topology.ts'

const brokers = process.env['KAFKA_BROKERS']

interface World {
  fixture: KafkaFixture
  dir: string
  /** Closed after the test, also if it fails. */
  apps: SluiceStreams[]
  sent: number
  /** Fields of warnings in the log. */
  warnings: Record<string, unknown>[]
}

const changelog = 'rows-changelog'

/** The part of the refusal about them. */
const refusedSettings: readonly [Readonly<Record<string, string>>, string][] = [
  [{ 'cleanup.policy': 'delete', 'retention.ms': '86400000' }, 'cleanup.policy=delete (retention.ms=86400000)'],
  [{ 'cleanup.policy': 'delete', 'retention.ms': '-1' }, 'cleanup.policy=delete (no limits yet)'],
]

function run(brokers: string): void {
  const test = suite<World>('state that is older than its changelog')
  test.before.each(async context => {
    const fixture = new KafkaFixture(brokers)
    Object.assign(context, { fixture, dir: await mkdtemp(join(tmpdir(), 'sluice-old-state-')), apps: [], sent: 0, warnings: [] })
    await fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
  })
  test.after.each(async ({ fixture, dir, apps }) => {
    await Promise.all(apps.map(app => app.stop()))
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  /** An instance whose state is in a directory of that name. */
  const start = async ({ fixture, dir, apps, warnings }: World, name: string): Promise<SluiceStreams> => {
    const app = new SluiceStreams(upsertTopology(fixture.topic('in'), fixture.topic('out')), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      stateDir: join(dir, name),
      listener: { log: (level, _message, fields) => void (level === 'warn' && warnings.push(fields)) },
    })
    apps.push(app)
    await app.start()
    await eventually(
      () => app.state,
      state => state === 'running',
    )
    return app
  }

  test('deleted rows stay deleted, even if the deletions were compacted away', async world => {
    const { fixture } = world
    await makeTopic(fixture, changelog, eagerCompaction)
    const one = await start(world, 'one')
    await put(world, { gone: '1', stays: '1' })
    await one.stop()
    const two = await start(world, 'two')
    await put(world, { gone: deleteValue })
    await untilCompacted(world, 'gone')
    await two.stop()
    const again = await start(world, 'one')
    assert.is(await again.query('rows', 'gone'), undefined)
    assert.is(await again.query('rows', 'stays'), '1')
    assert.is(await counted(again, 'sluice_stores_rebuilt_total', { reason: 'stale' }), 1)
  })

  test('rows of a changelog that was deleted and created again are not used with the new one', async world => {
    const { fixture } = world
    const one = await start(world, 'one')
    await put(world, { old: '1', both: '1' })
    await one.stop()
    await deleteTopic(fixture, changelog)
    const two = await start(world, 'two')
    for (let at = 0; at < 20; at++) await put(world, { both: '2', other: String(at) })
    await two.stop()
    const again = await start(world, 'one')
    assert.is(await again.query('rows', 'old'), undefined)
    assert.is(await again.query('rows', 'both'), '2')
    assert.is(await again.query('rows', 'other'), '19')
    assert.is(await counted(again, 'sluice_stores_rebuilt_total', { reason: 'replaced' }), 1)
  })

  test('a changelog that is created again while its task runs is noticed, and the state is then that of its rows', async world => {
    const { fixture } = world
    const one = await start(world, 'one')
    await put(world, { old: '1', both: '1' })
    await put(world, { more: '1' })
    await deleteTopic(fixture, changelog)
    await makeTopic(fixture, changelog, { 'cleanup.policy': 'compact' })
    await put(world, { both: '2' })
    await put(world, { other: '2' })
    await holds(async () => {
      const rows = await Promise.all(['old', 'more', 'both', 'other'].map(key => one.query('rows', key)))
      assert.equal([...rows, one.state], [undefined, undefined, '2', '2', 'running'])
    })
  })

  for (const [settings, told] of refusedSettings) {
    test(`a changelog that loses state is refused: ${Object.values(settings).join(' ')}`, async world => {
      const { fixture } = world
      await makeTopic(fixture, changelog, settings)
      const error = await start(world, 'one').then(
        () => undefined,
        (failure: unknown) => failure as SluiceError,
      )
      assert.is(error?.code, 'TOPIC_MISMATCH')
      const name = fixture.topic(changelog)
      assert.match(error?.message ?? '', `changelog "${name}" has ${told}`)
      assert.match(error?.message ?? '', `--entity-name ${name} --add-config cleanup.policy=compact`)
    })
  }

  for (const [limits, told] of [
    [{ 'retention.ms': '-1', 'retention.bytes': '-1' }, undefined],
    [{ 'retention.ms': '86400000' }, 'cleanup.policy=compact,delete (retention.ms=86400000)'],
    [{ 'retention.ms': '-1', 'retention.bytes': '9999999' }, 'cleanup.policy=compact,delete (retention.bytes=9999999)'],
  ] as const) {
    test(`a changelog with both deletion and compaction is accepted with a warning: ${JSON.stringify(limits)}`, async world => {
      await makeTopic(world.fixture, changelog, { 'cleanup.policy': 'compact,delete', ...limits })
      await start(world, 'one')
      await put(world, { a: '1' })
      const found = world.warnings.find(({ topic }) => topic === world.fixture.topic(changelog))
      assert.is(found?.['reason'], told)
      if (told !== undefined) assert.match(String(found?.['remedy']), '--add-config cleanup.policy=compact')
    })
  }

  test.run()
}

/** Sends a record for each key, and waits for the results. */
async function put(world: World, rows: Readonly<Record<string, string>>): Promise<void> {
  const { fixture } = world
  const records = Object.entries(rows).map(([key, value]) => ({ key: Buffer.from(key), value: Buffer.from(value) }))
  await fixture.produce('in', records)
  world.sent += records.length
  assert.is((await fixture.readAtLeast('out', world.sent)).length, world.sent)
}

/** Writes records until the changelog has no record of the key any more, not even its deletion. */
async function untilCompacted(world: World, key: string): Promise<void> {
  const left = await eventually(
    async () => {
      await put(world, { filler: String(world.sent) })
      let found = 0
      for await (const { records } of readTopic(world.fixture.kafka, {
        topic: world.fixture.topic(changelog),
        from: 'beginning',
        until: 'end',
      }))
        found += records.filter(record => record.key?.toString() === key).length
      return found
    },
    found => found === 0,
  )
  assert.is(left, 0, 'Kafka compacts')
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)
