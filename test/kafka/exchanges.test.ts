import { randomUUID } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exchanges, socketClient } from '../sim/exchanges/index.ts'

const brokers = process.env['KAFKA_BROKERS']
// Each exchange is with one broker, which leads and coordinates everything.
if (brokers === undefined || brokers.includes(',')) console.log('skipped: no KAFKA_BROKERS of one broker')
else run(brokers)

function run(address: string): void {
  const test = suite('what a simulated Kafka is held against')
  for (const { title, run: ask, answers } of exchanges) {
    test(title, async () => {
      const client = socketClient(address)
      const name = `exchange-${randomUUID().slice(0, 8)}`
      try {
        assert.equal(await ask(client, name), answers)
      } finally {
        await client.ask('deleteTopics', 1, { names: [name, `${name}-c`], timeoutMs: 5000 })
        client.close()
      }
    })
  }
  test.run()
}
