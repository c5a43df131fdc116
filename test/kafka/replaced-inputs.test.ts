import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { type CommittedOffset, deleteTopic, holds, KafkaFixture } from './fixture.ts'
import { upsertTopology } from './upsert-topology.ts'

const brokers = process.env['KAFKA_BROKERS']

/** The number of records, and that of the records of the new topic. */
const anewInputs: readonly [string, number, number][] = [
  ['the committed offset is beyond its end', 20, 10],
  ['the committed offset is within it by chance', 10, 30],
]

interface World {
  fixture: KafkaFixture
  /** Closed after the test, also if it fails. */
  apps: SluiceStreams[]
}

type Guarantee = 'exactly_once' | 'at_least_once'

function run(brokers: string): void {
  const test = suite<World>('inputs that are deleted and created again')
  test.before.each(async context => {
    Object.assign(context, { fixture: new KafkaFixture(brokers), apps: [] })
    await context.fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
  })
  test.after.each(async ({ fixture, apps }) => {
    await Promise.all(apps.map(app => app.stop()))
    await fixture.close()
  })

  const start = async ({ fixture, apps }: World, guarantee: Guarantee): Promise<SluiceStreams> => {
    const app = new SluiceStreams(upsertTopology(fixture.topic('in'), fixture.topic('out')), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      guarantee,
    })
    apps.push(app)
    await app.start()
    return app
  }

  for (const [name, before, after] of anewInputs) {
    for (const guarantee of ['exactly_once', 'at_least_once'] as const) {
      test(`an input that was created again while no instance ran is read from its beginning: ${name}, ${guarantee}`, async world => {
        const { fixture } = world
        const one = await start(world, guarantee)
        await fixture.produce('in', recordsOf(before))
        await fixture.readAtLeast('out', before)
        await one.stop()
        const offsets = await committedOffsets(fixture)
        await deleteTopic(fixture, 'in')
        await fixture.createTopics({ in: { partitions: 1 } })
        await fixture.produce('in', recordsOf(after))
        // The state of a broker that was away when the topic was deleted, or after a member's last commit while the topic was created again.
        await fixture.commitOffsets('in', offsets)
        const again = await start(world, guarantee)
        const all = await fixture.readAtLeast('out', before + after)
        assert.is(all.length, before + after)
        // The rows of a commit are there a moment after its results.
        await holds(async () => assert.is(await again.query('rows', `k${after - 1}`), String(after - 1)))
      })
    }
  }

  // Whether and when the consumer notices it depends on milliseconds.
  for (const [round, guarantee] of ['exactly_once', 'at_least_once', 'exactly_once', 'at_least_once'].entries()) {
    test(`an input that is created again while an application reads it is read from its beginning: ${guarantee}, ${round}`, async world => {
      const { fixture } = world
      await start(world, guarantee as Guarantee)
      await fixture.produce('in', recordsOf(20))
      await fixture.readAtLeast('out', 20)
      await deleteTopic(fixture, 'in')
      await fixture.createTopics({ in: { partitions: 1 } })
      // More records than before, so that the former position is within the new topic at once.
      await fixture.produce('in', recordsOf(50))
      assert.is((await fixture.readAtLeast('out', 70)).length, 70)
    })
  }

  test.run()
}

const recordsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ key: Buffer.from(`k${at}`), value: Buffer.from(String(at)) }))

/** Of the input. */
async function committedOffsets(fixture: KafkaFixture): Promise<readonly CommittedOffset[]> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  const [found] = await admin.fetchOffsets({ groupId: fixture.id, topics: [fixture.topic('in')] })
  await admin.disconnect()
  return found?.partitions ?? []
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)
