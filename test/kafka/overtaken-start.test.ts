import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { keyValueStore } from '../../stores/index.ts'
import { Topology } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const text = { key: stringSerde, value: stringSerde }
const partitions = 48
/** How long a store takes to open, ms: eight are opened at a time. */
const openMs = 1500

function run(brokers: string): void {
  const test = suite<{ fixture: KafkaFixture }>('members that start one soon after the other')
  test.before.each(context => {
    context.fixture = new KafkaFixture(brokers)
  })
  test.after.each(({ fixture }) => fixture.close())

  test('the first leaves off opening the stores of all tasks when the next one joins', async ({ fixture }) => {
    await fixture.createTopics({ in: { partitions } })
    let opened = 0
    const failures: unknown[] = []
    const topology = (): Topology => {
      const plain = keyValueStore({ name: 'kept', ...text })
      const builder = {
        ...plain,
        open: async (...where: Parameters<typeof plain.open>): ReturnType<typeof plain.open> => {
          opened++
          await sleep(openMs)
          return plain.open(...where)
        },
      }
      return new Topology()
        .addSource('in', fixture.topic('in'), text)
        .addProcessor('keep', () => ({ process: () => undefined }), 'in')
        .addStateStore(builder, 'keep')
    }
    const app = (): SluiceStreams =>
      new SluiceStreams(topology(), {
        applicationId: fixture.id,
        brokers: fixture.brokers,
        listener: { onError: error => failures.push(error) },
      })
    const [first, second] = [app(), app()]
    try {
      // A broker may wait for more members before it lets the first one in.
      const starting = first.start()
      await eventually(
        () => opened,
        count => count > 0,
      )
      await Promise.all([starting, second.start()])
      await eventually(
        () => [first.state, second.state],
        states => states.every(state => state === 'running'),
      )
      const tasks = await Promise.all([first, second].map(async each => (await each.tasks()).map(({ task }) => task)))
      assert.equal(
        tasks.map(list => list.length),
        [partitions / 2, partitions / 2],
      )
      assert.is(new Set(tasks.flat()).size, partitions)
      assert.equal(failures, [], 'that the partitions of a new changelog have no leader yet is waited for')
      assert.ok(opened < partitions * 1.5, `${opened} stores were opened for ${partitions} tasks`)
      assert.equal([first.counters().rebalances, second.counters().rebalances], [1, 1], 'nobody was given tasks twice')
    } finally {
      await Promise.all([first.stop(), second.stop()])
    }
  })

  test.run()
}
