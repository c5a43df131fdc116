import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ErrorCode, SluiceError } from '../../base/sluice-error.ts'
import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, modelStateStore, modelUsageStore, versionedKeyValueStore } from '../../stores/index.ts'
import { Topology, TopologyTestDriver } from '../../topology/index.ts'

const serdes = { key: stringSerde, value: stringSerde }
const named = { name: 's', ...serdes }

type Maker = (options: never) => unknown

/** The message, after checking the code. */
function refusal(make: () => unknown, code: ErrorCode): string {
  try {
    make()
  } catch (error) {
    assert.instance(error, SluiceError)
    assert.is((error as SluiceError).code, code)
    return (error as SluiceError).message
  }
  return 'accepted'
}

const source: Maker = options => new Topology().addSource('in', 'in', options)
const sink: Maker = options => new Topology().addSink('out', 'out', options, 'in')
const keyValue: Maker = options => keyValueStore(options)
const versioned: Maker = options => versionedKeyValueStore(options)
const models: Maker = options => modelStateStore(options)
const usage: Maker = options => modelUsageStore(options)

const test = suite('options of sources, sinks and stores')

const wrong: readonly (readonly [make: Maker, options: unknown, message: RegExp])[] = [
  [source, undefined, /^options undefined \(of source "in"\) is not allowed; allowed: an object of key, value, bootstrap, replay$/],
  [source, null, /^options null \(of source "in"\)/],
  [source, {}, /^key is not set \(option of source "in"\); allowed: an object with the functions serialize and deserialize$/],
  [source, { key: stringSerde }, /^value is not set/],
  [source, { ...serdes, value: 'string' }, /^value "string" \(option of source "in"\)/],
  [source, { ...serdes, value: { serialize: String } }, /^value \{"serialize":"function String"\}/],
  [source, { ...serdes, bootstrap: 'yes' }, /^bootstrap "yes" .*; allowed: true or false$/],
  [
    source,
    { ...serdes, bootsrap: true },
    /^unknown option "bootsrap" \(of source "in"\); allowed: key, value, bootstrap, replay; did you mean "bootstrap"\?$/,
  ],
  [sink, undefined, /^options undefined \(of sink "out"\)/],
  [sink, { ...serdes, key: null }, /^key null \(option of sink "out"\)/],
  [sink, { ...serdes, partitionBy: 'key' }, /^partitionBy "key" .*a function of the key that returns bytes$/],
  [sink, { ...serdes, partitionby: 5 }, /did you mean "partitionBy"\?$/],
  [keyValue, undefined, /^options undefined \(of keyValueStore\)/],
  [keyValue, {}, /^name is not set \(option of keyValueStore\)/],
  [keyValue, { ...named, name: '../s' }, /^name "..\/s" \(option of store "..\/s"\) is not allowed; allowed: 1 to 200 of/],
  [keyValue, { ...named, name: '' }, /^name ""/],
  [keyValue, { ...named, name: 'x'.repeat(1000) }, /^name "x{199}… \(option of store "x{199}…\)/],
  [
    keyValue,
    {
      get name(): string {
        throw new Error('no')
      },
    },
    /^name cannot be read \(option of keyValueStore\): no/,
  ],
  [keyValue, { name: 's' }, /^key is not set \(option of store "s"\)/],
  [keyValue, { ...named, value: undefined }, /^value is not set/],
  [keyValue, { ...named, keyText: { parse: String } }, /^keyText .*the functions parse and format$/],
  [keyValue, { ...named, logged: 'no' }, /^logged "no" \(option of store "s"\) .*true or false$/],
  [keyValue, { ...named, persistent: 0 }, /^persistent 0/],
  [
    keyValue,
    { ...named, persistant: false },
    /^unknown option "persistant" \(of store "s"\); allowed: name, key, .*; did you mean "persistent"\?$/,
  ],
  [versioned, named, /^historyRetentionMs is not set/],
  [versioned, { ...named, historyRetentionMs: -1 }, /^historyRetentionMs -1 .*a whole number, 0 or more, or Infinity$/],
  [versioned, { ...named, historyRetentionMs: NaN }, /^historyRetentionMs NaN/],
  [versioned, { ...named, historyRetentionMs: 0.5 }, /^historyRetentionMs 0.5/],
  [versioned, { ...named, historyRetentionMs: '1d' }, /^historyRetentionMs "1d"/],
  [versioned, { ...named, historyRetention: 5 }, /did you mean "historyRetentionMs"\?$/],
  [models, null, /^options null \(of modelStateStore\)/],
  [models, { maxVersions: 0 }, /^maxVersions 0 .*a whole number from 1 to 1000000$/],
  [models, { maxVersions: Infinity }, /^maxVersions Infinity/],
  [models, { name: 'm', maxVersion: 5 }, /^unknown option "maxVersion" \(of store "m"\)/],
  [usage, {}, /^name is not set/],
  [usage, { name: 'u', persistent: null }, /^persistent null/],
]
for (const [make, options, message] of wrong)
  test(message.source.slice(0, 110), () =>
    assert.match(
      refusal(() => make(options as never), 'TOPOLOGY_INVALID'),
      message,
    ),
  )

