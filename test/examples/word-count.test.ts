import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wordCount } from '../../examples/word-count/word-count.ts'
import { stringSerde } from '../../records/serde.ts'
import type { KeyValueStore } from '../../stores/index.ts'
import { TopologyTestDriver } from '../../topology/index.ts'

const test = suite('word count example')

test('counts the words of all lines, and keeps the counts', async () => {
  const driver = await TopologyTestDriver.open(wordCount())
  await driver.pipe('lines', { key: 'a', value: 'A gate, a sluice' })
  await driver.pipe('lines', { key: 'b', value: 'Das Schleusentor: ein GATE' })
  const text = (bytes: Uint8Array | null): string => (bytes === null ? '' : stringSerde.deserialize(bytes))
  assert.equal(
    driver.read('word-counts').map(({ key, value }) => `${text(key)} ${text(value)}`),
    ['a 1', 'gate 1', 'a 2', 'sluice 1', 'das 1', 'schleusentor 1', 'ein 1', 'gate 2'],
  )
  assert.is(driver.getStateStore<KeyValueStore<string, string>>('counts')?.get('gate'), '2')
  assert.equal(driver.read(TopologyTestDriver.deadLetterTopic), [])
  await driver.close()
})

test('words and counts are two sub-topologies: a word is counted in the partition of its key', () => {
  const { subTopologies } = wordCount().build()
  assert.equal(
    subTopologies.map(({ sourceTopics, stores }) => [sourceTopics, stores.map(({ builder }) => builder.name)]),
    [
      [['lines'], []],
      [['words'], ['counts']],
    ],
  )
})

test.run()
