import { createPrivateKey } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { stringSerde } from '../../../../records/serde.ts'
import { SluiceStreams } from '../../../../topology/runtime/index.ts'
import type { StreamsOptions } from '../../../../topology/runtime/config/streams-config.ts'
import { streamsOptionTable } from '../../../../topology/runtime/config/streams-option-table.ts'
import { Topology } from '../../../../topology/index.ts'
import { selfSigned } from '../../../rest/self-signed.ts'

const right = { applicationId: 'app', brokers: ['localhost:9092'] }
const [pair, other] = [selfSigned(), selfSigned()]
/** In the older form, with headers. */
const encrypted = {
  cert: pair.cert,
  key: createPrivateKey(pair.key).export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'a secret' }),
}
const topology = (): Topology => new Topology().addSource('in', 'in', { key: stringSerde, value: stringSerde })

/** The message, after checking that it is one line of the right kind. */
function refusal(options: unknown, source: unknown = topology()): string {
  try {
    void new SluiceStreams(source as Topology, options as StreamsOptions)
  } catch (error) {
    assert.instance(error, SluiceError)
    assert.is((error as SluiceError).code, 'CONFIG_INVALID')
    assert.not.match((error as SluiceError).message, /\n/)
    return (error as SluiceError).message
  }
  return 'accepted'
}

const test = suite("an application's options: refused values")

const notAllowed = (what: string, allowed: string): string => `${what} (option of SluiceStreams) is not allowed; allowed: ${allowed}`
const bearer = { mechanism: 'oauthbearer', token: { file: 'f' } }
const password = { mechanism: 'plain', username: 'u', password: 'p' }
const endpoint = { url: 'https://idp.example', clientId: 'c', clientSecret: 'a secret' }

class Nameless {
  readonly name = 'x'
}

