import { Option } from 'commander'
import {
  brokerAddress,
  choice,
  directory,
  feature,
  file,
  flag,
  hostPort,
  httpUrl,
  integer,
  kafkaName,
  listOf,
  modelHost,
  peer,
  requestHost,
  saslExtension,
  text,
  tokenUrl,
  type ValueKind,
  webOrigin,
} from './value-kinds.ts'

/** What the processing may promise; the first is the default. */
export const guarantees = ['exactly_once', 'at_least_once'] as const
/** How models meet data: `keyed` by the records' keys on equally partitioned topics, `broadcast` to every partition; the first is the default. */
export const joins = ['keyed', 'broadcast'] as const
export const dataFormats = ['protobuf', 'json', 'csv'] as const
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const
export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const

/** One setting. Its name is its YAML key (a dot: a key within an object); flag and environment variable follow from the name. */
export interface Setting<T> {
  readonly kind: ValueKind<Exclude<T, undefined>>
  readonly default: T
  readonly help: string
  /** Shown instead of `default` where it depends on other settings. */
  readonly defaultText?: string
  /** Environment variables beside the derived one, which goes first. */
  readonly otherEnv?: readonly string[]
  /** Never shown in a message; `noFlag` keeps it off the command line, which other users of the machine can read. */
  readonly secret?: boolean
  readonly noFlag?: boolean
}

type More<T> = Omit<Setting<T>, 'kind' | 'default' | 'help'>

function setting<T>(kind: ValueKind<T>, value: T, help: string, more: More<T> = {}): Setting<T> {
  return { kind: kind as ValueKind<Exclude<T, undefined>>, default: value, help, ...more }
}

function optional<T>(kind: ValueKind<T>, help: string, more: More<T | undefined> = {}): Setting<T | undefined> {
  return { kind: kind as ValueKind<Exclude<T, undefined>>, default: undefined, help, ...more }
}

const brokerList = listOf(brokerAddress, 'host:port, or several with commas between', 'host:port,…')
const minute = 60_000
const gigabyte = 2 ** 30

