import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { stringSerde } from '../../../../records/serde.ts'
import { keyValueStore, versionedKeyValueStore } from '../../../../stores/index.ts'
import { Topology } from '../../../../topology/index.ts'
import { KeyLocator } from '../../../../topology/runtime/queries/key-locator.ts'
import { partitionForKey } from '../../../../topology/runtime/topics/default-partitioner.ts'

const test = suite('key locator')

/** Numbers as four bytes. */
const number = {
  serialize: (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(value)
    return bytes
  },
  deserialize: (bytes: Uint8Array) => Buffer.from(bytes).readInt32BE(),
}
const keyText = {
  parse: (text: string) => {
    if (!/^\d+$/.test(text)) throw new Error('no number')
    return Number(text)
  },
  format: String,
}

const numbers = { key: number, keyText, value: stringSerde }
const topology = new Topology()
  .addSource('in', 'in', { key: number, value: stringSerde })
  .addProcessor('p', () => ({ process: () => undefined }), 'in')
  .addStateStore(keyValueStore({ name: 'texts', key: stringSerde, value: stringSerde }), 'p')
  .addStateStore(keyValueStore({ name: 'numbers', ...numbers }), 'p')
  .addStateStore(versionedKeyValueStore({ name: 'versions', ...numbers, historyRetentionMs: 1 }), 'p')
const partitions = 7
const locator = new KeyLocator('test', topology.build(), {
  partitionCounts: new Map([['in', partitions]]),
  partitionsOf: [partitions],
  tasks: [],
  tombstonesMs: new Map(),
})

test('a key is where its bytes are, which need not be those of its text', () => {
  for (let key = 0; key < 50; key++) {
    const text = String(key)
    assert.is(locator.partitionOf('texts', text), partitionForKey(Buffer.from(text), partitions))
    for (const store of ['numbers', 'versions'])
      assert.is(locator.partitionOf(store, text), partitionForKey(number.serialize(key), partitions))
  }
})

test('a text that is no key is INPUT_INVALID', () => {
  assert.throws(
    () => locator.partitionOf('numbers', 'x'),
    (error: unknown) => error instanceof SluiceError && error.code === 'INPUT_INVALID' && error.message.includes('no number'),
  )
})

test.run()
