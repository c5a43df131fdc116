import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { Topology, TopologyTestDriver, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { repartitionTopics } from '../../topology/runtime/topics/repartition-topics.ts'

const texts = { key: stringSerde, value: stringSerde }
const test = suite('repartition')

/** Gives each record its value as the key. */
function byValue() {
  let context: ProcessorContext
  return {
    init: (given: ProcessorContext) => void (context = given),
    process: (record: StreamRecord) => context.forward({ ...record, key: record.value }),
  }
}

/** in ─▶ first ─▶ second, which is joined with the topic `other` if it is given. */
function twice(other?: string): Topology {
  const topology = new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('one', byValue, 'in')
    .addRepartition('first', texts, 'one')
    .addProcessor('two', byValue, 'first')
    .addRepartition('second', texts, 'two')
    .addProcessor('last', byValue, ...(other === undefined ? ['second'] : ['second', 'other']))
    .addSink('out', 'out', texts, 'last')
  return other === undefined ? topology : topology.addSource('other', other, texts)
}

test('records go through the internal topic of the application', async () => {
  const driver = await TopologyTestDriver.open(twice())
  await driver.pipe('in', { key: 'k', value: 'v' })
  assert.equal(
    driver.read('out', texts).map(({ key, value }) => [key, value]),
    [['v', 'v']],
  )
  assert.equal(driver.read('test-first-repartition').length, 1)
  await driver.close()
})

test('the topics have the application id in their names, as a description without it does not', () => {
  const topicsOf = (topology: ReturnType<Topology['build']>): string[] => topology.subTopologies.flatMap(({ sourceTopics }) => sourceTopics)
  assert.equal(topicsOf(twice().build('app')), ['in', 'app-first-repartition', 'app-second-repartition'])
  assert.match(twice().describe().toString(), 'Source: first (topics: [first-repartition])')
})

test('a topic has as many partitions as those that are joined with it, else as those that it comes from', () => {
  const counts = (topology: Topology, known: Readonly<Record<string, number>>): object =>
    Object.fromEntries(repartitionTopics(topology.build(), new Map(Object.entries(known))))
  assert.equal(counts(twice(), { in: 3 }), { 'first-repartition': 3, 'second-repartition': 3 })
  assert.equal(counts(twice('other'), { in: 3, other: 5 }), { 'first-repartition': 3, 'second-repartition': 5 })
})

test('a name that is taken is TOPOLOGY_INVALID', () => {
  assert.throws(() => new Topology().addSource('a', 'a', texts).addRepartition('a', texts, 'a'), 'node "a" was added twice')
})

test.run()
