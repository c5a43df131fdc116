import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesSerde } from '../../records/serde.ts'
import { deadLetterHeaders, headerEntries, type HeaderEntry, orderedHeaders, Topology, TopologyTestDriver } from '../../topology/index.ts'

const test = suite('what the headers of a dead letter tell')
const bytes = { key: bytesSerde, value: bytesSerde }

/** The headers of the dead letter of a record with these, in their order. */
async function letterOf(
  headers: readonly HeaderEntry[],
  valueBytes = 1,
  topicConfigs = {},
): Promise<readonly (readonly [string, string])[]> {
  const fails = { process: (): void => assert.unreachable('it fails') }
  const topology = new Topology().addSource('in', 'in', bytes).addProcessor('fails', () => fails, 'in')
  const driver = await TopologyTestDriver.open(topology, { topicConfigs })
  try {
    await driver.pipe('in', { key: null, value: null })
    driver.read(TopologyTestDriver.deadLetterTopic)
    await driver.pipe('in', { key: null, value: Buffer.alloc(valueBytes), timestamp: 5, headers: orderedHeaders(headers) })
    const [letter, ...others] = driver.read(TopologyTestDriver.deadLetterTopic)
    assert.is(others.length, 0)
    return headerEntries(letter?.headers).map(([name, value]) => [name, String(value)])
  } finally {
    await driver.close()
  }
}

/** Everything that such headers can say, of another record. */
const forged: readonly HeaderEntry[] = [
  ['sluice.source.offset.first', '0'],
  ...Object.values(deadLetterHeaders).map((name): HeaderEntry => [name, '777']),
  ['sluice.error.code', null],
]

test('what its producer has written into headers of these names is left out, and the others stay in their order', async () => {
  const found = await letterOf([['b', '1'], ...forged, ['a', '2'], ['b', '3'], ['sluice.moved.from', 'in-0@9']])
  const [code, message, ...origin] = found.slice(4)
  assert.equal(found.slice(0, 4), [
    ['b', '1'],
    ['a', '2'],
    ['b', '3'],
    ['sluice.moved.from', 'in-0@9'],
  ])
  assert.equal([code, message?.[0]], [['sluice.error.code', 'PROCESSING_FAILED'], 'sluice.error.message'])
  assert.equal(origin, [
    ['sluice.source.topic', 'in'],
    ['sluice.source.partition', '0'],
    ['sluice.source.offset', '1'],
    ['sluice.source.timestamp', '5'],
    ['sluice.task', '0_0'],
  ])
})

test('one whose value is cut tells its own size, once', async () => {
  const found = await letterOf(forged, 5000, { [TopologyTestDriver.deadLetterTopic]: { 'max.message.bytes': '3000' } })
  assert.equal(
    found.filter(([, value]) => value === '777'),
    [],
  )
  assert.equal(
    found.filter(([name]) => name === 'sluice.source.value.bytes'),
    [['sluice.source.value.bytes', '5000']],
  )
})

test.run()
