import { crc32 } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeCheckpoint, encodeCheckpoint } from '../../../stores/rows/checkpoint-record.ts'
import { RowDigest } from '../../../stores/rows/row-digest.ts'

const test = suite('checkpoint record')
const digest = new RowDigest(3, 0xdeadbeef)
const topicId = Buffer.from('0123456789abcdef').toString('base64url')

for (const [name, checkpoint] of Object.entries({
  'without a standing': { changelogOffset: 2 ** 40 },
  'with one': { changelogOffset: 7, standing: { topicId, asOf: 1_800_000_000_123 } },
  'with a commit that its changelog names': {
    changelogOffset: 9,
    standing: { topicId, asOf: 1_800_000_000_123 },
    commit: { offset: 7, note: '{"commit":[1,2]}' },
  },
  'with one, of brokers that tell no id': { changelogOffset: 7, standing: { topicId: undefined, asOf: 1_800_000_000_123 } },
})) {
  test(`is decoded unchanged: ${name}`, () => {
    assert.equal(decodeCheckpoint(encodeCheckpoint({ checkpoint, digest })), { checkpoint, digest })
  })

  test(`is refused if a byte is changed: ${name}`, () => {
    const bytes = encodeCheckpoint({ checkpoint, digest })
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] as number) ^ 1
      assert.is(decodeCheckpoint(damaged), undefined, `byte ${at}`)
    }
    assert.is(decodeCheckpoint(bytes.subarray(0, -1)), undefined)
  })
}

test('a checkpoint of an older build is read: offset, digest, and no standing', () => {
  const bytes = Buffer.alloc(24)
  bytes.writeDoubleBE(42, 0)
  bytes.writeDoubleBE(3, 8)
  bytes.writeUInt32BE(0xdeadbeef, 16)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 20)), 20)
  assert.equal(decodeCheckpoint(bytes), { checkpoint: { changelogOffset: 42 }, digest })
})

test.run()
