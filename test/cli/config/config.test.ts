import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { resolveClientConfig, resolveConfig, resolveRestConfig } from '../../../cli/config/config.ts'
import { envOf, flagKey, flagOf, settingNames, settingRows } from '../../../cli/config/settings.ts'
import { messageOf, SluiceError } from '../../../base/sluice-error.ts'
import { selfSigned } from '../../rest/self-signed.ts'

interface Given {
  readonly flags?: Record<string, unknown>
  readonly env?: Record<string, string>
  readonly yaml?: string
  readonly files?: Record<string, string>
}

/** Sources from data: the YAML, when given, is the file that --config names. */
const pair = selfSigned()
const otherPair = selfSigned()

function sources({ flags = {}, env = {}, yaml, files = {} }: Given): Parameters<typeof resolveConfig>[0] {
  const all: Record<string, string> = yaml === undefined ? files : { 'sluice.yaml': yaml, ...files }
  return {
    flags: yaml === undefined ? flags : { config: 'sluice.yaml', ...flags },
    env,
    readFile: path => {
      const content = all[path]
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`)
      return content
    },
  }
}

/** The error's message, after checking that it is one line of the right kind. */
function refusal(given: Given, resolve: (from: ReturnType<typeof sources>) => unknown = resolveConfig): string {
  try {
    resolve(sources(given))
  } catch (error) {
    assert.instance(error, SluiceError)
    assert.is((error as SluiceError).code, 'CONFIG_INVALID')
    assert.not.match(messageOf(error), /\n/)
    return messageOf(error)
  }
  return 'accepted'
}

const defaults = suite('config: defaults')

defaults('complete, as documented, and frozen', () => {
  const config = resolveConfig(sources({}))
  assert.equal(config, {
    brokers: ['localhost:9092'],
    applicationId: 'sluice',
    dataTopic: 'data',
    modelsTopic: 'models',
    resultsTopic: 'results',
    ssl: undefined,
    sasl: undefined,
    data: { format: 'protobuf', schema: undefined, message: undefined, dataTypeField: 'dataType', features: undefined },
    stateDir: '.sluice',
    deadLetterTopic: 'sluice-dead-letters',
    host: '127.0.0.1',
    port: 8888,
    advertise: undefined,
    tokens: undefined,
    tls: undefined,
    peers: undefined,
    allowedHosts: undefined,
    corsOrigins: undefined,
    accessFiles: [],
    ignoredVariables: [],
    keepAliveMs: 75_000,
    maxConnections: 2048,
    maxConnectionsPerAddress: 1024,
    healthPort: undefined,
    drainMs: 2000,
    guarantee: 'exactly_once',
    partitions: 4,
    commitIntervalMs: 500,
    transactionTimeoutMs: 10_000,
    sessionTimeoutMs: 10000,
    stopTimeoutMs: 5000,
    metadataMaxAgeMs: 5000,
    stateCleanupDelayMs: 600_000,
    standbyReplicas: 0,
    threads: 1,
    maxTaskIdleMs: 0,
    maxBatch: 4096,
    unreadableBatches: 'stop',
    maxBufferedBytes: 16777216,
    maxBufferedTotalBytes: 67108864,
    modelRoots: [],
    modelHosts: [],
    codeRoots: [],
    trustedKeys: undefined,
    eventKey: undefined,
    eventKeyPasswordFile: undefined,
    maxModelBytes: 2147483648,
    modelCacheBytes: 8589934592,
    modelLoadTimeoutMs: 30000,
    scoreDeadlineMs: 1000,
    quarantineAfter: 3,
    modelJail: 'auto',
    modelWaitMs: 10000,
    store: 'model',
    policies: undefined,
    deciderRoots: [],
    join: 'keyed',
    serverName: 'sluice',
    tritonMetrics: false,
    tracing: false,
    logLevel: 'info',
  })
  assert.throws(() => Object.assign(config, { port: 1 }), TypeError)
})

defaults('no ./sluice.yaml is read unless it is named', () => {
  assert.is(resolveConfig(sources({ files: { 'sluice.yaml': 'port: 1' } })).port, 8888)
  assert.is(resolveConfig(sources({ files: { 'other.yaml': 'port: 1' }, env: { SLUICE_CONFIG: 'other.yaml' } })).port, 1)
})

defaults.run()

const order = suite('config: which source wins')

const yaml = 'port: 3\nbrokers: [yaml:1, yaml:2]\n'
const orders: readonly [string, Given, { port: number; brokers: readonly string[] }][] = [
  ['yaml', { yaml }, { port: 3, brokers: ['yaml:1', 'yaml:2'] }],
  ['env', { yaml, env: { SLUICE_PORT: '2', KAFKA_BROKERS: 'k:1' } }, { port: 2, brokers: ['k:1'] }],
  ['own env', { yaml, env: { SLUICE_BROKERS: 's:1, s:2', KAFKA_BROKERS: 'k:1' } }, { port: 3, brokers: ['s:1', 's:2'] }],
  ['flag', { yaml, env: { SLUICE_PORT: '2', SLUICE_BROKERS: 's:1' }, flags: { port: '1', brokers: 'f:1' } }, { port: 1, brokers: ['f:1'] }],
  ['empty env', { yaml, env: { SLUICE_PORT: '', KAFKA_BROKERS: '' } }, { port: 3, brokers: ['yaml:1', 'yaml:2'] }],
  ['an environment variable that is no setting', { env: { SLUICE_NO_SUCH_THING: 'x' } }, { port: 8888, brokers: ['localhost:9092'] }],
]
for (const [name, given, expected] of orders) {
  order(name, () => {
    const { port, brokers } = resolveConfig(sources(given))
    assert.equal({ port, brokers }, expected)
  })
}

order('an invalid value is refused by the name of its source, whatever source takes precedence', () => {
  assert.match(refusal({ env: { SLUICE_PORT: 'x' }, flags: { port: '1' } }), /^port "x" \(from SLUICE_PORT\) is not allowed/)
  assert.match(refusal({ yaml: 'port: soon', flags: { port: '1' } }), /^port "soon" \(from sluice.yaml\) is not allowed/)
  assert.match(refusal({ yaml: 'port: soon', env: { SLUICE_PORT: '1' } }), /^port "soon" \(from sluice.yaml\) is not allowed/)
  assert.match(
    refusal({ yaml: 'sasl: {password: 5}', env: { SLUICE_SASL_PASSWORD: 'p' } }),
    /^sasl.password \(hidden\) \(from sluice.yaml\)/,
  )
  assert.match(
    refusal({ env: { SLUICE_PORT: 'x' }, yaml: 'port: 1' }),
    /^port "x" \(from SLUICE_PORT\) is not allowed; allowed: a whole number/,
  )
})

order('a variable that others set is looked at only where no other source takes precedence', () => {
  const tools = { KAFKA_BROKERS: 'SASL_SSL://broker' }
  assert.equal(resolveConfig(sources({ env: tools, flags: { brokers: 'f:1' } })).brokers, ['f:1'])
  assert.equal(resolveConfig(sources({ env: { ...tools, SLUICE_BROKERS: 's:1' } })).brokers, ['s:1'])
  assert.match(refusal({ env: tools, yaml: 'brokers: [y:1]' }), /^brokers "SASL_SSL:\/\/broker" \(from KAFKA_BROKERS\)/)
  // So Kubernetes does for a service with the name "sluice".
  const link = { SLUICE_PORT: 'tcp://10.0.0.1:8888' }
  assert.is(resolveConfig(sources({ env: link, flags: { port: '1' } })).port, 1)
  assert.match(refusal({ env: link }), /^port "tcp:\/\/10.0.0.1:8888" \(from SLUICE_PORT\)/)
})

order('the name of an unknown variable is cut', () => {
  const found = refusal({ env: { SLUICE_PORTT: '1' } })
  assert.match(found, /^unknown environment variable SLUICE_PORTT; did you mean SLUICE_PORT\?$/)
  const long = refusal({ yaml: `${'x'.repeat(1000)}: 1` })
  assert.match(long, /^unknown setting "x{199}… /)
  assert.ok(long.length < 3000, `${long.length} characters`)
})

order.run()

const wrong = suite('config: refused values')

const refusals: readonly [Given, RegExp][] = [
  [{ flags: { port: '99999' } }, /^port "99999" \(from --port\) is not allowed; allowed: a whole number from 0 to 65535$/],
  [{ flags: { port: '80.5' } }, /^port "80.5"/],
  [{ flags: { port: '0x50' } }, /^port "0x50"/],
  [{ yaml: 'port: -1' }, /^port -1 \(from sluice.yaml\)/],
  [{ yaml: 'port:' }, /^port null \(from sluice.yaml\)/],
  [{ yaml: 'stateDir: 12' }, /^stateDir 12/],
  [{ yaml: 'prot: 1' }, /^unknown setting "prot" \(from sluice.yaml\); allowed: brokers, /],
  [{ yaml: 'prot: 1' }, /; did you mean "port"\?$/],
  [{ yaml: 'garantee: exactly_once' }, /^unknown setting "garantee" \(from sluice.yaml\); allowed: .*; did you mean "guarantee"\?$/],
  [{ yaml: 'commit-interval-ms: 5' }, /; did you mean "commitIntervalMs"\?$/],
  [{ yaml: 'sasl: {user: me}' }, /^unknown setting "sasl.user" .*allowed: mechanism, username, /],
  [{ yaml: 'data: {formt: json}' }, /; did you mean "data.format"\?$/],
  [{ env: { SLUICE_PROT: '1' } }, /^unknown environment variable SLUICE_PROT; did you mean SLUICE_PORT\?$/],
  [{ env: { SLUICE_TOKENS: 'secret' } }, /^unknown environment variable SLUICE_TOKENS; did you mean SLUICE_TOKEN\?$/],
  [{ env: { SLUICE_STATEDIR: 'x' } }, /; did you mean SLUICE_STATE_DIR\?$/],
  [{ env: { SLUICE_CONFG: 'x' } }, /; did you mean SLUICE_CONFIG\?$/],
  [{ env: { SLUICE_PROT: '' } }, /^accepted$/],
  [{ env: { SLUICE_TEST_PORT: '1', SLUICE_TEST_EPOCHS: '1', SLUICE_URL: 'http://a' } }, /^accepted$/],
  [{ yaml: 'url: http://a' }, /^accepted$/],
  [{ yaml: 'data: {formt: json}' }, /^unknown setting "data.formt" .* allowed: format, schema, /],
  [{ yaml: 'data.format: json' }, /^unknown setting "data.format"/],
  [{ yaml: 'data: json' }, /^data "json" \(from sluice.yaml\) is not allowed; allowed: an object of format, /],
  [{ yaml: 'ssl: null' }, /^ssl null \(from sluice.yaml\) is not allowed; allowed: true, false, or an object of enabled, ca, /],
  [{ yaml: 'data: {format: xml}' }, /^data.format "xml" .* allowed: protobuf \| json \| csv \| registry$/],
  [{ yaml: 'data: {format: registry}' }, /^registry.url .*required with data.format registry$/],
  [{ yaml: 'registry: {url: "http://r"}' }, /^registry.url .* allowed: no value, because data.format is not registry$/],
  [{ yaml: 'data: {format: registry}\nregistry: {url: "ftp://r"}' }, /^registry.url "ftp:\/\/r" .* allowed: an http: or https: URL$/],
  [{ yaml: 'data: {format: registry}\nregistry: {url: "http://r", password: p}' }, /^registry.username .*required with registry.password$/],
  [
    { yaml: 'data: {format: registry}\nregistry: {url: "http://r", username: u, token: geheim}' },
    /^registry.token \(hidden\) .* allowed: no value, because registry.username is set too$/,
  ],
  [{ yaml: 'toString: 1' }, /^unknown setting "toString"/],
  [{ yaml: '- port' }, /is not a YAML object/],
  [{ yaml: 'port: [1' }, /^config "sluice.yaml" is not YAML: .*line/],
  [{ yaml: 'port: 1\n---\nport: 2' }, /^config "sluice.yaml" is not YAML: .*multiple documents/],
  [{ yaml: 'sasl:\n  password: !secret kafka' }, /^config "sluice.yaml" is not YAML: Unresolved tag: !secret at line 2/],
  [{ yaml: 'port: 1\nport: 2' }, /^config "sluice.yaml" is not YAML: Map keys must be unique/],
  [
    { flags: { config: '' }, env: { SLUICE_CONFIG: 'none.yaml' } },
    /^config "" \(from --config\) is not allowed; allowed: the path of a file$/,
  ],
  [
    { yaml: 'applicationId: 123' },
    /^applicationId 123 .*1 to 200 of the characters.*; in YAML, a value that looks like a number needs quotes$/,
  ],
  [{ yaml: 'dataTopic: 1e5' }, /^dataTopic 100000 .*; in YAML, a value that looks like a number needs quotes$/],
  [{ yaml: 'applicationId: a b' }, /but not "." or ".."\)$/],
  [{ yaml: 'port: 1.5' }, /^port 1.5 .* from 0 to 65535$/],
  [{ flags: { config: 'none.yaml' } }, /^config "none.yaml" cannot be read: ENOENT/],
  [{ flags: { applicationId: 'two words' } }, /^applicationId "two words" \(from --application-id\).*1 to 200 of/],
  [{ flags: { applicationId: 'ä' } }, /^applicationId/],
  [{ flags: { applicationId: '..' } }, /^applicationId/],
  [{ flags: { dataTopic: 'x'.repeat(250) } }, /^dataTopic/],
  [{ env: { KAFKA_BROKERS: 'localhost' } }, /^brokers "localhost" \(from KAFKA_BROKERS\).*host:port/],
  [{ env: { KAFKA_BROKERS: 'a:1,,b:2' } }, /^brokers/],
  [{ yaml: 'brokers: []' }, /^brokers \[\]/],
  [{ flags: { guarantee: 'exactly' } }, /^guarantee "exactly" .* allowed: exactly_once \| at_least_once/],
  [
    { flags: { guarantee: 'exactly-once' } },
    /^guarantee "exactly-once" \(from --guarantee\) is not allowed; allowed: exactly_once \| at_least_once; did you mean "exactly_once"\?$/,
  ],
  [{ env: { SLUICE_GUARANTEE: 'exactlyonce' } }, /\(from SLUICE_GUARANTEE\).*; did you mean "exactly_once"\?$/],
  [{ flags: { saslMechanism: 'scram-sha-265' } }, /; did you mean "scram-sha-256"\?$/],
  [{ flags: { maxBatch: '0' } }, /^maxBatch "0" \(from --max-batch\) is not allowed; allowed: a whole number from 1 to 65536$/],
  [{ env: { SLUICE_MAX_BATCH: 'NaN' } }, /^maxBatch "NaN" \(from SLUICE_MAX_BATCH\)/],
  [{ yaml: 'maxBatch: .inf' }, /^maxBatch Infinity \(from sluice.yaml\)/],
  [{ yaml: 'maxBatch: .nan' }, /^maxBatch NaN \(from sluice.yaml\)/],
  [{ yaml: 'maxBatch: -1' }, /^maxBatch -1 /],
  [{ yaml: 'maxBatch: 1.5' }, /^maxBatch 1.5 /],
  [{ yaml: 'brokers: x' }, /^brokers "x" \(from sluice.yaml\) is not allowed; allowed: host:port/],
  [{ flags: { commitIntervalMs: 'soon' } }, /^commitIntervalMs "soon" \(from --commit-interval-ms\).*a whole number from 1 to 600000$/],
  [{ env: { SLUICE_APPLICATION_ID: 'a/../b' } }, /^applicationId "a\/..\/b" \(from SLUICE_APPLICATION_ID\)/],
  [{ flags: { partitions: '0' } }, /^partitions "0" \(from --partitions\) is not allowed; allowed: a whole number from 1 to 100000$/],
  [{ flags: { store: 'disk' } }, /^store "disk" .* allowed: model \| key-value \| memory/],
  [{ flags: { join: 'broad' } }, /^join "broad" .* allowed: keyed \| broadcast/],
  [{ flags: { commitIntervalMs: '0' } }, /^commitIntervalMs "0" \(from --commit-interval-ms\)/],
  [{ flags: { threads: '65' } }, /^threads "65" \(from --threads\) is not allowed; allowed: a whole number from 0 to 64$/],
  [{ env: { SLUICE_LOG_LEVEL: 'loud' } }, /^logLevel "loud" \(from SLUICE_LOG_LEVEL\).*info/],
  [{ flags: { host: '0.0.0.0' } }, /^advertise is not set; allowed: host:port, required/],
  [{ flags: { advertise: 'nowhere' } }, /^advertise "nowhere"/],
  [{ flags: { modelsTopic: 'data' } }, /^modelsTopic "data" \(from --models-topic\) .* a topic other than that of dataTopic/],
  [{ flags: { deadLetterTopic: 'results' } }, /other than that of resultsTopic/],
  [{ yaml: 'token: 12345' }, /^token \(hidden\) \(from sluice.yaml\)/],
  [{ yaml: 'token: []' }, /^token \(hidden\)/],
  [{ yaml: 'token: [a, 1]' }, /^token \(hidden\) \(from sluice.yaml\) is not allowed; allowed: text, or several/],
  [{ env: { SLUICE_TOKEN: 'a,,b' } }, /^token \(hidden\) \(from SLUICE_TOKEN\)/],
  [{ flags: { keepAliveMs: '999' } }, /^keepAliveMs "999" .* allowed: a whole number from 1000 to 86400000$/],
  [{ flags: { drainMs: '-1' } }, /^drainMs "-1" .* allowed: a whole number from 0 to 3600000$/],
  [{ flags: { corsOrigins: 'ui.example' } }, /^corsOrigins "ui.example" \(from --cors-origins\) .* https:\/\/host:port/],
  [{ flags: { corsOrigins: 'https://ui.example/path' } }, /^corsOrigins/],
  [{ flags: { corsOrigins: 'https://*.example' } }, /^corsOrigins/],
  [{ flags: { corsOrigins: 'https://me@ui.example' } }, /^corsOrigins/],
  [{ env: { SLUICE_CORS_ORIGINS: 'https://a.example,' } }, /^corsOrigins/],
  [{ yaml: '['.repeat(20_000) }, /^config "sluice.yaml" is nested too deep/],
  [{ yaml: `port: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}` }, /^config "sluice.yaml" is nested too deep/],
  [{ yaml: `port: ${'['.repeat(50)}${'1,'.repeat(500)}${']'.repeat(50)}` }, /^port \[{50}1,1,.{146}… \(from sluice.yaml\) is not allowed/],
  [{ yaml: Array.from({ length: 3000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n') }, /^config "sluice.yaml" is nested too deep/],
  [{ yaml: `port: 1\nbrokers:\n  ${'- '.repeat(5000)}1` }, /^config "sluice.yaml" is nested too deep/],
  [{ yaml: `port: 1 ${'#'.repeat(1000)} [[[ \nstateDir: ${'x'.repeat(1000)}` }, /^accepted$/],
  [{ yaml: `brokers: "${' '.repeat(200_000)}x"` }, /^brokers " {199}… \(from/],
  [{ yaml: 'a: &a [1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]' }, /aliases/],
  [{ flags: { tokenFile: 'none' } }, /^tokenFile "none" cannot be read/],
  [{ flags: { tokenFile: 'empty' }, files: { empty: '\n' } }, /^tokenFile "empty" .* empty/],
  [{ flags: { tokenFile: 'f' }, files: { f: 'good\ntökén' } }, /^tokenFile "f" .* printable ASCII characters.*; token 2 is not/],
  [{ flags: { tokenFile: 'f' }, files: { f: '\ufffd\ufffdt\0o\0k\0e\0n\0' } }, /^tokenFile "f" .* printable ASCII/],
  [{ flags: { tokenFile: 'f' }, files: { f: 'x'.repeat(4097) } }, /^tokenFile "f" .* at most 4096/],
  [{ env: { SLUICE_TOKEN: 'tökén' } }, /^token \(hidden\) .* printable ASCII/],
  [{ flags: { tokenFile: 'f', token: 't' }, files: { f: 'x' } }, /^tokenFile "f" .* token is set too/],
  [{ flags: { saslUsername: 'me' } }, /^sasl.password is not set; .*SLUICE_SASL_PASSWORD/],
  [{ env: { SLUICE_SASL_PASSWORD: 'secret' } }, /^sasl.username is not set/],
  [{ flags: { saslMechanism: 'gssapi' } }, /^sasl.mechanism "gssapi"/],
  [{ flags: { saslMechanism: 'oauthbearer' } }, /^sasl.tokenUrl is not set; allowed: one of sasl.tokenFile, sasl.tokenCommand and/],
  [{ flags: { saslTokenFile: 't', saslUsername: 'me' } }, /^sasl.username "me" .*allowed: no value, because oauthbearer/],
  [{ flags: { saslTokenFile: 't', saslTokenCommand: 'c' } }, /^sasl.tokenCommand "c" .*no value, because sasl.tokenFile is set too/],
  [{ flags: { saslTokenFile: 't', saslScope: 'a' } }, /^sasl.scope "a" .*belongs to sasl.tokenUrl and not to sasl.tokenFile/],
  [{ flags: { saslMechanism: 'plain', saslTokenFile: 't' } }, /^sasl.tokenFile "t" .*no value, because sasl.mechanism is plain/],
  [{ flags: { saslTokenUrl: 'http://idp.example/token' } }, /^sasl.tokenUrl "http:.*an https: URL/],
  [{ flags: { saslTokenUrl: 'https://u:p@idp.example/token' } }, /^sasl.tokenUrl/],
  [{ flags: { saslTokenUrl: 'https://idp.example/token' } }, /^sasl.clientId is not set/],
  [
    { flags: { saslTokenUrl: 'https://idp.example/token', saslClientId: 'me' } },
    /^sasl.clientSecret is not set; .*SLUICE_SASL_CLIENT_SECRET/,
  ],
  [{ flags: { saslTokenFile: 't', saslExtensions: 'auth=x' } }, /^sasl.extensions "auth=x"/],
  [{ flags: { sslCert: 'c' }, files: { c: 'C' } }, /^ssl.key is not set/],
  [{ flags: { sslCa: 'none' } }, /^ssl.ca "none" cannot be read/],
  [
    { flags: { sslCa: 'c' }, files: { c: 'C' } },
    /^ssl.ca "c" .*a PEM file with whole certificates, each between lines -----BEGIN CERTIFICATE-----/,
  ],
  [{ flags: { sslCa: 'c' }, files: { c: pair.cert.trimEnd() + otherPair.cert } }, /^ssl.ca "c" .*a PEM file with whole certificates/],
  [{ flags: { sslCert: 'k', sslKey: 'k' }, files: { k: pair.key } }, /^ssl.cert "k" .*BEGIN CERTIFICATE/],
  [{ flags: { sslCert: 'c', sslKey: 'c' }, files: { c: pair.cert } }, /^ssl.key "c" .*the private key of ssl.cert/],
  [{ flags: { sslCert: 'c', sslKey: 'k' }, files: { c: pair.cert, k: otherPair.key } }, /^ssl.key "k" .*the private key of ssl.cert/],
  [{ yaml: 'data: {message: a.B}' }, /^data.schema is not set/],
  [{ yaml: 'data: {format: json, schema: a.proto, message: B}' }, /^data.schema "a.proto" .* not protobuf/],
  [{ yaml: 'data: {features: [a, b, a]}' }, /^data.features .*"a" is listed twice/],
  [{ yaml: 'data: {features: ["a:date"]}' }, /^data.features/],
]
for (const [given, expected] of refusals)
  wrong(`${JSON.stringify(given).slice(0, 120)} → ${String(expected)}`, () => assert.match(refusal(given), expected))

wrong('a secret value is never shown', () => {
  assert.not.match(refusal({ yaml: 'sasl: {username: me, password: 8271}' }), /8271/)
  assert.not.match(refusal({ yaml: 'sasl: {tokenUrl: "https://a.b/t", clientSecret: 8271}' }), /8271/)
  assert.not.match(refusal({ yaml: 'ssl: {passphrase: 8271}' }), /8271/)
})

wrong.run()

const composed = suite('config: composed values')

composed('token: one or several, in a file one per line; the more direct source wins', () => {
  const files = { secret: 'from-file\n' }
  assert.equal(resolveConfig(sources({ flags: { tokenFile: 'secret' }, files })).tokens, ['from-file'])
  assert.equal(resolveConfig(sources({ flags: { tokenFile: 'secret' }, env: { SLUICE_TOKEN: 'env' }, files })).tokens, ['from-file'])
  assert.equal(resolveConfig(sources({ env: { SLUICE_TOKEN: 'env' }, yaml: 'tokenFile: secret', files })).tokens, ['env'])
  const several = { secret: '\n  new \r\nold\n\n' }
  assert.equal(resolveConfig(sources({ flags: { tokenFile: 'secret' }, files: several })).tokens, ['new', 'old'])
  assert.equal(resolveConfig(sources({ env: { SLUICE_TOKEN: 'new, old' } })).tokens, ['new', 'old'])
  assert.equal(resolveConfig(sources({ yaml: 'token: [new, old]' })).tokens, ['new', 'old'])
  assert.is(resolveRestConfig(sources({ flags: { tokenFile: 'secret' }, files: several })).token, 'new')
  assert.is(resolveRestConfig(sources({ env: { SLUICE_TOKEN: 'new,old' } })).token, 'new')
})

composed('TLS and SASL', () => {
  assert.is(resolveConfig(sources({ flags: { ssl: true } })).ssl, true)
  assert.is(resolveConfig(sources({ yaml: 'ssl: false' })).ssl, undefined)
  assert.is(resolveConfig(sources({ env: { SLUICE_SSL: 'true' } })).ssl, true)
  const files = { a: otherPair.cert, c: pair.cert, k: pair.key }
  assert.equal(resolveConfig(sources({ yaml: 'ssl: {ca: a, cert: c, key: k}', files })).ssl, { ca: otherPair.cert, ...pair })
  assert.is(resolveConfig(sources({ yaml: 'ssl: {enabled: false, ca: a}', files })).ssl, undefined)
  const { sasl } = resolveConfig(sources({ yaml: 'sasl: {mechanism: scram-sha-512, username: me}', env: { SLUICE_SASL_PASSWORD: 'p' } }))
  assert.equal(sasl, { mechanism: 'scram-sha-512', username: 'me', password: 'p' })
})

composed('bearer tokens: from a file, a command, an endpoint; all of it plain data for other threads', () => {
  const saslOf = (yaml: string, env = {}): unknown => {
    const { sasl } = resolveConfig(sources({ yaml, env, files: { a: pair.cert } }))
    return structuredClone(sasl)
  }
  assert.equal(saslOf('sasl: {tokenFile: /t}'), { mechanism: 'oauthbearer', token: { file: '/t' } })
  assert.equal(saslOf('sasl: {mechanism: oauthbearer, tokenCommand: "id -t", extensions: "logicalCluster=lkc-1,a=b"}'), {
    mechanism: 'oauthbearer',
    token: { command: 'id -t' },
    extensions: { logicalCluster: 'lkc-1', a: 'b' },
  })
  const endpoint = { url: 'https://idp.example/token', clientId: 'me', clientSecret: 's' }
  assert.equal(
    saslOf('sasl: {tokenUrl: "https://idp.example/token", clientId: me, scope: kafka, tokenCa: a}', { SLUICE_SASL_CLIENT_SECRET: 's' }),
    {
      mechanism: 'oauthbearer',
      token: { ...endpoint, scope: 'kafka', ca: pair.cert },
    },
  )
})

composed('data, lists, advertise', () => {
  const config = resolveConfig(
    sources({
      yaml: 'data: {format: json, features: [pH, "colour:text", fixed acidity], dataTypeField: kind}\nmodelRoots: [/a, "/b,c"]\nmodelHosts: [models.example, "localhost:8080", "[::1]:80"]',
      flags: { host: '::', advertise: '[fd00::1]:9000' },
    }),
  )
  assert.equal(config.data.features, [
    { name: 'pH', kind: 'number' },
    { name: 'colour', kind: 'text' },
    { name: 'fixed acidity', kind: 'number' },
  ])
  assert.is(config.data.dataTypeField, 'kind')
  assert.equal(config.modelRoots, ['/a', '/b,c'])
  assert.equal(config.modelHosts, ['models.example', 'localhost:8080', '[::1]:80'])
  for (const host of ['http://a', 'a/b', 'u@a', 'a b', ':80'])
    assert.throws(
      () => resolveConfig(sources({ flags: { modelHosts: host } })),
      /modelHosts .* is not allowed; allowed: one or more host or host:port/,
    )
  assert.equal(config.advertise, { host: 'fd00::1', port: 9000 })
  assert.is(resolveConfig(sources({ flags: { applicationId: 'wine' } })).deadLetterTopic, 'wine-dead-letters')
})

composed('variables that Kubernetes sets for services named sluice and sluice-data are ignored, and reported', () => {
  const names = ['', 'DATA_'].flatMap(service =>
    ['SERVICE_HOST', 'SERVICE_PORT', 'PORT_8888_TCP', 'PORT_8888_TCP_PROTO', 'PORT_8888_TCP_PORT', 'PORT_8888_TCP_ADDR'].map(
      variable => `SLUICE_${service}${variable}`,
    ),
  )
  const env = Object.fromEntries([...names, 'SLUICE_TEST_EPOCHS'].map(name => [name, 'tcp://10.0.0.1:8888']))
  assert.equal(resolveConfig(sources({ env })).ignoredVariables, names)
})

/** What Kubernetes sets in every container for a service with a port named rest. */
function serviceLinks(service: string, port = 8888): Record<string, string> {
  const name = `${service.toUpperCase().replaceAll('-', '_')}_`
  const [host, tcp] = ['10.0.0.1', `PORT_${port}_TCP`]
  const variables = {
    SERVICE_HOST: host,
    SERVICE_PORT: `${port}`,
    SERVICE_PORT_REST: `${port}`,
    PORT: `tcp://${host}:${port}`,
    [tcp]: `tcp://${host}:${port}`,
    [`${tcp}_PROTO`]: 'tcp',
    [`${tcp}_PORT`]: `${port}`,
    [`${tcp}_ADDR`]: host,
  }
  return Object.fromEntries(Object.entries(variables).map(([variable, value]) => [name + variable, value]))
}

composed('variables of a Kubernetes service are ignored and reported, however much their names resemble those of settings', () => {
  const services =
    'sluice sluice-rest sluice-registry sluice-health sluice-headless sluice-ui sluice-state sluice-model sluice-tls sluice-policies sluice-test-ui'
  for (const service of services.split(' ')) {
    const env = serviceLinks(service)
    const config = resolveConfig(sources({ env }))
    assert.equal([config.port, config.healthPort], [8888, undefined], service)
    assert.equal(config.ignoredVariables, service.startsWith('sluice-test') ? [] : Object.keys(env), service)
    assert.is(resolveRestConfig(sources({ env, yaml: 'port: 5' })).url, 'http://127.0.0.1:5')
  }
  // The variables of one service excuse no other.
  assert.match(refusal({ env: { ...serviceLinks('sluice-ui'), SLUICE_PROT: '1' } }), /^unknown environment variable SLUICE_PROT/)
  assert.match(refusal({ env: { ...serviceLinks('sluice'), SLUICE_PORT: '99999' } }), /^port "99999" \(from SLUICE_PORT\)/)
})

composed('the URL of an instance has nothing that would be lost, or would go before the paths that are added', () => {
  for (const url of ['http://u:p@a', 'http://u@a', 'http://a?x=1', 'http://a/#x', 'ftp://a', 'a'])
    assert.match(
      refusal({ flags: { url } }, resolveRestConfig),
      /^url .* allowed: an http: or https: URL without a user, a query or a fragment$/,
    )
})

composed('a client checks only its own settings', () => {
  const given = { yaml: 'host: 0.0.0.0\ntokenFile: none\ndataTopic: wines' }
  assert.is(resolveClientConfig(sources(given)).dataTopic, 'wines')
  assert.match(refusal({ ...given, yaml: `${given.yaml}\nprot: 1` }, resolveClientConfig), /unknown setting "prot"/)
})

const urls: readonly [Given, string][] = [
  [{}, 'http://127.0.0.1:8888'],
  [{ flags: { port: '99' } }, 'http://127.0.0.1:99'],
  [{ yaml: 'host: 0.0.0.0' }, 'http://127.0.0.1:8888'],
  [{ flags: { host: '::1' } }, 'http://[::1]:8888'],
  [{ env: { SLUICE_URL: 'HTTPS://a.example/x/' } }, 'HTTPS://a.example/x'],
  [{ env: { SLUICE_URL: 'https://a.example/x/' } }, 'https://a.example/x'],
]
for (const [given, expected] of urls) composed(`REST at ${expected}`, () => assert.is(resolveRestConfig(sources(given)).url, expected))

const pem = (path: string): string => `pem of ${path}`

composed('TLS of REST needs both files; commands then ask by https', () => {
  const both = { SLUICE_TLS_CERT: 'cert.pem', SLUICE_TLS_KEY: 'key.pem' }
  assert.equal(resolveConfig({ ...sources({ env: both }), readFile: pem }).tls, {
    cert: pem('cert.pem'),
    key: pem('key.pem'),
    ca: undefined,
  })
  for (const env of [{ SLUICE_TLS_CERT: 'c' }, { SLUICE_TLS_KEY: 'k' }, { SLUICE_TLS_CA: 'a' }] as Record<string, string>[]) {
    assert.throws(() => resolveConfig({ ...sources({ env }), readFile: pem }), /tls(Cert|Key) is not set; allowed: a PEM file, required/)
  }
  const asked = resolveRestConfig({ ...sources({ env: { ...both, SLUICE_TLS_CA: 'ca.pem' } }), readFile: pem })
  assert.equal([asked.url, asked.ca], ['https://127.0.0.1:8888', pem('ca.pem')])
})

composed('peers are hosts, domains, addresses and networks', () => {
  const config = resolveConfig(sources({ env: { SLUICE_PEERS: 'a.example, *.wine,10.0.0.0/8,fd00::/8' } }))
  assert.equal(config.peers, ['a.example', '*.wine', '10.0.0.0/8', 'fd00::/8'])
  assert.throws(() => resolveConfig(sources({ env: { SLUICE_PEERS: 'http://x' } })), /peers .* is not allowed; allowed: hosts/)
})

composed('allowed hosts are names, domains and addresses', () => {
  const config = resolveConfig(sources({ env: { SLUICE_ALLOWED_HOSTS: 'sluice.example, *.wine, 10.0.0.1, fd00::1' } }))
  assert.equal(config.allowedHosts, ['sluice.example', '*.wine', '10.0.0.1', 'fd00::1'])
  for (const wrong of ['http://x', 'x:8888', '*', 'a.*.b', '10.0.0.0/8'])
    assert.throws(() => resolveConfig(sources({ env: { SLUICE_ALLOWED_HOSTS: wrong } })), /allowedHosts .* is not allowed; allowed: hosts/)
})

composed.run()

const names = suite('config: names')

names('flag and environment variable follow from the name', () => {
  assert.is(flagOf('commitIntervalMs'), '--commit-interval-ms')
  assert.is(flagKey('commitIntervalMs'), 'commitIntervalMs')
  assert.equal(envOf('commitIntervalMs'), ['SLUICE_COMMIT_INTERVAL_MS'])
  assert.equal(envOf('brokers'), ['SLUICE_BROKERS', 'KAFKA_BROKERS'])
  assert.is(flagOf('data.dataTypeField'), '--data-data-type-field')
  assert.is(flagOf('ssl.enabled'), '--ssl')
})

names('no two settings share a flag or a variable', () => {
  for (const of of [(name: (typeof settingNames)[number]) => [flagOf(name)], envOf]) {
    const all = settingNames.flatMap(of)
    assert.is(new Set(all).size, all.length)
  }
})

names('each default is one that the setting itself allows', () => {
  for (const row of settingRows()) {
    assert.ok(row.meaning && row.allowed && row.env, row.name)
  }
  const {
    brokers,
    modelRoots,
    modelHosts,
    codeRoots,
    trustedKeys,
    eventKey,
    eventKeyPasswordFile,
    policies,
    deciderRoots,
    data,
    ssl,
    sasl,
    tokens,
    tls,
    peers,
    healthPort,
    allowedHosts,
    corsOrigins,
    accessFiles,
    ignoredVariables,
    advertise,
    deadLetterTopic,
    ...plain
  } = resolveConfig(sources({}))
  const flags = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, String(value)]))
  assert.equal(resolveConfig(sources({ flags: { ...flags, brokers: brokers.join(','), deadLetterTopic } })), resolveConfig(sources({})))
  assert.equal(
    [
      modelRoots,
      modelHosts,
      codeRoots,
      deciderRoots,
      policies,
      trustedKeys,
      eventKey,
      eventKeyPasswordFile,
      accessFiles,
      ignoredVariables,
      ssl,
      sasl,
      tokens,
      tls,
      peers,
      allowedHosts,
      corsOrigins,
      advertise,
      healthPort,
      data.schema,
    ],
    [
      [],
      [],
      [],
      [],
      undefined,
      undefined,
      undefined,
      undefined,
      [],
      [],
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ],
  )
})

names('policies are an object in YAML and JSON as text', () => {
  const policies = { wine: { models: [{ model: 'deep' }], budgetMs: 20, decider: { kind: 'smartest' } } }
  const text = JSON.stringify(policies)
  for (const given of [
    { flags: { policies: text } },
    { env: { SLUICE_POLICIES: text } },
    { files: { 'sluice.yaml': `policies: ${text}` }, env: { SLUICE_CONFIG: 'sluice.yaml' } },
  ])
    assert.equal(resolveConfig(sources(given)).policies, policies)
  assert.throws(
    () => resolveConfig(sources({ flags: { policies: 'wine' } })),
    /policies .* is not allowed; allowed: an object of policies by data type/,
  )
})

names.run()
