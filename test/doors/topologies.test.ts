import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { addControlledStream, controlledStream } from '../../control/index.ts'
import { ServingInstance } from '../../instance/index.ts'
import { wineRecordReader } from '../../records/protobuf-record-reader.ts'
import { stringSerde } from '../../records/serde.ts'
import { servingOptions } from '../../serving/index.ts'
import { keyValueStore } from '../../stores/index.ts'
import { Topology, TopologyTestDriver } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { heatingOptions } from '../control/heating.ts'

const serdes = { key: stringSerde, value: stringSerde }
const none = (): { process(): void } => ({ process: () => undefined })
const counts = keyValueStore({ name: 'counts', ...serdes })
const right = { applicationId: 'app', brokers: ['127.0.0.1:1'] }

/** Input "in", and a processor "count" with the store "counts". */
const counting = (): Topology =>
  new Topology().addSource('in', 'in', serdes).addProcessor('count', none, 'in').addStateStore(counts, 'count')

function refusal(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    return error instanceof SluiceError ? `${error.code}: ${error.message}` : `a raw ${String(error)}`
  }
  return 'accepted'
}

const start = (topology: Topology, more: object = {}): string => refusal(() => new SluiceStreams(topology, { ...right, ...more }))

const test = suite('topics that must not be the same')

test('dead letters do not go to an input', () => {
  assert.match(
    start(counting(), { deadLetterTopic: 'in' }),
    /^CONFIG_INVALID: deadLetterTopic "in" \(option of SluiceStreams\) is an input: source "in" reads it/,
  )
  const readsLetters = new Topology().addSource('letters', 'app-dead-letters', serdes)
  assert.match(start(readsLetters), /^CONFIG_INVALID: deadLetterTopic "app-dead-letters" .* source "letters"/)
  assert.is(start(readsLetters, { deadLetterTopic: 'other' }), 'accepted')
})

test('dead letters do not go to a topic that the application keeps for itself', () => {
  assert.match(
    start(counting(), { deadLetterTopic: 'app-counts-changelog' }),
    /^CONFIG_INVALID: deadLetterTopic "app-counts-changelog" .* is the changelog of store "counts", which the application keeps for itself/,
  )
  assert.match(
    start(new Topology().addSource('in', 'in', serdes).addRepartition('again', serdes, 'in'), { deadLetterTopic: 'app-again-repartition' }),
    /^CONFIG_INVALID: .* is the repartition topic of "again"/,
  )
})

test('a changelog or repartition topic of the application is neither an input nor an output', () => {
  const wrong: readonly (readonly [topology: Topology, message: RegExp])[] = [
    [
      counting().addSource('own', 'app-counts-changelog', serdes),
      /topic "app-counts-changelog" of source "own" is the changelog of store "counts"/,
    ],
    [counting().addSink('own', 'app-counts-changelog', serdes, 'count'), /of sink "own" is the changelog of store "counts"/],
    [
      counting().addSink('own', 'counts-changelog', { ...serdes, ofApplication: true }, 'count'),
      /of sink "own" is the changelog of store "counts"/,
    ],
    [
      counting().addRepartition('again', serdes, 'count').addSink('own', 'app-again-repartition', serdes, 'count'),
      /of sink "own" is the repartition topic of "again"/,
    ],
  ]
  for (const [topology, message] of wrong) assert.match(start(topology), new RegExp(`^TOPOLOGY_INVALID: .*${message.source}`))
  assert.is(start(counting().addSource('own', 'other-counts-changelog', serdes)), 'accepted')
  assert.is(start(counting().addRepartition('again', serdes, 'count')), 'accepted')
})

test('the topics of model serving are three, and none is one that is written beside the results', () => {
  const serving = {
    dataTopic: 'data',
    modelsTopic: 'models',
    resultsTopic: 'results',
    reader: wineRecordReader(),
    modelJail: 'off' as const,
  }
  const found = (more: object): string => refusal(() => servingOptions({ ...serving, ...more }))
  assert.match(
    found({ modelsTopic: 'data' }),
    /^CONFIG_INVALID: modelsTopic "data" \(option of model serving\) is not allowed; allowed: a topic other than that of dataTopic$/,
  )
  assert.match(found({ resultsTopic: 'data' }), /^CONFIG_INVALID: resultsTopic "data" .* dataTopic$/)
  assert.match(found({ resultsTopic: 'models' }), /^CONFIG_INVALID: resultsTopic "models" .* modelsTopic$/)
  assert.match(found({ dataTopic: 'results-shadow' }), /^CONFIG_INVALID: dataTopic "results-shadow" .* the shadows of resultsTopic$/)
  assert.match(found({ modelsTopic: 'results-late' }), /^CONFIG_INVALID: modelsTopic "results-late" .* the late scores of resultsTopic$/)
  const instance = (more: object): string => refusal(() => new ServingInstance({ streams: { ...right, ...more }, serving }))
  assert.match(instance({ deadLetterTopic: 'results' }), /^CONFIG_INVALID: streams.deadLetterTopic "results" .* serving.resultsTopic$/)
  assert.match(instance({ deadLetterTopic: 'models' }), /^CONFIG_INVALID: deadLetterTopic "models" .* is an input/)
})

