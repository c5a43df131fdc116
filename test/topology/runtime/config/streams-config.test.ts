import { setTimeout } from 'node:timers/promises'
import { type ConnectionOptions, createSecureContext } from 'node:tls'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { streamsConfig, type StreamsOptions } from '../../../../topology/runtime/config/streams-config.ts'
import { selfSigned } from '../../../rest/self-signed.ts'

const test = suite("an application's options, complete")
const right = { applicationId: 'app', brokers: ['localhost:9092'] }

test('undefined options have their defaults', () => {
  const options = { ...right, guarantee: undefined, stateDir: undefined, commitIntervalMs: undefined } as unknown as StreamsOptions
  assert.equal(streamsConfig(options), streamsConfig(right))
  assert.is(streamsConfig(options).guarantee, 'exactly_once')
})

test('accepts every option', () => {
  const config = streamsConfig({
    ...right,
    ssl: true,
    sasl: { mechanism: 'plain', username: 'u', password: 'p' },
    stateDir: '.s',
    createPartitions: 4,
  })
  assert.equal(streamsConfig(config), config)
})

class Listener {
  readonly heard: unknown[] = []
  onError(error: unknown): void {
    this.heard.push(error)
  }
}

test('a listener may be an object of a class with further members', () => {
  const listener = new Listener()
  const told = streamsConfig({ ...right, listener }).listener
  told.onError?.('lost', false)
  assert.equal([listener.heard, 'log' in told], [['lost'], false])
})

test('errors of a listener, synchronous or not, are ignored', async () => {
  const listener = {
    onError: () => Promise.reject(new Error('rejected')),
    log: () => {
      throw new Error('thrown')
    },
  }
  const told = streamsConfig({ ...right, listener }).listener
  told.onError?.('lost', false)
  told.log?.('warn', 'something', {})
  await new Promise(resolve => setImmediate(resolve))
})

test('a promise of another realm, and what is no promise but has `then`, may reject too', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', onUnhandled)
  const foreign = runInNewContext("async () => { throw new Error('rejected') }") as () => void
  // oxlint-disable-next-line unicorn/no-thenable -- what a library of promises may return
  const failing = { then: (_kept: unknown, fail: (error: unknown) => void) => fail(new Error('rejected')) }
  // oxlint-disable-next-line unicorn/no-thenable -- what a library of promises may return
  const broken = Object.defineProperty({}, 'then', {
    get: () => {
      throw new Error('no')
    },
  })
  const told = streamsConfig({ ...right, listener: { onError: foreign, log: () => failing, onWait: () => broken } }).listener
  told.onError?.('lost', false)
  told.log?.('warn', 'something', {})
  told.onWait?.(1, 'nobody answers')
  await setTimeout(20)
  process.off('unhandledRejection', onUnhandled)
  assert.equal(unhandled, [])
})

test('a function that an instance of a class has as its own is called on that instance', () => {
  class Assigned {
    readonly heard: unknown[] = []
    readonly onError = function (this: Assigned, error: unknown): void {
      this.heard.push(error)
    }
  }
  const listener = new Assigned()
  streamsConfig({ ...right, listener: listener }).listener.onError?.('lost', false)
  assert.equal(listener.heard, ['lost'])
})

test('a function of sasl is called on the object that was given, whose other members may change', async () => {
  const sasl = {
    mechanism: 'oauthbearer' as const,
    current: 'old',
    async oauthBearerProvider(this: { readonly current: string }) {
      return { value: this.current }
    },
  }
  const kept = streamsConfig({ ...right, sasl }).sasl as unknown as typeof sasl
  sasl.current = 'new'
  assert.equal(await kept.oauthBearerProvider(), { value: 'new' })
  const own = { mechanism: 'custom', users: ['a'], authenticationProvider: () => own.users } as const
  assert.is((streamsConfig({ ...right, sasl: own as never }).sasl as unknown as typeof own).authenticationProvider(), own.users)
})

test('bytes of ssl are copied, also those that tls.connect alone looks at, and of another realm', () => {
  const { cert, key } = selfSigned()
  const bytes = { ca: Buffer.from(cert), pfx: Buffer.from('pfx'), crl: [Buffer.from('crl')], key: Buffer.from(key) }
  const listed = Buffer.from('listed')
  const foreign = runInNewContext('Uint8Array.from(bytes)', { bytes: [...bytes.ca] }) as Uint8Array
  const config = streamsConfig({ ...right, ssl: { ...bytes, cert: foreign as Buffer } }).ssl as typeof bytes
  const { pfx } = streamsConfig({ ...right, ssl: { pfx: [{ buf: listed, passphrase: 'p' }] } }).ssl as { pfx: { buf: Buffer }[] }
  for (const each of [bytes.ca, bytes.pfx, bytes.crl[0] as Buffer, bytes.key, listed, foreign]) each.fill(0)
  assert.equal([config.ca, config.key].map(String), [cert, key])
  assert.equal([config.pfx, config.crl[0], pfx[0]?.buf].map(String), ['pfx', 'crl', 'listed'])
})

test('what tls.connect takes as an object of its own is passed on as it is', () => {
  const secureContext = createSecureContext()
  const checkServerIdentity = (): undefined => undefined
  const { ssl } = streamsConfig({ ...right, ssl: { secureContext, checkServerIdentity } })
  assert.is((ssl as ConnectionOptions).secureContext, secureContext)
  assert.is((ssl as ConnectionOptions).checkServerIdentity, checkServerIdentity)
})

test.run()
