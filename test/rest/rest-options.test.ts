import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { startRestServer, type RestServerOptions } from '../../rest/index.ts'

const test = suite('options of startRestServer')
const streams = { instances: () => [], ownerOf: () => undefined, query: () => undefined }
const right = { streams, port: 0 }

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
