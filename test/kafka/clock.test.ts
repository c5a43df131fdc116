import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { Topology } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { anHour, withClock } from '../support/set-clock.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const texts = { key: stringSerde, value: stringSerde }

function run(brokers: string): void {
  const clock = suite<{ fixture: KafkaFixture }>('a clock that is set back')
  clock.before.each(context => void (context.fixture = new KafkaFixture(brokers)))
  clock.after.each(({ fixture }) => fixture.close())

  for (const guarantee of ['exactly_once', 'at_least_once'] as const) {
    clock(`by an hour stops neither commits nor the membership of the group, ${guarantee}`, async ({ fixture }) => {
      await fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
      const topology = new Topology().addSource('in', fixture.topic('in'), texts).addSink('out', fixture.topic('out'), texts, 'in')
      const failures: unknown[] = []
      const app = new SluiceStreams(topology, {
        applicationId: fixture.id,
        brokers: fixture.brokers,
        guarantee,
        commitIntervalMs: 100,
        sessionTimeoutMs: 6000,
        listener: { onError: error => void failures.push(error) },
      })
      const produce = (text: string): Promise<void> => fixture.produce('in', [{ key: Buffer.from('k'), value: Buffer.from(text) }])
      await app.start()
      try {
        await produce('before')
        await fixture.readAtLeast('out', 1)
        const rebalances = app.counters().rebalances
        await withClock(-anHour, async () => {
          await produce('after')
          await fixture.readAtLeast('out', 2)
          await committed(fixture, 2)
          // Longer than the session: a member that sends no heartbeat is removed.
          await new Promise(resolve => setTimeout(resolve, 8000))
          const admin = fixture.kafka.admin()
          await admin.connect()
          const { groups } = await admin.describeGroups([fixture.id]).finally(() => admin.disconnect())
          assert.equal([groups[0]?.state, groups[0]?.members.length], ['Stable', 1])
          assert.is((await app.instances()).length, 1)
          await produce('later')
          await committed(fixture, 3)
        })
        assert.is(app.counters().rebalances, rebalances)
        assert.equal(failures, [])
      } finally {
        await app.stop()
      }
      assert.is((await fixture.readSettled('out')).length, 3)
    })
  }

  clock.run()
}

/** Waits until the group has committed this offset. The end of a transaction takes an offset too. */
async function committed(fixture: KafkaFixture, offset: number): Promise<void> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  try {
    await eventually(
      async () => Number((await admin.fetchOffsets({ groupId: fixture.id, topics: [fixture.topic('in')] }))[0]?.partitions[0]?.offset),
      found => found >= offset,
    )
  } finally {
    await admin.disconnect()
  }
}
