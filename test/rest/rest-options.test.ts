import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { startRestServer, type RestServerOptions } from '../../rest/index.ts'
import { stringSerde } from '../../records/serde.ts'
import { Topology } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { selfSigned } from './self-signed.ts'
import { MemoryGroup } from './memory-group.ts'

const test = suite('options of startRestServer')
const streams = new MemoryGroup(1).join('a', { host: '127.0.0.1', port: 1 })
const right = { streams, port: 0 }
const application = new SluiceStreams(new Topology().addSource('in', 'in', { key: stringSerde, value: stringSerde }), {
  applicationId: 'rest',
  brokers: ['127.0.0.1:1'],
})
const control = { name: 'c', write: () => undefined, applied: () => undefined }
const pair = selfSigned()

const wrong: readonly (readonly [options: unknown, message: RegExp])[] = [
  [undefined, /^options undefined \(of startRestServer\)/],
  [{}, /^streams is not set \(option of startRestServer\)/],
  [{ streams }, /^port is not set .*; allowed: a whole number from 0 to 65535$/],
  [{ ...right, port: '8888' }, /^port "8888"/],
  [{ ...right, keepAliveMs: 75 }, /^keepAliveMs 75 .*; allowed: a whole number from 1000 to 86400000$/],
  [{ ...right, keepaliveMs: 75_000 }, /; did you mean "keepAliveMs"\?$/],
  [{ ...right, maxConnections: 0 }, /^maxConnections 0/],
  [{ ...right, maxRequests: NaN }, /^maxRequests NaN/],
  [{ ...right, hopTimeoutMs: Infinity }, /^hopTimeoutMs Infinity/],
  [{ ...right, retryMs: -1 }, /^retryMs -1/],
  [{ ...right, corsOrigins: 'https://ui.example' }, /^corsOrigins "https:\/\/ui.example" .*; allowed: a list of origins/],
  [{ ...right, allowedHosts: ['http://x'] }, /^allowedHosts \["http:\/\/x"\]/],
  [{ ...right, peers: [null] }, /^peers \[null\]/],
  [{ ...right, token: [] }, /^token \(hidden\)/],
  [{ ...right, token: {} }, /^token \(hidden\) .*; allowed: text, or a list of texts$/],
  [{ ...right, routes: [null] }, /^routes \[null\] .*; allowed: a list of routes, each with/],
  [{ ...right, routes: [{ path: '/x' }] }, /^routes /],
  [{ ...right, streams: {} }, /^streams {} .*; allowed: an application/],
  [{ ...right, streams: { instances: () => [], ownerOf: () => undefined, query: () => undefined } }, /^streams \{/],
  [
    { ...right, streams: new Proxy(application, {}) },
    /^streams cannot be used \(option of startRestServer\): .*private.*; allowed: an application/,
  ],
  [{ ...right, host: 'a b' }, /^host "a b" .*; allowed: the name or address of a host$/],
  [{ ...right, host: '\0' }, /^host "\\u0000"/],
  [{ ...right, token: ' ' }, /^token \(hidden\)/],
  [{ ...right, token: ['a', 'b\n'] }, /^token \(hidden\)/],
  [{ ...right, port: -0.5 }, /^port -0.5/],
  [{ ...right, controls: [{ name: 'a' }] }, /^controls /],
  [{ ...right, controls: [control, control] }, /^controls .*each with another name$/],
  [{ ...right, models: 5 }, /^models 5/],
  [{ ...right, models: {} }, /^models \{\} .*; allowed: what openModelServices returns$/],
  [{ ...right, tls: { cert: Buffer.from(pair.key), key: pair.key } }, /^tls.cert \(hidden\)/],
  [{ ...right, tls: { cert: 'no PEM', key: pair.key } }, /^tlsCert and tlsKey are not a certificate/],
  [{ ...right, tls: { ...pair, ca: 'no PEM' } }, /^tlsCa is not a list of certificates/],
  [{ ...right, tls: { ...pair, cret: 'c' } }, /^unknown option "tls.cret" .*did you mean "tls.cert"\?$/],
  [{ ...right, tls: { cert: 'c' } }, /^tls.key is not set/],
  [{ ...right, tls: { cert: 'c', key: 8271 } }, /^tls.key \(hidden\)/],
  [{ ...right, log: console }, /^log .*; allowed: a function$/],
]
for (const [options, message] of wrong)
  test(message.source.slice(0, 100), async () => {
    try {
      await startRestServer(options as RestServerOptions)
      assert.unreachable()
    } catch (error) {
      assert.instance(error, SluiceError)
      assert.is((error as SluiceError).code, 'CONFIG_INVALID')
      assert.match((error as SluiceError).message, message)
    }
  })

test.run()
