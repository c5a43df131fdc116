import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { controlService } from '../../instance/controls/index.ts'
import { openModelServices } from '../../instance/index.ts'
import { defaultModelFactory, ModelCache, ModelGuard, serviceLoader } from '../../models/index.ts'
import { csvRecordReader, jsonRecordReader, protobufRecordReader, protobufRecordReaderFromSchema } from '../../records/index.ts'
import { registryRecordReader, registrySerde, SchemaRegistry } from '../../records/registry/index.ts'
import { stringSerde } from '../../records/serde.ts'
import { KeyBuckets, knownDecider, servingOptions } from '../../serving/index.ts'
import { Topology } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { heatingOptions } from '../control/heating.ts'
import { selfSigned } from '../rest/self-signed.ts'

const specs = [{ name: 'a', kind: 'number' as const }]
const schema = 'syntax = "proto3"; message M { double a = 1; }'
const url = 'http://127.0.0.1:1'
const factory = defaultModelFactory()
const registry = new SchemaRegistry({ url })
const streams = new SluiceStreams(new Topology().addSource('in', 'in', { key: stringSerde, value: stringSerde }), {
  applicationId: 'a',
  brokers: ['127.0.0.1:1'],
})
const control = { topic: 't', key: stringSerde, value: stringSerde }
const field = { number: 1, name: 'a', type: 'double' }

function refusal(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    return error instanceof SluiceError ? `${error.code}: ${error.message}` : `a raw ${String(error)}`
  }
  return 'accepted'
}

const test = suite('options of readers, registries and services')

const makers: Readonly<Record<string, (options: never) => unknown>> = {
  jsonRecordReader,
  protobufRecordReader,
  protobufRecordReaderFromSchema: options => protobufRecordReaderFromSchema(schema, 'M', options),
  SchemaRegistry: options => new SchemaRegistry(options),
  registryRecordReader: options => registryRecordReader(registry, options),
  registrySerde: options => registrySerde(registry, options),
  controlService: options => controlService(streams, options),
  ModelGuard: options => new ModelGuard(options),
  ModelCache: options => new ModelCache(options),
  serviceLoader,
  openModelServices,
  'the parts of model serving': options => servingOptions({} as never, options),
}
for (const [name, make] of Object.entries(makers))
  test(`${name}: what is no object of options is refused`, () => {
    for (const odd of [null, 5, 'text', [], () => 1, Symbol('s'), NaN, new Map(), Promise.resolve({})])
      assert.match(
        refusal(() => make(odd as never)),
        new RegExp(`^CONFIG_INVALID: options .* \\(of ${name}\\) is not allowed`),
      )
  })

