import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runCanary } from '../../examples/canary/index.ts'

const brokers = process.env['KAFKA_BROKERS']
const canary = suite('canary example on Kafka')

canary('shares, keys that move and models on every instance are as the weights say', async () => {
  const lines = await runCanary(brokers ?? '', () => undefined)
  assert.is(lines.length, 9)
  assert.equal(
    lines.filter(({ holds }) => !holds),
    [],
  )
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else canary.run()
