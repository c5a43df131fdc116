import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../../base/sluice-error.ts'
import { loadMendedKafkajs, mends } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'

const require = createRequire(import.meta.url)
const manifest = require.resolve('kafkajs/package.json')
const index = join(dirname(manifest), 'index.js')
const test = suite('mended kafkajs')

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof SluiceError ? error.code : String(error)
  }
}

// In this order: once it is loaded, it stays.
test('another version is refused', () => {
  const original = require(manifest) as { version: string }
  const cached = require.cache[manifest] as NodeJS.Module
  cached.exports = { ...original, version: '2.2.5' }
  assert.is(codeOf(loadMendedKafkajs), 'CLIENT_UNSUPPORTED')
  cached.exports = original
})

test('kafkajs that was loaded without its mends is refused', () => {
  require.cache[index] = require.cache[manifest]
  assert.is(codeOf(loadMendedKafkajs), 'CLIENT_UNSUPPORTED')
  delete require.cache[index]
})

test('it loads once, and every mend names its defect', () => {
  const kafkajs = loadMendedKafkajs()
  assert.is(loadMendedKafkajs(), kafkajs)
  assert.is(require('kafkajs'), kafkajs)
  assert.type(kafkajs.Kafka, 'function')
  assert.is(new Set(mends.map(({ defect }) => defect)).size, mends.length)
})

test.run()