const wrong: readonly (readonly [make: () => unknown, message: RegExp])[] = [
  [() => jsonRecordReader({} as never), /^specs is not set \(option of jsonRecordReader\); allowed: a list of columns/],
  [() => jsonRecordReader({ specs: [{ name: 'a', kind: 'nmuber' }] } as never), /^specs \[/],
  [() => jsonRecordReader({ specs, dataTypeFeild: 'x' } as never), /^unknown option "dataTypeFeild" .*did you mean "dataTypeField"\?$/],
  [() => jsonRecordReader({ specs, dataTypeField: 5 } as never), /^dataTypeField 5/],
  [() => csvRecordReader('a,b' as never), /^specs "a,b" \(option of csvRecordReader\)/],
  [() => csvRecordReader(undefined as never), /^specs is not set \(option of csvRecordReader\)/],
  [() => protobufRecordReader({ fields: [{ ...field, type: 'dobule' }] } as never), /^fields \[.* one of the types double, float/],
  [() => protobufRecordReader({ fields: [{ ...field, number: '1' }] } as never), /^fields \[/],
  [() => protobufRecordReader({ fields: [{ ...field, number: NaN }] } as never), /^field a has the number NaN/],
  [() => protobufRecordReader({ fields: [field], dataTypeField: 'a' } as never), /^dataTypeField "a"/],
  [() => protobufRecordReaderFromSchema(undefined as never, 'M'), /^protoText is not set/],
  [() => protobufRecordReaderFromSchema(schema, Symbol('M') as never), /^messageName Symbol\(M\)/],
  [() => protobufRecordReaderFromSchema(schema, 'M', { features: 'a' } as never), /^features "a" .*a list of names$/],
  [() => protobufRecordReaderFromSchema(schema, 'M', { feature: ['a'] } as never), /did you mean "features"\?$/],
  [() => new SchemaRegistry({ url: Symbol('u') } as never), /^url \(hidden\)/],
  [() => new SchemaRegistry({ url: 'ftp://x' }), /^the URL of the schema registry is not allowed/],
  [() => new SchemaRegistry({ url, timeoutMs: NaN }), /^timeoutMs NaN .*a whole number from 1 to 600000$/],
  [() => new SchemaRegistry({ url, timeoutMs: -0.5 }), /^timeoutMs -0.5/],
  [() => new SchemaRegistry({ url, password: 5 } as never), /^password \(hidden\)/],
  [() => new SchemaRegistry({ url, ca: 'no PEM' }), /^ca \(hidden\) .*PEM with certificates/],
  [() => new SchemaRegistry({ url, usrname: 'u' } as never), /did you mean "username"\?$/],
  [
    () => registrySerde(new Proxy(registry, {})),
    /^registry .* \(of registrySerde\) is not allowed; allowed: a SchemaRegistry itself, not a Proxy/,
  ],
  [() => registrySerde(undefined as never), /^registry undefined/],
  [() => registryRecordReader(new Proxy(registry, {}), { specs }), /^registry .* \(of registryRecordReader\)/],
  [() => registrySerde(registry, { schema: Promise.resolve() } as never), /^schema .* awaited$/],
  [() => controlService(new Proxy(streams, {}), { name: 'c', control }), /^streams cannot be used \(of controlService\): .*private/],
  [() => controlService(undefined as never, { name: 'c', control }), /^streams undefined \(of controlService\)/],
  [() => controlService(streams, { name: 'c', control: { ...control, topic: 'two words' } }), /^control.topic "two words"/],
  [() => controlService(streams, { name: 'c', contorl: control } as never), /did you mean "control"\?$/],
  [() => new ModelGuard({} as never), /^factory is not set/],
  [() => new ModelGuard({ factory, timeoutMs: NaN }), /^timeoutMs NaN \(option of ModelGuard\)/],
  // A timer of Node.js that is longer ends at once.
  ...['timeoutMs', 'scoreDeadlineMs', 'idleMs'].map(
    name => [() => new ModelGuard({ factory, [name]: 2 ** 31 }), new RegExp(`^${name} 2147483648 .* to 2147483647$`)] as const,
  ),
  ...['timeoutMs', 'backoffMs', 'breakerMs'].map(
    name => [() => serviceLoader({ hosts: [], [name]: 2 ** 31 }), new RegExp(`^${name} 2147483648 .* to 2147483647$`)] as const,
  ),
  [() => new ModelGuard({ factory, timeoutMS: 5 } as never), /did you mean "timeoutMs"\?$/],
  [() => new ModelGuard({ factory, light: { bytes: 5 } } as never), /^light.constructMs is not set/],
  [() => new ModelGuard({ factory, jail: 'on' as never }), /^jail "on" .*auto \| required \| off/],
  [() => new ModelCache({ directory: '', maxBytes: 5 }), /^directory "" \(option of ModelCache\)/],
  [() => new ModelCache({ directory: 'd', maxBytes: Infinity }), /^maxBytes Infinity/],
  [() => serviceLoader({ hosts: 'a:1' } as never), /^hosts "a:1" \(option of serviceLoader\)/],
  [() => serviceLoader({ hosts: [], attempts: 0 }), /^attempts 0/],
  [
    () => openModelServices({ streams: new Proxy(streams, {}) } as never),
    /^streams cannot be used \(option of openModelServices\): .*private/,
  ],
  [() => openModelServices({ streams, serving: {}, maxBatch: 1 } as never), /^serving \{\} .*what servingOptions returns$/],
  [() => new KeyBuckets(undefined as never), /^challengers undefined are not allowed/],
  [() => knownDecider({ kind: 'smartset' } as never), /did you mean "smartest"\?$/],
  [() => knownDecider({ kind: 'module', module: 'x' } as never), /^the decider "module" is none of Sluice/],
  [() => knownDecider(undefined as never), /^options undefined \(of a decider\)/],
  [() => servingOptions({} as never, { guard: {} } as never), /^guard \{\} .*a ModelGuard$/],
  [() => servingOptions({} as never, { gaurd: {} } as never), /did you mean "guard"\?$/],
]
for (const [make, message] of wrong)
  test(message.source.slice(0, 110), () =>
    assert.match(refusal(make), new RegExp(`^CONFIG_INVALID: .*${message.source.replace(/^\^/, '')}`)),
  )

test('right ones are accepted', () => {
  const fine: readonly (() => unknown)[] = [
    () => jsonRecordReader({ specs, dataTypeField: undefined }),
    () => csvRecordReader(specs),
    () => protobufRecordReader({ fields: [{ number: 1, name: 'a', type: 'double' }], dataTypeField: { number: 2, name: 't' } }),
    () => protobufRecordReaderFromSchema(schema, 'M', { features: ['a'] }),
    () => new SchemaRegistry({ url, username: '', ca: selfSigned().cert, token: undefined }),
    () => registryRecordReader(registry, { specs }),
    () => registrySerde(registry, undefined),
    () => controlService(streams, { name: 'c', control }),
    () => controlService(streams, heatingOptions()),
  ]
  for (const make of fine) assert.is(refusal(make), 'accepted')
})

test.run()
