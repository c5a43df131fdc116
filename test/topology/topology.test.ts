import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { bytesSerde } from '../../records/serde.ts'
import { keyValueStore } from '../../stores/index.ts'
import { Topology, type Processor } from '../../topology/index.ts'

const bytes = { key: bytesSerde, value: bytesSerde }
const nothing = (): Processor => ({ process() {} })
const store = (name: string) => keyValueStore({ name, key: bytesSerde, value: bytesSerde })

/** A heater: controls and sensors meet in one store; a second, separate graph counts. */
function heater(): Topology {
  return new Topology()
    .addSource('control', 'controls', { ...bytes, bootstrap: true })
    .addSource('sensor', 'sensors', bytes)
    .addSource('audit', 'audits', bytes)
    .addProcessor('control-processor', nothing, 'control')
    .addProcessor('sensor-processor', nothing, 'sensor')
    .addProcessor('counter', nothing, 'audit')
    .addStateStore(store('desired'), 'control-processor', 'sensor-processor')
    .addSink('heater', 'heaters', bytes, 'sensor-processor')
}

const build = suite('Topology.build')

build('nodes that share a store are in one sub-topology, parents first', () => {
  const { subTopologies } = heater().build()
  assert.equal(
    subTopologies.map(sub => [sub.id, sub.nodes.map(node => node.name), sub.sourceTopics, sub.stores.map(each => each.builder.name)]),
    [
      [0, ['control', 'sensor', 'control-processor', 'sensor-processor', 'heater'], ['controls', 'sensors'], ['desired']],
      [1, ['audit', 'counter'], ['audits'], []],
    ],
  )
})

build('sorts nodes that are added before their parents', () => {
  const topology = new Topology().addSink('out', 'o', bytes, 'work').addProcessor('work', nothing, 'in').addSource('in', 'i', bytes)
  assert.equal(
    topology.build().subTopologies[0]?.nodes.map(node => node.name),
    ['in', 'work', 'out'],
  )
})

build('a global store does not join sub-topologies, and each reads it on its own', () => {
  const topology = replicated()
    .addSource('third', 't', bytes)
    .addProcessor('late', nothing, 'third')
    .addGlobalStore('s', 'reader')
    .addGlobalStore('s', 'late', 'reader')
  assert.equal(
    topology
      .build()
      .subTopologies.map(({ id, stores, globalStores, sourceTopics }) => [
        id,
        sourceTopics,
        stores.map(({ builder }) => builder.name),
        globalStores.map(({ builder, processors }) => `${builder.name}: ${processors.join()}`),
      ]),
    [
      [0, ['i'], ['s'], []],
      [1, ['o'], [], ['s: reader']],
      [2, ['t'], [], ['s: late']],
    ],
  )
})

const source = (): Topology => new Topology().addSource('in', 'i', bytes)
const wrong: Record<string, [() => Topology, RegExp]> = {
  'a name twice': [() => source().addProcessor('in', nothing, 'in'), /"in" was added twice/],
  'an empty name': [() => source().addProcessor('', nothing, 'in'), /empty name/],
  'no source': [() => new Topology(), /no source/],
  'a source without a topic': [() => new Topology().addSource('in', [], bytes), /"in" has no topic/],
  'a topic read twice': [() => source().addSource('again', 'i', bytes), /"i" is read by two sources, "in" and "again"/],
  'an unknown parent': [() => source().addProcessor('p', nothing, 'inn'), /"p" has the parent "inn", which was not added/],
  'no parent': [() => source().addProcessor('p', nothing), /"p" has no parent/],
  'a sink as a parent': [() => source().addSink('out', 'o', bytes, 'in').addProcessor('p', nothing, 'out'), /the sink "out" as a parent/],
  'a cycle': [
    () => source().addProcessor('a', nothing, 'in', 'b').addProcessor('b', nothing, 'a'),
    /cycle: .*a -> b -> a|cycle: .*b -> a -> b/,
  ],
  'a store twice': [
    () => source().addProcessor('p', nothing, 'in').addStateStore(store('s'), 'p').addStateStore(store('s'), 'p'),
    /"s" was added twice/,
  ],
  'a store of nobody': [() => source().addStateStore(store('s')), /"s" is not connected/],
  'a store of an unknown processor': [() => source().addStateStore(store('s'), 'p'), /connected to "p", which was not added/],
  'a store of a source': [() => source().addStateStore(store('s'), 'in'), /the source "in": only processors/],
  'an unknown store': [
    () => source().addProcessor('p', nothing, 'in').connectProcessorAndStateStores('p', 's'),
    /store "s", which was not added/,
  ],
}
const replicated = (logged = true): Topology =>
  source()
    .addSource('other', 'o', bytes)
    .addProcessor('owner', nothing, 'in')
    .addProcessor('friend', nothing, 'in')
    .addProcessor('reader', nothing, 'other')
    .addStateStore(keyValueStore({ name: 's', key: bytesSerde, value: bytesSerde, logged }), 'owner')
