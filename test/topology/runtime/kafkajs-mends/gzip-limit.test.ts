import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { gzipCodec } from '../../../../topology/runtime/kafkajs-mends/gzip-limit.ts'
import { mendedModule, plainModule } from './plain-kafkajs.ts'

type Codec = ReturnType<typeof gzipCodec>

const path = 'src/protocol/message/compression/gzip.js'
const plain = plainModule(path) as Codec
const test = suite('gzip limit')

test("packs as kafkajs' codec does, and unpacks what it packed", async () => {
  const mended = mendedModule(path) as Codec
  assert.is.not(mended, plain)
  const buffer = Buffer.from('records '.repeat(1000))
  const packed = await mended.compress({ buffer })
  assert.equal(packed, await plain.compress({ buffer }))
  assert.equal(await mended.decompress(packed), buffer)
})

test('refuses what unpacks to more than the limit; the plain codec takes it', async () => {
  const packed = await plain.compress({ buffer: Buffer.alloc(100_000) })
  assert.is((await gzipCodec(100_000).decompress(packed)).length, 100_000)
  const error = await gzipCodec(99_999)
    .decompress(packed)
    .catch((thrown: unknown) => thrown)
  assert.is((error as { code?: string }).code, 'ERR_BUFFER_TOO_LARGE')
  assert.is((await plain.decompress(packed)).length, 100_000)
})

test.run()
