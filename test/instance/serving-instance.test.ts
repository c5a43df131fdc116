import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SluiceError } from '../../base/sluice-error.ts'
import { ServingInstance, type ServingInstanceOptions } from '../../instance/index.ts'
import { wineRecordReader } from '../../records/protobuf-record-reader.ts'

const test = suite('an instance of model serving')

function options(more: Partial<ServingInstanceOptions['streams']> = {}, port = 0): ServingInstanceOptions {
  return {
    streams: { applicationId: 'instance', brokers: ['127.0.0.1:1'], ...more },
    serving: { dataTopic: 'data', modelsTopic: 'models', resultsTopic: 'results', reader: wineRecordReader() },
    rest: { port },
  }
}

function isCode(code: string): (error: unknown) => boolean {
  return error => (error as SluiceError).code === code
}

const wrong: readonly (readonly [string, object])[] = [
  ['an option that there is not', { commitInterval: 5 }],
  ['a listener that is no object', { listener: 'me' }],
  ['a function of the listener that nothing calls', { listener: { onStart: () => undefined } }],
  ['a function of the listener that is none', { listener: { onError: 'log' } }],
  ['threads without a module', { threads: 2 }],
]
for (const [what, more] of wrong)
  test(`refuses ${what}`, () => assert.throws(() => new ServingInstance(options(more)), isCode('CONFIG_INVALID')))

const wrongParts: readonly (readonly [parts: object | undefined, message: RegExp])[] = [
  [undefined, /^options undefined \(of ServingInstance\)/],
  [{ streams: undefined }, /^streams is not set \(option of ServingInstance\); allowed: an object of options of SluiceStreams$/],
  [{ serving: undefined }, /^serving is not set/],
  [{ servign: {} }, /^unknown option "servign" .*did you mean "serving"\?$/],
  [{ log: console }, /^log .*; allowed: a function$/],
  [{ rest: { prot: 1 } }, /^unknown option "prot" \(of startRestServer\); .*did you mean "port"\?$/],
  [{ rest: { port: '8888' } }, /^port "8888" \(option of startRestServer\)/],
  [{ rest: { port: 0, streams: {} } }, /^unknown option "streams" \(of startRestServer\)/],
  [{ rest: [] }, /^rest \[\] /],
  [{ module: { module: 'x.js' }, streams: { applicationId: 'a', brokers: ['b:1'], threads: 1 } }, /^module "x.js" .*a URL object/],
  [{ streams: { applicationId: 'a', brokers: ['b:1'], listener: null } }, /^listener null /],
  [{ serving: { modelWaitMs: NaN } }, /^modelWaitMs NaN \(option of model serving\) .*from 0 to 600000$/],
  [{ serving: { maxModelBytes: '5' } }, /^maxModelBytes "5" /],
  [{ serving: { modelHosts: ['http://x'] } }, /^modelHosts \["http:\/\/x"\] .*host or host:port$/],
  [{ serving: { join: 'broadcats' } }, /^join "broadcats" .*did you mean "broadcast"\?$/],
  [{ serving: { dataTopic: '' } }, /^dataTopic ""/],
  [{ serving: { reader: {} } }, /^reader \{\} .*the list specs and the function read$/],
  [{ serving: { factory: {} } }, /^factory \{\}/],
  [{ serving: { modelRoot: ['/models'] } }, /^unknown option "modelRoot" .*did you mean "modelRoots"\?$/],
]
for (const [parts, message] of wrongParts)
  test(String(message).slice(0, 110), () => {
    const right = options()
    const { serving } = (parts ?? {}) as { readonly serving?: object }
    const given = parts && { ...right, ...parts, ...(serving && { serving: { ...right.serving, ...serving } }) }
    assert.throws(
      () => new ServingInstance(given as ServingInstanceOptions),
      (error: SluiceError) => error.code === 'CONFIG_INVALID' && message.test(error.message),
    )
  })

test('the time that records wait for a model is also the time that they wait for records of the models topic', () => {
  const { serving, ...others } = options()
  assert.is(new ServingInstance({ ...others, serving: { ...serving, modelWaitMs: 5 } }).streams.state, 'created')
})

test('does not start if its port is taken, and is closed again', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  try {
    const instance = new ServingInstance(options({}, (other.address() as AddressInfo).port))
    const ended = instance.ended.then(() => undefined, isCode('PORT_TAKEN'))
    const started = await instance.start().then(() => undefined, isCode('PORT_TAKEN'))
    assert.equal([started, await ended], [true, true])
    assert.is(instance.streams.state, 'stopped')
  } finally {
    other.close()
  }
})

test('can be stopped while it waits for Kafka', async () => {
  const instance = new ServingInstance(options())
  const { port } = await instance.listen()
  const starting = instance.start()
  assert.is((await fetch(`http://127.0.0.1:${port}/health/live`)).status, 200)
  await instance.stop(60_000)
  await starting
  await instance.ended
  assert.is(instance.streams.state, 'stopped')
})

test.run()