/** Every setting there is: the flags, the environment variables, the YAML keys, their checks and their help come from this table. */
export const settings = {
  brokers: setting(brokerList, ['localhost:9092'], 'Kafka brokers to start from', { otherEnv: ['KAFKA_BROKERS'] }),
  applicationId: setting(kafkaName(200), 'sluice', 'consumer group, and prefix of internal topics'),
  stateDir: setting(directory, '.sluice', 'where state is kept on this machine'),
  dataTopic: setting(kafkaName(249), 'data', 'topic of the records to score'),
  modelsTopic: setting(kafkaName(249), 'models', 'topic of the models'),
  resultsTopic: setting(kafkaName(249), 'results', 'topic of the scores'),
  deadLetterTopic: optional(kafkaName(249), 'topic of the records that could not be processed', {
    defaultText: '<applicationId>-dead-letters',
  }),
  host: setting(text, '127.0.0.1', 'address on which REST listens'),
  port: setting(integer(0, 65535), 8888, 'port on which REST listens; 0: any free one'),
  advertise: optional(hostPort, 'address under which other instances reach this one', { defaultText: 'host:port' }),
  token: optional(
    listOf(text, 'text, or several with commas between', 'token,…'),
    'bearer tokens that REST asks for, one of them; the first is what this one asks others with; better given by tokenFile or the environment',
    { secret: true },
  ),
  tokenFile: optional(file, 'file that holds the tokens, one a line; read again when it changes, and at SIGHUP'),
  tlsCert: optional(
    file,
    "PEM file of REST's certificate: it then speaks https only, and asks other instances by https; read again when it changes, and at SIGHUP",
  ),
  tlsKey: optional(file, "PEM file of the certificate's key"),
  tlsCa: optional(file, "PEM file of the authorities that vouch for the instances' certificates", { defaultText: "the system's" }),
  peers: optional(
    listOf(peer, 'hosts, *.domain, addresses or network/bits, with commas between', 'host,…'),
    'where other instances of the group may be asked; what the group lists elsewhere is not connected to',
    { defaultText: 'anywhere' },
  ),
  allowedHosts: optional(
    listOf(requestHost, 'hosts, *.domain or addresses, with commas between', 'host,…'),
    'names by which REST may be asked, beside loopback ones and the advertised host',
    { defaultText: 'no others where REST listens on a loopback address, any elsewhere' },
  ),
  corsOrigins: optional(
    listOf(webOrigin, 'origins as https://host:port with commas between, or *', 'origin,…'),
    'whose pages a browser lets ask REST (CORS)',
    { defaultText: 'none' },
  ),
  keepAliveMs: setting(integer(1000, 24 * 60 * minute), 75_000, "how long REST keeps an idle connection; longer than the balancer's, ms"),
  drainMs: setting(integer(0, 60 * minute), 2000, 'after SIGTERM: how long REST answers on, not ready, before the instance stops, ms'),
  guarantee: setting(choice(guarantees), guarantees[0], 'what holds after a failure'),
  commitIntervalMs: setting(integer(1, 10 * minute), 100, 'longest time between two commits, ms'),
  sessionTimeoutMs: setting(integer(1000, 30 * minute), 10_000, 'silence after which the group takes an instance for dead, ms'),
  standbyReplicas: setting(integer(0, 10), 0, 'other instances that follow each task, ready to take it over'),
  threads: setting(integer(0, 64), 0, 'worker threads that score, each with tasks of its own; 0: REST and scoring share one thread'),
  maxTaskIdleMs: setting(integer(0, 10 * minute), 0, 'how long a task waits for an empty input before it goes on with the others, ms'),
  maxBatch: setting(integer(1, 65_536), 4096, 'most records in one inference call'),
  modelRoots: setting(
    listOf(directory, 'directories, with commas between', 'directory,…'),
    [],
    'where models that are given by location may lie',
    { defaultText: 'none: locations are refused' },
  ),
  modelHosts: setting(
    listOf(modelHost, 'host or host:port, or several with commas between', 'host,…'),
    [],
    'servers that models may come from, or live in, by http: or https:',
    { defaultText: 'none: URLs are refused' },
  ),
  maxModelBytes: setting(integer(1, 2 * gigabyte), 2 * gigabyte, 'largest model; beyond 64 MB it comes by location and is kept in a cache'),
  modelCacheBytes: setting(integer(0, 1024 * gigabyte), 8 * gigabyte, 'room for models over 64 MB in stateDir/models'),
  modelLoadTimeoutMs: setting(integer(100, 10 * minute), 30_000, 'longest time that a new model may take to be loaded and tried, ms'),
  modelWaitMs: setting(
    integer(0, 10 * minute),
    10_000,
    'how long records wait in all for a model that is being loaded or tried, when no other serves them, ms; then they are answered without it',
  ),
  join: setting(
    choice(joins),
    joins[0],
    'how models meet data: keyed by the data type, or known to every partition, whatever the keys of the data',
  ),
  'ssl.enabled': optional(flag, 'TLS to the brokers', { defaultText: 'off, unless another ssl setting is given' }),
  'ssl.ca': optional(file, 'PEM file of the authorities to trust'),
  'ssl.cert': optional(file, 'PEM file of the client certificate'),
  'ssl.key': optional(file, "PEM file of the client certificate's key"),
  'ssl.passphrase': optional(text, "passphrase of the client certificate's key", { secret: true, noFlag: true }),
  'sasl.mechanism': optional(choice(saslMechanisms), 'SASL mechanism', {
    defaultText: 'plain when a username is given, oauthbearer when tokens are',
  }),
  'sasl.username': optional(text, 'SASL user'),
  'sasl.password': optional(text, 'SASL password', { secret: true, noFlag: true }),
  'sasl.tokenFile': optional(file, 'oauthbearer: file that holds the token; read again for each connection'),
  'sasl.tokenCommand': optional(text, 'oauthbearer: shell command that writes the token to its standard output'),
  'sasl.tokenUrl': optional(tokenUrl, "oauthbearer: an OpenID Connect provider's token endpoint (client credentials)"),
  'sasl.tokenCa': optional(file, "PEM file of the authorities that vouch for the token endpoint's certificate", {
    defaultText: "the system's",
  }),
  'sasl.clientId': optional(text, 'client id at the token endpoint'),
  'sasl.clientSecret': optional(text, 'client secret at the token endpoint', { secret: true, noFlag: true }),
  'sasl.scope': optional(text, 'scope to ask the token endpoint for'),
  'sasl.extensions': optional(
    listOf(saslExtension, 'name=value, or several with commas between', 'name=value,…'),
    'SASL extensions beside the token',
  ),
  'data.format': setting(choice(dataFormats), dataFormats[0], 'format of the data records'),
  'data.schema': optional(file, '.proto file of the data records', { defaultText: 'WineRecord, built in' }),
  'data.message': optional(text, 'protobuf message of the data records'),
  'data.dataTypeField': setting(text, 'dataType', "field that holds a record's data type"),
  'data.features': optional(
    listOf(feature, 'field names, each with or without ":text", commas between', 'name,name:text,…'),
    'fields to score',
    {
      defaultText: 'all',
    },
  ),
  serverName: setting(text, 'sluice', 'name that /v2 tells of this server; some clients made for Triton insist on "triton"'),
  tritonMetrics: setting(flag, false, "inference requests in /metrics by the Triton Inference Server's names too"),
  tracing: setting(flag, false, 'a span for each record, to the OpenTelemetry provider that the process has set up'),
  logLevel: setting(choice(logLevels), 'info', 'least severe log line to write'),
  url: optional(httpUrl, 'where REST answers, for commands that ask it', { defaultText: 'http://host:port' }),
} as const