/** An object with a getter that throws. */
function throwing(option: string): object {
  return Object.defineProperty({}, option, {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
}

/** A proxy, one trap of which throws. */
function trapped(trap: 'ownKeys' | 'getPrototypeOf'): object {
  const fail = (): never => {
    throw new Error('no')
  }
  return new Proxy({ ...right }, { [trap]: fail })
}

/** A proxy that nothing can be asked any more. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const wrong: readonly (readonly [options: unknown, message: string | RegExp])[] = [
  [undefined, /^options undefined \(of SluiceStreams\) is not allowed; allowed: an object of applicationId, brokers, /],
  [null, /^options null \(of SluiceStreams\) is not allowed/],
  ['app', /^options "app"/],
  [[], /^options \[\]/],
  [() => right, /^options a function/],
  [trapped('ownKeys'), /^options cannot be read \(of SluiceStreams\): no; allowed: an object of applicationId/],
  [trapped('getPrototypeOf'), /^options cannot be read \(of SluiceStreams\): no; allowed/],
  [revoked(), /^options cannot be read \(of SluiceStreams\): .*revoked; allowed/],
  [Object.assign(Object.create(right) as object, { garantee: 'x' }), /^unknown option "garantee"/],
  [Object.create({ ...right, garantee: 'x' }), /^unknown option "garantee"/],
  [runInNewContext("({ applicationId: 'app', brokers: ['localhost:9092'], garantee: 'x' })"), /^unknown option "garantee"/],
  [{ ...right, ssl: Object.create({ rejectUnauthorised: false }) as object }, /did you mean "ssl.rejectUnauthorized"\?$/],
  [Object.create(right), /^accepted$/],
  [runInNewContext("({ applicationId: 'app', brokers: ['localhost:9092'] })"), /^accepted$/],
  [{}, /^applicationId is not set \(option of SluiceStreams\); allowed: 1 to 200 of/],
  [{ brokers: right.brokers }, /^applicationId is not set/],
  [{ ...right, applicationId: undefined }, /^applicationId is not set/],
  [{ applicationId: 'app' }, /^brokers is not set \(option of SluiceStreams\); allowed: a list of "host:port", at least one$/],
  [
    { ...right, garantee: 'exactly_once' },
    /^unknown option "garantee" \(of SluiceStreams\); allowed: applicationId, .*; did you mean "guarantee"\?$/,
  ],
  [{ ...right, 'commit.interval.ms': 5 }, /did you mean "commitIntervalMs"\?$/],
  [{ ...right, comitIntervallMs: undefined }, /did you mean "commitIntervalMs"\?$/],
  [{ ...right, toString: 'x' }, /^unknown option "toString" \(of SluiceStreams\); allowed: [^?]*$/],
  [
    { ...right, guarantee: 'exactly-once' },
    `${notAllowed('guarantee "exactly-once"', 'exactly_once | at_least_once')}; did you mean "exactly_once"?`,
  ],
  [{ ...right, guarantee: 'none' }, notAllowed('guarantee "none"', 'exactly_once | at_least_once')],
  [{ ...right, guarantee: null }, /^guarantee null/],
  [{ ...right, applicationId: 'a/../b' }, /^applicationId "a\/..\/b" \(option of SluiceStreams\) is not allowed; allowed: 1 to 200 of/],
  [{ ...right, applicationId: '..' }, /^applicationId ".."/],
  [{ ...right, applicationId: '' }, /^applicationId ""/],
  [{ ...right, applicationId: 'two\nlines' }, /^applicationId "two\\nlines"/],
  [{ ...right, applicationId: 'x'.repeat(300) }, /^applicationId "x{199}… /],
  [{ ...right, brokers: [] }, notAllowed('brokers []', 'a list of "host:port", at least one')],
  [{ ...right, brokers: 'x' }, /^brokers "x"/],
  [{ ...right, brokers: 'localhost:9092' }, /^brokers "localhost:9092"/],
  [{ ...right, brokers: ['localhost'] }, /^brokers \["localhost"\]/],
  [{ ...right, brokers: ['localhost:99999'] }, /^brokers/],
  [{ ...right, brokers: ['a:1', undefined] }, /^brokers/],
  // oxlint-disable-next-line no-sparse-arrays
  [{ ...right, brokers: [, 'a:1'] }, /^brokers/],
  [{ ...right, maxBatch: 0 }, notAllowed('maxBatch 0', 'a whole number from 1 to 65536')],
  [{ ...right, maxBatch: 2.5 }, /^maxBatch 2.5/],
  [{ ...right, maxBatch: 1e9 }, /^maxBatch 1000000000/],
  [{ ...right, commitIntervalMs: 'soon' }, notAllowed('commitIntervalMs "soon"', 'a whole number from 1 to 600000')],
  [{ ...right, commitIntervalMs: '100' }, /^commitIntervalMs "100"/],
  [{ ...right, commitIntervalMs: NaN }, /^commitIntervalMs NaN/],
  [{ ...right, commitIntervalMs: Infinity }, /^commitIntervalMs Infinity/],
  [{ ...right, commitIntervalMs: 1.5 }, /^commitIntervalMs 1.5/],
  [{ ...right, commitIntervalMs: 100n }, /^commitIntervalMs 100 /],
  [{ ...right, maxTaskIdleMs: -1 }, /^maxTaskIdleMs -1/],
  [{ ...right, sessionTimeoutMs: 10 }, /^sessionTimeoutMs 10 .*from 1000 to/],
  [{ ...right, standbyReplicas: 0.5 }, /^standbyReplicas 0.5/],
  [{ ...right, threads: '2' }, /^threads "2" .*a whole number from 0 to 64$/],
  [{ ...right, threads: 99 }, /^threads 99/],
  [{ ...right, maxBufferedBytes: 0 }, notAllowed('maxBufferedBytes 0', 'a whole number, 1 or more')],
  [{ ...right, maxBufferedTotalBytes: 2 ** 53 }, /^maxBufferedTotalBytes/],
  [{ ...right, createPartitions: -1 }, /^createPartitions -1/],
  [{ ...right, stateDir: '' }, notAllowed('stateDir ""', 'the path of a directory')],
  [{ ...right, stateDir: 5 }, /^stateDir 5/],
  [{ ...right, deadLetterTopic: 'a b' }, /^deadLetterTopic "a b"/],
  [{ ...right, tracing: 'false' }, notAllowed('tracing "false"', 'true or false')],
  [{ ...right, advertise: 'h:1' }, notAllowed('advertise "h:1"', '{ host, port }')],
  [
    { ...right, advertise: { host: 'h' } },
    /^advertise.port is not set \(option of SluiceStreams\); allowed: a whole number from 0 to 65535$/,
  ],
  [{ ...right, advertise: { host: '', port: 1 } }, /^advertise.host ""/],
  [{ ...right, advertise: { host: 'h', port: '1' } }, /^advertise.port "1"/],
  [
    { ...right, advertise: { host: 'h', port: 1, pord: 2 } },
    /^unknown option "advertise.pord" .*; allowed: host, port; did you mean "advertise.port"\?$/,
  ],
  [
    { ...right, listener: { onerror: () => undefined } },
    /^unknown option "listener.onerror" .*onStateChange.*did you mean "listener.onError"\?$/,
  ],
  [{ ...right, listener: { log: 'info' } }, notAllowed('listener.log "info"', 'a function')],
  [{ ...right, listener: 'log' }, /^listener "log" .*an object of the functions onStateChange/],
  [{ ...right, ssl: 'true' }, /^ssl \(hidden\) .*true, false, or an object/],
  [{ ...right, ssl: { rejectUnauthorised: false } }, /^unknown option "ssl.rejectUnauthorised" .*did you mean "ssl.rejectUnauthorized"\?$/],
  [{ ...right, ssl: { rejectUnauthorized: 'false' } }, /^ssl.rejectUnauthorized "false"/],
  [{ ...right, ssl: { ca: 5 } }, /^ssl.ca \(hidden\) .*PEM with certificates/],
  [
    { ...right, ssl: { ca: 'no PEM' } },
    /^ssl.ca \(hidden\) .*; allowed: PEM with certificates, each on lines of its own, as text or bytes, or a list of them$/,
  ],
  [{ ...right, ssl: { ca: [pair.cert, 'no PEM'] } }, /^ssl.ca /],
  [{ ...right, ssl: { ca: pair.cert.slice(0, -30) } }, /^ssl.ca /],
  [{ ...right, ssl: { ca: pair.cert.trimEnd() + other.cert } }, /^ssl.ca \(hidden\) .*certificates, each on lines of its own/],
  [{ ...right, ssl: { ca: { pem: pair.cert } } }, /^ssl.ca \(hidden\)/],
  [{ ...right, ssl: { ca: [{ pem: pair.cert }] } }, /^ssl.ca \(hidden\)/],
  [{ ...right, ssl: { cert: pair.cert, key: { pem: pair.key } } }, /^ssl.key \(hidden\)/],
  [
    { ...right, ssl: { ...encrypted, passphrase: 'wrong' } },
    /^ssl cannot be used .*: the private key cannot be read with this passphrase: /,
  ],
  [{ ...right, ssl: encrypted }, /^ssl cannot be used .*: the private key cannot be read without a passphrase: /],
  [{ ...right, ssl: { ca: `${pair.cert}-----BEGIN CERTIFICATE-----\nMIIB` } }, /^ssl.ca /],
  [{ ...right, ssl: { ca: pair.key } }, /^ssl.ca \(hidden\)/],
  [{ ...right, ssl: { cert: Buffer.from('no PEM') } }, /^ssl.cert \(hidden\) .*; allowed: PEM with a certificate/],
  [{ ...right, ssl: { cert: pair.cert, key: pair.cert } }, /^ssl.key \(hidden\) .*; allowed: PEM with a private key/],
  [{ ...right, ssl: { cert: pair.cert, key: other.key } }, /^ssl cannot be used \(option of SluiceStreams\): the key does not belong/],
  [{ ...right, sasl: { ...bearer, token: { ...endpoint, ca: 'no PEM' } } }, /^sasl.token.ca .*; allowed: PEM with certificates/],
  [{ ...right, stateDir: ' ' }, /^stateDir " " .*; allowed: the path of a directory$/],
  [{ ...right, stateDir: 'a\0b' }, /^stateDir "a\\u0000b" .*; allowed: the path of a directory$/],
  [{ ...right, sasl: { ...bearer, token: { file: '\t' } } }, /^sasl.token.file "\\t" /],
  [{ ...right, advertise: { host: 'a b', port: 1 } }, /^advertise.host "a b" .*; allowed: the name or address of a host$/],
  [{ ...right, brokers: Array.from({ length: 200_000 }, () => 'a:1') }, /^brokers /],
  [{ ...right, ssl: { key: 8271 } }, /^ssl.key \(hidden\)/],
  [{ ...right, sasl: 'plain' }, /^sasl \(hidden\) .*an object of mechanism/],
  [{ ...right, sasl: {} }, /^sasl.mechanism is not set/],
  [{ ...right, sasl: { ...password, mechanism: 'scram-sha-265' } }, /^sasl.mechanism "scram-sha-265" .*did you mean "scram-sha-256"\?$/],
  [{ ...right, sasl: { mechanism: 'plain', username: 'u' } }, /^sasl.password is not set/],
  [{ ...right, sasl: { ...password, password: 8271 } }, /^sasl.password \(hidden\)/],
  [{ ...right, sasl: { mechanism: 'plain', user: 'u', password: 'p' } }, /^unknown option "sasl.user" /],
  [{ ...right, sasl: { ...password, token: { file: 'f' } } }, /^unknown option "sasl.token" /],
  [{ ...right, sasl: { mechanism: 'oauthbearer' } }, /^sasl.token is not set .*one of file, command, url$/],
  [{ ...right, sasl: { mechanism: 'oauthbearer', token: {} } }, /^sasl.token \(hidden\) .*one of file, command, url$/],
  [{ ...right, sasl: { ...bearer, token: { fiel: 'f' } } }, /^unknown option "sasl.token.fiel" .*did you mean "sasl.token.file"\?$/],
  [{ ...right, sasl: { ...bearer, token: { file: 'f', command: 'c' } } }, /^sasl.token \(hidden\)/],
  [{ ...right, sasl: { ...bearer, token: { file: 'f', scope: 's' } } }, /^unknown option "sasl.token.scope"/],
  [{ ...right, sasl: { ...bearer, token: { ...endpoint, clientSecret: 1 } } }, /^sasl.token.clientSecret \(hidden\)/],
  [{ ...right, sasl: { ...bearer, token: { ...endpoint, clientId: undefined } } }, /^sasl.token.clientId is not set/],
  [{ ...right, sasl: { ...bearer, extensions: { auth: 'x' } } }, /^sasl.extensions/],
  [{ ...right, sasl: { ...bearer, token: new Nameless() } }, /^sasl.token \(hidden\) .*one of file, command, url$/],
  [{ ...right, ssl: Promise.resolve(true) }, /^ssl \(hidden\) .*true, false, or an object/],
  [{ ...right, ssl: new Map([['rejectUnauthorized', false]]) }, /^ssl \(hidden\)/],
  // oxlint-disable-next-line no-sparse-arrays
  [{ ...right, ssl: { ca: [, 'PEM'] } }, /^ssl.ca /],
  [{ ...right, listener: new Date(0) }, /^listener "1970/],
  [throwing('applicationId'), /^applicationId cannot be read \(option of SluiceStreams\): no; allowed: 1 to 200 of/],
  [{ ...right, ssl: throwing('ca') }, /^ssl.ca cannot be read \(option of SluiceStreams\): no; allowed: PEM/],
  [{ ...right, sasl: throwing('mechanism') }, /^sasl cannot be read \(option of SluiceStreams\): no; allowed: an object of mechanism/],
]

for (const [options, message] of wrong) {
  test(String(message).slice(0, 110), () => {
    const found = refusal(options)
    if (typeof message === 'string') assert.is(found, message)
    else assert.match(found, message)
  })
}

test('every option refuses values that no option accepts', () => {
  for (const [name, { kind }] of Object.entries(streamsOptionTable)) {
    for (const value of [null, NaN, Infinity, -1, 0.5, '', Symbol('x')]) {
      assert.match(refusal({ ...right, [name]: value }), new RegExp(`^${name} `), `${name}: ${String(value)}`)
    }
    assert.match(refusal({ ...right, [name]: null }), new RegExp(kind.allowed.slice(0, 5).replaceAll(/\W/g, '.')))
  }
})

test('a secret is never in a message', () => {
  const sasl = { mechanism: 'plain', username: 1, password: 'hunter2' }
  assert.not.match(refusal({ ...right, sasl }), /hunter2/)
  assert.not.match(refusal({ ...right, sasl: [sasl] }), /hunter2/)
  assert.not.match(refusal({ ...right, ssl: { key: { pem: 'hunter2' } } }), /hunter2/)
  assert.not.match(refusal({ ...right, sasl: { ...bearer, token: { ...endpoint, file: 'f' } } }), /a secret/)
})

test('values that cannot be shown as text are refused too', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const odd = { toJSON: () => assert.unreachable() }
  for (const stateDir of [circle, odd, Object.create(null), new Proxy({}, { get: () => assert.unreachable() })])
    assert.match(refusal({ ...right, stateDir }), /^stateDir .* is not allowed/)
})

test('an object that is neither a topology nor a module is refused', () => {
  for (const source of [null, 'topology.js', {}, { module: './topology.js' }, { module: new URL('file:///x'), option: 1 }])
    assert.match(refusal(right, source), /topology module/)
  assert.match(refusal({ ...right, threads: 2 }), /^threads: 2 needs the topology as \{ module: URL, options \}/)
})

test('a topology of another copy of the package is reported as such', () => {
  assert.match(refusal(right, { build: () => topology().build() }), /^the topology was built with another copy of this package/)
})

test('an address that is advertised later is checked like the option', () => {
  const streams = new SluiceStreams(topology(), right)
  for (const [address, message] of [
    [{ host: 'h', port: NaN }, /^advertise.port NaN \(option of SluiceStreams\)/],
    [{ host: '', port: 1 }, /^advertise.host ""/],
  ] as const)
    assert.throws(
      () => streams.advertise(address),
      (error: unknown) => error instanceof SluiceError && error.code === 'CONFIG_INVALID' && message.test(error.message),
    )
  streams.advertise({ host: 'h', port: 1 })
  assert.equal(streams.self, { host: 'h', port: 1 })
})

test.run()

const accepted = suite("an application's options: accepted values")

class Options {
  readonly applicationId = 'app'
  readonly brokers = right.brokers
  readonly more = 1
}

const fine: readonly (readonly [name: string, options: unknown])[] = [
  ['those that are required', right],
  ['an object of a class, with more in it', new Options()],
  ['an object without a prototype', Object.assign(Object.create(null) as object, right)],
  ['frozen ones', Object.freeze({ ...right, brokers: Object.freeze(['[::1]:9092', 'kafka.example:443']) })],
  ['TLS', { ...right, ssl: true }],
  [
    'authorities as text, bytes and lists',
    { ...right, ssl: { ca: [pair.cert, Buffer.from(other.cert)], cert: pair.cert, key: Buffer.from(pair.key), passphrase: 'e' } },
  ],
  ['options of tls.connect that are checked there', { ...right, ssl: { minVersion: 'TLSv1.3', checkServerIdentity: () => undefined } }],
  ['a password', { ...right, sasl: password }],
  ['a mechanism in capitals, as kafkajs takes it', { ...right, sasl: { ...password, mechanism: 'SCRAM-SHA-512' } }],
  ['tokens of a file', { ...right, sasl: bearer }],
  [
    'tokens of an endpoint',
    { ...right, sasl: { ...bearer, token: { ...endpoint, scope: undefined }, extensions: { logicalCluster: 'lkc' } } },
  ],
  ["kafkajs' own token provider", { ...right, sasl: { mechanism: 'oauthbearer', oauthBearerProvider: () => undefined } }],
  ['a mechanism of the program', { ...right, sasl: { mechanism: 'gssapi', authenticationProvider: () => undefined, realm: 'x' } }],
  ['AWS', { ...right, sasl: { mechanism: 'aws', authorizationIdentity: 'a', accessKeyId: 'b', secretAccessKey: 'c' } }],
]
for (const [name, options] of fine) accepted(name, () => assert.is(refusal(options), 'accepted'))

accepted('every default', () => {
  for (const [name, row] of Object.entries(streamsOptionTable)) {
    const { required, default: value } = row as { readonly required?: boolean; readonly default: unknown }
    if (required !== true) assert.is(refusal({ ...right, [name]: value }), 'accepted', name)
  }
})

accepted.run()
