import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CountingWorld, upTo } from './counting-world.ts'
import { eventually } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

function run(brokers: string): void {
  const test = suite<{ world: CountingWorld }>('offsets that are gone while the state is there')
  test.before.each(async context => {
    context.world = await CountingWorld.open(brokers)
  })
  test.after.each(({ world }) => world.close())

  for (const [guarantee, place] of [
    ['exactly_once', 'one'],
    ['exactly_once', 'two'],
    ['at_least_once', 'one'],
    ['at_least_once', 'two'],
  ] as const) {
    test(`stop the instance, which says where to go on: ${guarantee}, on ${place}`, async ({ world }) => {
      const { fixture } = world
      const one = await world.start(guarantee)
      await world.send(3)
      await world.send(3)
      await one.stop()
      const admin = fixture.kafka.admin()
      await admin.connect()
      const deleted = (): Promise<boolean> =>
        admin.deleteGroups([fixture.id]).then(
          () => true,
          () => false,
        )
      await eventually(deleted, done => done)
      await admin.disconnect()
      const failure = await world.failureOf(await world.start(guarantee, place))
      assert.is(failure.code, 'OFFSETS_LOST')
      assert.match(failure.message, `${fixture.topic('in')}-0`)
      assert.is((await fixture.readAll('out')).length, 6)
      await world.setAsTold(failure)
      await world.start(guarantee, place)
      const results = await world.send(1)
      if (guarantee === 'exactly_once') assert.equal(results, upTo(7))
      else assert.equal(results.slice(0, 6), upTo(6))
    })
  }

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)
