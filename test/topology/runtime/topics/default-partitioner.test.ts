import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { murmur2, partitionForKey } from '../../../../topology/runtime/topics/default-partitioner.ts'
import { plainModule } from '../kafka/kafkajs-mends/plain-module.ts'

const test = suite('murmur2')

test("the vectors of Kafka's own tests", () => {
  const vectors: readonly (readonly [string, number])[] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ]
  for (const [text, hash] of vectors) assert.is(murmur2(Buffer.from(text)), hash, text)
})

test('any key gets the partition of the default partitioner of kafkajs', () => {
  const plain = plainModule('src/producer/partitioners/default/murmur2.js') as (key: Buffer) => number
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 100 }), (bytes, partitions) => {
      assert.is(murmur2(bytes), plain(Buffer.from(bytes)))
      assert.is(partitionForKey(bytes, partitions), (plain(Buffer.from(bytes)) & 0x7fffffff) % partitions)
    }),
  )
})

test.run()
