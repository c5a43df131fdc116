import { createRequire } from 'node:module'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadMendedKafkajs, mendedModule, mends } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'

const test = suite('mended kafkajs')

test('it loads once, and every mend names its defect', () => {
  const kafkajs = loadMendedKafkajs()
  assert.is(loadMendedKafkajs(), kafkajs)
  assert.type(kafkajs.Kafka, 'function')
  assert.is(mendedModule('src/index.js'), kafkajs.Kafka)
  assert.is(new Set(mends.map(({ defect }) => defect)).size, mends.length)
})

test('it is not the kafkajs that a program requires', () => {
  const ours = loadMendedKafkajs()
  const theirs = createRequire(import.meta.url)('kafkajs') as typeof ours
  assert.is.not(theirs, ours)
  assert.is.not(theirs.Kafka, ours.Kafka)
  assert.is.not(theirs.KafkaJSError, ours.KafkaJSError)
  assert.throws(theirs.CompressionCodecs[theirs.CompressionTypes.Snappy], /not implemented/)
  assert.type(ours.CompressionCodecs[ours.CompressionTypes.Snappy](), 'object')
})

test.run()
