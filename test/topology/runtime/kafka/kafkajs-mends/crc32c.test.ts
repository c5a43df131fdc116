import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { crc32c } from '../../../../../topology/runtime/kafka/kafkajs-mends/crc32c.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

const path = 'src/protocol/recordBatch/crc32C/index.js'
const test = suite('crc32c')

test('the check value of CRC-32C', () => {
  assert.is(crc32c(Buffer.from('123456789')), 0xe3069283)
  assert.is(crc32c(Buffer.alloc(0)), 0)
})

test('the checksum of any bytes, and of any part of them, equals that of kafkajs', () => {
  const plain = plainModule(path) as (bytes: Uint8Array) => number
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      assert.is(crc32c(bytes), plain(bytes))
      const start = bytes.length >> 2
      assert.is(crc32c(bytes, start, bytes.length - start), plain(bytes.subarray(start, bytes.length - start)))
    }),
  )
})

test('kafkajs uses it', () => {
  const [plain, mended] = [plainModule, mendedModule].map(module => String(module(path)))
  assert.not.equal(plain, mended)
  assert.is((mendedModule(path) as (bytes: Uint8Array) => number)(Buffer.from('123456789')), 0xe3069283)
})

test.run()
