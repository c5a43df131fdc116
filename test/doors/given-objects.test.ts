import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { controlledStream, type ControlledStreamOptions } from '../../control/index.ts'
import { ServingInstance } from '../../instance/index.ts'
import { csvRecordReader } from '../../records/csv-record-reader.ts'
import { jsonRecordReader } from '../../records/json-record-reader.ts'
import { type ProtobufRecordShape, protobufRecordReader, wineRecordReader } from '../../records/protobuf-record-reader.ts'
import { stringSerde } from '../../records/serde.ts'
import { ColumnBatch } from '../../records/index.ts'
import { servingOptions } from '../../serving/index.ts'
import { keyValueStore } from '../../stores/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { Topology, TopologyTestDriver } from '../../topology/index.ts'

const test = suite('objects of a program as options')
const serdes = { key: stringSerde, value: stringSerde }

test('options of ServingInstance may be instances of classes, with getters and further members', async () => {
  class Streams {
    readonly brokers = ['127.0.0.1:1']
    readonly more = 1
    get applicationId(): string {
      return `a${this.brokers.length}`
    }
    toString(): string {
      return 'mine'
    }
  }
  class Serving {
    readonly #topics = { data: 'data' }
    readonly modelsTopic = 'models'
    readonly resultsTopic = 'results'
    readonly modelJail = 'off'
    readonly reader = wineRecordReader()
    readonly more = 1
    get dataTopic(): string {
      return this.#topics.data
    }
  }
  class Rest {
    readonly more = 1
    get port(): number {
      return 0
    }
  }
  const instance = new ServingInstance({ streams: new Streams(), serving: new Serving(), rest: new Rest() })
  assert.is(instance.streams.applicationId, 'a1')
  assert.is((await instance.listen()).host, '127.0.0.1')
  await instance.stop()
  const plain = { streams: { brokers: ['127.0.0.1:1'], more: 1, applicationId: 'a' }, serving: new Serving() }
  assert.throws(() => new ServingInstance(plain), /unknown option "more" \(of SluiceStreams\)/)
})

test('a policy, its models and its decider may be instances of classes with further members', () => {
  class Best {
    readonly more = 1
    get kind(): 'best' {
      return 'best'
    }
    get output(): string {
      return 'quality'
    }
  }
  class Model {
    readonly more = 1
    readonly model: string
    constructor(model: string) {
      this.model = model
    }
  }
  class Policy {
    readonly more = 1
    readonly budgetMs = 5
    readonly models = [new Model('a'), new Model('b')]
    readonly decider = new Best()
  }
  const serving = {
    dataTopic: 'data',
    modelsTopic: 'models',
    resultsTopic: 'results',
    reader: wineRecordReader(),
    modelJail: 'off' as const,
  }
  const { policies, guard } = servingOptions({ ...serving, policies: { wine: new Policy() } })
  guard?.close()
  const { models = [], decider } = policies?.['wine'] ?? {}
  assert.equal(
    [models.map(each => [each.model, 'more' in each]), decider],
    [
      [
        ['a', false],
        ['b', false],
      ],
      { kind: 'best', output: 'quality' },
    ],
  )
})

class Spec {
  get name(): string {
    return 'a'
  }
  get kind(): 'number' {
    return 'number'
  }
}

test('the columns of a reader stay as they were checked', () => {
  const open = [(specs: Spec[]) => jsonRecordReader({ specs }), (specs: Spec[]) => csvRecordReader(specs)]
  for (const reader of open) {
    const spec = { name: 'a', kind: 'number' as const }
    const made = reader([spec, new Spec()])
    Object.assign(spec, { name: 'b', kind: 'text' })
    assert.equal(
      made.specs.map(({ name, kind }) => [name, kind]),
      [
        ['a', 'number'],
        ['a', 'number'],
      ],
    )
    let reads = 0
    const fickle = {
      name: 'a',
      get kind() {
        return reads++ === 0 ? ('number' as const) : ('bogus' as 'number')
      },
    }
    assert.is(reader([fickle]).specs[0]?.kind, 'number')
  }
})

