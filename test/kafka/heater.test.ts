import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { killedAt, runHeater, tableOf } from '../../examples/heater/run-heater.ts'
import { heaters, readings } from '../../examples/heater/simulation.ts'
import { createKafka } from '../../topology/runtime/index.ts'
import { holds } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

function run(brokers: string): void {
  const test = suite('heaters on Kafka')

  test('a kill of the instance loses and doubles no command, every temperature stays in its band, and nothing is left', async () => {
    const said: string[] = []
    const { history, faults, awayMs } = await runHeater(brokers, line => said.push(line))
    assert.equal(faults, [])
    assert.is(history.size, heaters)
    assert.ok(
      [...history.values()].every(moments => moments.length === readings),
      'every reading has its moment',
    )
    assert.match(said.join(), `reading ${killedAt[0]}: kill -9`)
    assert.ok(awayMs > 0)
    assert.is(tableOf(history).split('\n').length, heaters + 1)
    const admin = createKafka({ brokers: brokers.split(','), clientId: 'test' }).admin()
    await admin.connect()
    try {
      // A broker lists topics for a moment after it has answered that they are deleted.
      await holds(async () => {
        const left = [...(await admin.listTopics()), ...(await admin.listGroups()).groups.map(({ groupId }) => groupId)]
        assert.equal(
          left.filter(name => name.startsWith('heater-')),
          [],
        )
      })
    } finally {
      await admin.disconnect()
    }
  })

  test('kills at any moment: before the first reading, as controls change, twice in a row, before the last reading', async () => {
    const { faults } = await runHeater(brokers, () => undefined, [0, 30, 31, 60, readings - 1])
    assert.equal(faults, [])
  })

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)