test('an option that is undefined has its default', () => {
  const store = keyValueStore({ ...named, logged: undefined, persistent: undefined, keyText: undefined })
  assert.is(store.logged, true)
  assert.is(
    refusal(() => modelStateStore({ name: undefined, maxVersions: undefined }), 'TOPOLOGY_INVALID'),
    'accepted',
  )
  assert.is(
    refusal(() => source({ ...serdes, bootstrap: undefined } as never), 'TOPOLOGY_INVALID'),
    'accepted',
  )
})

const parts: readonly (readonly [add: (topology: Topology) => unknown, message: RegExp])[] = [
  [t => t.addSource(5 as never, 'a', serdes), /^the name 5 of a source is not allowed; allowed: text that is not empty$/],
  [t => t.addProcessor(Symbol('p') as never, noProcessor, 'in'), /^the name Symbol\(p\) of a processor is not allowed/],
  [t => t.addSource('x', 5 as never, serdes), /^topics 5 of source "x" are not allowed; allowed: the name of a topic, or a list of names$/],
  [t => t.addSource('x', undefined as never, serdes), /^topics undefined of source "x"/],
  [t => t.addSource('x', /a/ as never, serdes), /^topics \{\} of source "x"/],
  [t => t.addSource('x', ['a', 5] as never, serdes), /^topic 5 of source "x" is not allowed; allowed: 1 to 249 of the characters/],
  [t => t.addSource('x', 'two words', serdes), /^topic "two words" of source "x"/],
  [t => t.addSource('x', '..', serdes), /^topic ".." of source "x"/],
  [t => t.addSource('x', 'x'.repeat(250), serdes), /^topic "x{199}… of source "x"/],
  [t => t.addSource('x', '', serdes).describe(), /^source "x" has a topic without a name$/],
  [t => t.addSink('s', (() => 'a') as never, serdes, 'in'), /^topic a function of sink "s" is not allowed/],
  [t => t.addSink('s', 'o', serdes, Symbol('q') as never), /^parent of sink "s": Symbol\(q\) is not allowed; allowed: the name of a node$/],
  [t => t.addProcessor('p', noProcessor, ['in'] as never), /^parent of processor "p": \["in"\] is not allowed/],
  [
    t => t.addProcessor('p', undefined as never, 'in'),
    /^supplier undefined of processor "p" .* allowed: a function that returns a processor$/,
  ],
  [t => t.addProcessor('p', noProcessor() as never, 'in'), /^supplier \{.*\} of processor "p" is not allowed/],
  [t => t.addRepartition('two words', serdes, 'in'), /^topic "two words-repartition" of repartition "two words"/],
  [t => t.addRepartition(Symbol('r') as never, serdes, 'in'), /^the name Symbol\(r\) of a repartition/],
  [t => t.addStateStore(undefined as never, 'p'), /^store undefined is not allowed; allowed: what keyValueStore, or another/],
  [t => t.addStateStore({ name: 'c' } as never, 'p'), /^store \{"name":"c"\} is not allowed/],
  [t => t.addStateStore(keyValueStore(named), 5 as never), /^processor of store "s": 5 is not allowed; allowed: the name of a node$/],
]

function noProcessor(): { process(): void } {
  return { process: () => undefined }
}

for (const [add, message] of parts)
  test(`a part of a wrong type, or a topic that Kafka would refuse: ${message.source}`, () =>
    assert.match(
      refusal(() => add(new Topology().addSource('in', 'in', serdes)), 'TOPOLOGY_INVALID'),
      message,
    ))

test.run()

const driver = suite('options of TopologyTestDriver')

const configs: readonly (readonly [options: unknown, message: RegExp])[] = [
  [null, /^options null \(of TopologyTestDriver\) is not allowed; allowed: an object of topicConfigs$/],
  [{ topicConfig: {} }, /^unknown option "topicConfig" .*did you mean "topicConfigs"\?$/],
  [{ topicConfigs: [] }, /^topicConfigs \[\] .*each under the name of its topic$/],
  [{ topicConfigs: { out: null } }, /^options null \(of topic "out"\)/],
  [
    { topicConfigs: { out: { 'max.mesage.bytes': 5 } } },
    /^unknown option "max.mesage.bytes" \(of topic "out"\); .*did you mean "max.message.bytes"\?$/,
  ],
  [{ topicConfigs: { out: { 'max.message.bytes': 'many' } } }, /^max.message.bytes "many" \(option of topic "out"\)/],
  [{ topicConfigs: { out: { 'segment.bytes': NaN } } }, /^segment.bytes NaN .*a whole number, 0 or more, or Infinity$/],
  [{ topicConfigs: { out: { 'segment.bytes': 1.5 } } }, /^segment.bytes 1.5/],
  [{ topicConfigs: { out: { 'cleanup.policy': 'compcat' } } }, /^cleanup.policy "compcat" .*delete, compact, or both/],
  [{ topicConfigs: { out: { 'message.timestamp.type': 'createtime' } } }, /did you mean "CreateTime"\?$/],
  [{ topicConfigs: { out: { 'cleanup.policy': 5 } } }, /^cleanup.policy 5/],
]
for (const [options, message] of configs)
  driver(message.source.slice(0, 110), async () => {
    const topology = new Topology().addSource('in', 'in', serdes)
    try {
      await TopologyTestDriver.open(topology, options as never)
      assert.unreachable()
    } catch (error) {
      assert.instance(error, SluiceError)
      assert.is((error as SluiceError).code, 'CONFIG_INVALID')
      assert.match((error as SluiceError).message, message)
    }
  })

driver.run()