test('the fields of a protobuf reader stay as they were checked', () => {
  const field = { number: 1, name: 'a', type: 'double' as const, optional: true }
  const dataTypeField = { number: 2, name: 'type' }
  const reader = protobufRecordReader({ fields: [field], dataTypeField })
  Object.assign(field, { optional: false, type: 'string' })
  Object.assign(dataTypeField, { name: 'other' })
  assert.equal(reader.specs, [{ name: 'a', kind: 'number' }])
  const wrongWireType = Buffer.from([0x10, 1])
  assert.throws(() => reader.read(wrongWireType, new ColumnBatch(reader.specs, 1), 0), /field type \(2\) has wire type 0/)
  const odd = { fields: [], dataTypeField: { number: 'x', name: 'type' } } as unknown as ProtobufRecordShape
  assert.throws(() => protobufRecordReader(odd), /dataTypeField /)
})

test('a class with static methods is a serde', async () => {
  class Text {
    static readonly #encoding = 'utf8'
    static serialize(value: string): Uint8Array {
      return Buffer.from(value, this.#encoding)
    }
    static deserialize(bytes: Uint8Array): string {
      return Buffer.from(bytes).toString(this.#encoding)
    }
  }
  const statics = { key: Text, value: Text }
  const topology = new Topology().addSource('in', 'in', statics).addSink('out', 'out', statics, 'in')
  const driver = await TopologyTestDriver.open(topology)
  await driver.pipe('in', { key: 'k', value: 'v' })
  assert.equal(
    driver.read('out', statics).map(({ key, value }) => [key, value]),
    [['k', 'v']],
  )
  await driver.close()
  assert.is(keyValueStore({ name: 's', ...statics }).name, 's')
})

const stream = (rules: unknown): Topology =>
  controlledStream<string, string, string, string>({
    name: 'c',
    control: { topic: 'controls', ...serdes },
    data: { topic: 'data', value: stringSerde },
    results: { topic: 'results', value: stringSerde },
    onData: () => 'x',
    rules,
  } as unknown as ControlledStreamOptions<string, string, string, string>)

test('rules that are methods of a class, which are no members of its instance, are refused: they would not be applied', () => {
  class Methods {
    positive(): boolean {
      return true
    }
  }
  class Functions {
    readonly positive = (): boolean => true
  }
  assert.throws(
    () => stream(new Methods()),
    (error: unknown) =>
      error instanceof SluiceError && error.code === 'TOPOLOGY_INVALID' && /^rules .* an object of functions/.test(error.message),
  )
  stream(new Functions())
})

test('a class in place of a supplier is refused where it is added: it cannot be called', () => {
  class Counter {
    process(): void {
      return undefined
    }
  }
  const add = (supplier: unknown): Topology => new Topology().addSource('in', 'in', serdes).addProcessor('p', supplier as never, 'in')
  for (const given of [Counter, class extends Counter {}])
    assert.throws(
      () => add(given),
      (error: unknown) =>
        error instanceof SluiceError &&
        error.code === 'TOPOLOGY_INVALID' &&
        /supplier class .*of processor "p" is not allowed; allowed: a function that returns a processor, such as \(\) => new /.test(
          error.message,
        ),
    )
  for (const given of [() => new Counter(), function classOf() {}]) add(given)
})

test('the access of other instances is checked where it is set', () => {
  const streams = new SluiceStreams(new Topology().addSource('in', 'in', serdes), { applicationId: 'a', brokers: ['127.0.0.1:1'] })
  for (const given of [undefined, {}, 'token'])
    assert.throws(
      () => streams.restrictPeers(given as never),
      (error: unknown) =>
        error instanceof SluiceError && error.code === 'CONFIG_INVALID' && /^access .*RestServer.peerAccess/.test(error.message),
    )
})

test('what is connected later changes nothing for an application that was made before', () => {
  const supplier = (): { process: () => void } => ({ process: () => undefined })
  const topology = new Topology()
    .addSource('in', 'in', serdes)
    .addProcessor('p', supplier, 'in')
    .addProcessor('q', supplier, 'in')
    .addStateStore(keyValueStore({ name: 's', ...serdes }), 'p')
  const [first] = [topology.build('a'), topology.connectProcessorAndStateStores('q', 's')]
  const processorsOf = (built: typeof first): unknown => built.subTopologies.map(sub => sub.stores.map(({ processors }) => processors))
  assert.equal(processorsOf(first), [[['p']]])
  assert.equal(processorsOf(topology.build('b')), [[['p', 'q']]])
})

test.run()