test('the topics of a controlled stream differ', () => {
  const options = heatingOptions()
  const found = (more: object): string => refusal(() => controlledStream(heatingOptions(more)))
  const stays = /^TOPOLOGY_INVALID: (.*) \(option of controlledStream\) is not allowed; allowed: a topic other than that of (.*)$/
  for (const [more, name, other] of [
    [{ data: { ...options.data, topic: 'wanted' } }, 'data.topic "wanted"', 'control.topic'],
    [{ results: { ...options.results, topic: 'sensors' } }, 'results.topic "sensors"', 'data.topic'],
    [{ events: 'commands' }, 'events "commands"', 'results.topic'],
  ] as const)
    assert.equal(stays.exec(found(more))?.slice(1), [name, other])
})

test.run()

const proxies = suite('proxies of objects with private members')

proxies('a Proxy of a topology, and what only inherits from one, are refused where a topology is needed', async () => {
  for (const [odd, what] of [
    [new Proxy(counting(), {}), 'Proxy'],
    [Object.create(Topology.prototype) as Topology, 'inherits'],
  ] as const) {
    assert.match(start(odd), new RegExp(`^CONFIG_INVALID: the topology .*${what}`))
    assert.match(
      refusal(() => addControlledStream(odd, heatingOptions())),
      new RegExp(`^TOPOLOGY_INVALID: the topology .*${what}`),
    )
    const opened = await TopologyTestDriver.open(odd).then(String, (error: unknown) => error as SluiceError)
    assert.match(
      `${(opened as SluiceError).code}: ${(opened as SluiceError).message}`,
      new RegExp(`^CONFIG_INVALID: the topology .*${what}`),
    )
  }
})

proxies('what is no topology is refused by the test driver too', async () => {
  for (const odd of [undefined, null, {}, 'topology', Topology]) {
    const opened = await TopologyTestDriver.open(odd as never).then(String, (error: unknown) => error as SluiceError)
    assert.match(
      `${(opened as SluiceError).code}: ${(opened as SluiceError).message}`,
      /^CONFIG_INVALID: topology .* \(of TopologyTestDriver\) is not allowed; allowed: a Topology$/,
    )
  }
})

proxies.run()

const names = suite('names of nodes and stores')

names('a parent that is named twice is refused: its records would come twice', () => {
  const again = (add: (topology: Topology) => unknown): string => refusal(() => add(new Topology().addSource('in', 'in', serdes)))
  assert.match(
    again(t => t.addProcessor('p', none, 'in', 'in')),
    /^TOPOLOGY_INVALID: processor "p" has the parent "in" twice, so it would receive each record twice$/,
  )
  assert.match(
    again(t => t.addSink('s', 'out', serdes, 'in', 'in')),
    /^TOPOLOGY_INVALID: sink "s" has the parent "in" twice/,
  )
  assert.match(
    again(t => t.addRepartition('r', serdes, 'in', 'in')),
    /^TOPOLOGY_INVALID: repartition "r" has the parent "in" twice/,
  )
})

names('stores whose names differ only in capitals are refused; nodes are not: they have no directory', () => {
  const upper = keyValueStore({ name: 'Counts', ...serdes })
  assert.match(start(counting().addStateStore(upper, 'count')), /^TOPOLOGY_INVALID: stores "counts" and "Counts" differ only in capitals/)
  assert.is(start(new Topology().addSource('in', 'in', serdes).addProcessor('p', none, 'in').addProcessor('P', none, 'in')), 'accepted')
})

names('a processor that is named twice for a store uses it once', () => {
  const topology = new Topology().addSource('in', 'in', serdes).addProcessor('count', none, 'in').addStateStore(counts, 'count', 'count')
  assert.equal(topology.build().subTopologies[0]?.stores[0]?.processors, ['count'])
})

names('names of other types are refused wherever nodes and stores are connected', () => {
  const odd = Symbol('s') as never
  assert.match(
    refusal(() => counting().connectProcessorAndStateStores(odd, 'counts')),
    /^TOPOLOGY_INVALID: processor .*Symbol\(s\) is not allowed/,
  )
  assert.match(
    refusal(() => counting().connectProcessorAndStateStores('count', odd)),
    /^TOPOLOGY_INVALID: store of processor "count": Symbol\(s\)/,
  )
  assert.match(
    refusal(() => counting().addGlobalStore(odd, 'count')),
    /^TOPOLOGY_INVALID: global store: Symbol\(s\)/,
  )
  assert.match(
    refusal(() => counting().addGlobalStore('counts', odd)),
    /^TOPOLOGY_INVALID: processor of global store "counts": Symbol\(s\)/,
  )
})

names('long names are cut in messages, and what a terminal acts on is escaped', () => {
  const long = 'n'.repeat(100_000)
  for (const found of [
    start(new Topology().addSource(long, 'in', serdes).addSource(long.slice(1), 'in', serdes)),
    refusal(() => new Topology().addSource(long, 'in', serdes).addSource(long, 'in2', serdes)),
    start(new Topology().addSource('in', 'in', serdes).addProcessor(long, none, long.slice(1))),
    refusal(() => new Topology().addSource(long, 'in', 5 as never)),
  ]) {
    assert.match(found, /^TOPOLOGY_INVALID: .*n{199}…/)
    assert.ok(found.length < 1000, `${found.length} characters`)
  }
  assert.match(start(new Topology().addSource('\u001b[2J', 'in', serdes).addSource('b', 'in', serdes)), /"\\u001b\[2J"/)
})

names.run()