export type SettingName = keyof typeof settings
export type SettingValue<N extends SettingName> = (typeof settings)[N] extends Setting<infer T> ? T : never
export const settingNames = Object.keys(settings) as readonly SettingName[]

export const kafkaSettings = [
  'brokers',
  'ssl.enabled',
  'ssl.ca',
  'ssl.cert',
  'ssl.key',
  'ssl.passphrase',
  'sasl.mechanism',
  'sasl.username',
  'sasl.password',
  'sasl.tokenFile',
  'sasl.tokenCommand',
  'sasl.tokenUrl',
  'sasl.tokenCa',
  'sasl.clientId',
  'sasl.clientSecret',
  'sasl.scope',
  'sasl.extensions',
] as const satisfies readonly SettingName[]
export const restSettings = ['url', 'host', 'port', 'token', 'tokenFile', 'tlsCert', 'tlsCa'] as const satisfies readonly SettingName[]
/** The settings of commands that talk to Kafka. */
export const clientSettings = [
  ...kafkaSettings,
  'applicationId',
  'dataTopic',
  'modelsTopic',
  'resultsTopic',
  'deadLetterTopic',
  'data.format',
  'data.schema',
  'data.message',
  'data.dataTypeField',
  'data.features',
] as const satisfies readonly SettingName[]
export type ServeSetting = Exclude<SettingName, 'url'>
/** The settings of an instance; `url` is for those who ask it. */
export const serveSettings = settingNames.filter((name): name is ServeSetting => name !== 'url')

/** The command-line flag: `--` and the name in kebab case; `ssl.enabled` is `--ssl`. */
export function flagOf(name: SettingName): string {
  return `--${words(name).join('-').toLowerCase()}`
}

/** Where commander puts the flag's value. */
export function flagKey(name: SettingName): string {
  return new Option(flagOf(name)).attributeName()
}

/** The environment variables, the first goes first. */
export function envOf(name: SettingName): readonly string[] {
  return [`SLUICE_${words(name).join('_').toUpperCase()}`, ...((settings[name] as Setting<unknown>).otherEnv ?? [])]
}

function words(name: SettingName): string[] {
  return (name === 'ssl.enabled' ? 'ssl' : name).split(/\.|(?=[A-Z])/)
}

/** The default as help shows it; '' when there is none. */
export function defaultOf(name: SettingName): string {
  const { default: value, defaultText } = settings[name] as Setting<unknown>
  if (defaultText !== undefined || value === undefined) return defaultText ?? ''
  return Array.isArray(value) ? value.join(',') : `${value as string | number}`
}

/** The settings as options of a command. Their values stay text: `resolve…` in config.ts checks them, whatever their source. */
export function settingOptions(names: readonly SettingName[]): Option[] {
  return names.flatMap(name => {
    const { kind, help, noFlag } = settings[name] as Setting<unknown>
    if (noFlag) return []
    const shown = [defaultOf(name) && `default: ${defaultOf(name)}`, `env: ${envOf(name).join(', ')}`].filter(Boolean).join('; ')
    return [new Option(kind.placeholder ? `${flagOf(name)} <${kind.placeholder}>` : flagOf(name), `${help} (${shown})`)]
  })
}

/** The table for documents: one row a setting. */
export function settingRows(): readonly { name: string; flag: string; env: string; default: string; allowed: string; help: string }[] {
  return serveSettings.map(name => {
    const { kind, help, noFlag } = settings[name] as Setting<unknown>
    return { name, flag: noFlag ? '' : flagOf(name), env: envOf(name).join(', '), default: defaultOf(name), allowed: kind.allowed, help }
  })
}
