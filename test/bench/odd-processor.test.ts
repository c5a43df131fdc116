import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { OddProcessor } from '../../bench/chaos/odd-processor.ts'
import { forwardKinds, oddHeader } from '../../bench/chaos/odd-records.ts'
import { bytesSerde } from '../../records/serde.ts'
import { deadLetterHeaders, type TestRecord, Topology, TopologyTestDriver } from '../../topology/index.ts'

const bytes = { key: bytesSerde, value: bytesSerde }
const { results, compacted } = OddProcessor.children
const good = { key: 'k', value: 'v', timestamp: 1000, headers: { trace: 't' } }
const records: readonly TestRecord[] = forwardKinds.flatMap(kind => [good, { ...good, headers: { ...good.headers, [oddHeader]: kind } }])

const codes: Readonly<Record<(typeof forwardKinds)[number], string>> = {
  'fractional-timestamp': 'TIMESTAMP_INVALID',
  'no-timestamp': 'TIMESTAMP_INVALID',
  'null-timestamp': 'TIMESTAMP_INVALID',
  'date-timestamp': 'TIMESTAMP_INVALID',
  bare: 'TIMESTAMP_INVALID',
  'number-header': 'HEADERS_INVALID',
  'null-key': 'KEY_MISSING',
}

const test = suite('odd forwards')

for (const run of ['one by one', 'in one batch']) {
  test(`each is one dead letter with its input's place, and nothing else: ${run}`, async () => {
    const topology = new Topology()
      .addSource('source', 'in', bytes)
      .addProcessor('odd', () => new OddProcessor(), 'source')
      .addSink(results, 'out', bytes, 'odd')
      .addSink(compacted, 'latest', bytes, 'odd')
    const driver = await TopologyTestDriver.open(topology, { topicConfigs: { latest: { 'cleanup.policy': 'compact' } } })
    if (run === 'in one batch') await driver.pipeBatch('in', records)
    else for (const record of records) await driver.pipe('in', record)
    const letters = driver.read(TopologyTestDriver.deadLetterTopic).map(({ headers }) => {
      const header = (name: string): string => String(headers?.[name])
      return [header(oddHeader), header(deadLetterHeaders.offset), header(deadLetterHeaders.code)]
    })
    assert.equal(
      letters,
      forwardKinds.map((kind, at) => [kind, String(2 * at + 1), codes[kind]]),
    )
    assert.is(driver.read('out').length, forwardKinds.length)
    assert.is(driver.read('latest').length, 0)
    await driver.close()
  })
}

test.run()