Object.assign(wrong, {
  'a global store of an unknown store': [
    () => replicated().addGlobalStore('t', 'reader'),
    /store "t" cannot be a global store: it was not added/,
  ],
  'a global store of a store without a changelog': [
    () => replicated(false).addGlobalStore('s', 'reader'),
    /"s" cannot be a global store: it is not logged/,
  ],
  'a global store for nobody': [() => replicated().addGlobalStore('s'), /global store of store "s" is not connected to any processor/],
  'a global store for an unknown processor': [
    () => replicated().addGlobalStore('s', 'raeder'),
    /connected to "raeder", which was not added/,
  ],
  'a global store for a source': [() => replicated().addGlobalStore('s', 'other'), /the source "other": only processors/],
  'a global store for the owner': [() => replicated().addGlobalStore('s', 'owner'), /"owner" is in the sub-topology of store "s"/],
  'a global store beside the store': [() => replicated().addGlobalStore('s', 'friend'), /"friend" is in the sub-topology of store "s"/],
})
for (const [name, [make, message]] of Object.entries(wrong)) {
  build(`refuses ${name}`, () => {
    assert.throws(
      () => make().build(),
      (error: SluiceError) => error.code === 'TOPOLOGY_INVALID' && message.test(error.message),
    )
  })
}

build.run()

const describe = suite('Topology.describe')

describe('as text', () => {
  const text = heater().describe().toString()
  assert.match(text, 'Sub-topology: 0\n    Source: control (topics: [controls], read first)\n      --> control-processor')
  assert.match(text, '    Processor: sensor-processor (stores: [desired])\n      --> heater\n      <-- sensor')
  assert.match(text, '    Sink: heater (topic: heaters)\n      <-- sensor-processor')
  assert.match(text, 'Sub-topology: 1\n    Source: audit (topics: [audits])')
})

describe('as Mermaid: every node, store and topic once, every edge', () => {
  const mermaid = heater().describe().toMermaid()
  assert.match(mermaid, /^flowchart LR\n {2}subgraph sub0\["Sub-topology 0"\]/)
  for (const name of ['control', 'sensor-processor', 'heater', 'counter']) assert.is(mermaid.split(`["${name}"]`).length, 2, name)
  for (const topic of ['controls', 'sensors', 'heaters']) assert.match(mermaid, `[("${topic}")]`)
  assert.is(mermaid.split(' -.- ').length - 1, 2)
})

describe('global stores, as text and as Mermaid', () => {
  const description = replicated().addGlobalStore('s', 'reader').describe()
  assert.match(description.toString(), '    Processor: reader (stores: [], global stores: [s])\n')
  const id = (label: string): string | undefined => new RegExp(`(\\w+)[[(]+"${label}"`).exec(description.toMermaid())?.[1]
  assert.match(description.toMermaid(), `  ${id('s')} -. global store .-> ${id('reader')}\n`)
})

describe.run()
