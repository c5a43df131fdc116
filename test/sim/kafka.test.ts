import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exchanges, simClient, VirtualTime } from './exchanges/index.ts'
import { SimKafka } from './kafka/index.ts'

const test = suite('a simulated Kafka answers as Kafka does')

for (const { title, run, answers } of exchanges) {
  test(title, async () => {
    const time = new VirtualTime(Date.UTC(2026, 0, 1))
    const client = simClient(new SimKafka({ brokers: 1, host: time }), time)
    assert.equal(await run(client, 'exchange'), answers)
  })
}

test.run()
