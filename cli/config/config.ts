import { readFileSync } from 'node:fs'
import type { RegistryAddress } from '../../records/registry/index.ts'
import { defaultDeadLetterTopic } from '../../topology/runtime/config/index.ts'
import { unknownVariables } from './environment-names.ts'
import { kafkaConfig, type KafkaConfig } from './kafka-config.ts'
import { accessFiles, accessSettings, type RestTlsConfig, restTls, tokens } from './rest-access.ts'
import { type ConfigSources, readSettingFile, type ResolvedSettings, resolveSettings } from './resolve-settings.ts'
import { clientSettings, restSettings, type ServeSetting, serveSettings, type SettingName, type SettingValue } from './settings.ts'

/** The form of the data records. `schema` and `message` undefined: WineRecord. `features` undefined: every field of the message. */
export type DataConfig = { readonly [N in DataSetting]: SettingValue<`data.${N}`> } & {
  /** Where the schemas are, with the format `registry`. */
  readonly registry?: RegistryAddress
}

type DataSetting = 'format' | 'schema' | 'message' | 'dataTypeField' | 'features'

export interface TopicsConfig extends Values<'applicationId' | 'dataTopic' | 'modelsTopic' | 'resultsTopic'> {
  readonly deadLetterTopic: string
}

/** The settings of a command that connects to Kafka. */
export interface ClientConfig extends KafkaConfig, TopicsConfig {
  readonly data: DataConfig
}

/** The settings of a command that sends requests to an instance. */
export interface RestConfig {
  readonly url: string
  readonly token: string | undefined
  /** Certificate authorities that are trusted for the instance's certificate, as PEM; undefined: those that Node.js trusts. */
  readonly ca: string | undefined
}

/** Settings by name. */
type Values<N extends SettingName> = { readonly [M in N]: SettingValue<M> }

/** The settings of an instance whose values go unchanged into ServeConfig. */
const plainSettings = serveSettings.filter(isPlain)

type PlainSetting = Exclude<ServeSetting, keyof ClientConfig | `${string}.${string}` | (typeof accessSettings)[number]>

/** All settings of one instance. */
export interface ServeConfig extends ClientConfig, Values<PlainSetting> {
  /** REST accepts each of them; requests to other instances send the first. At least one; undefined: REST needs no token. */
  readonly tokens: readonly string[] | undefined
  /** undefined: plain HTTP. */
  readonly tls: RestTlsConfig | undefined
  /** The files that `tokens` and `tls` were read from. */
  readonly accessFiles: readonly string[]
  /** Environment variables that begin with `SLUICE_` but belong to no setting. */
  readonly ignoredVariables: readonly string[]
}

type ClientSetting = (typeof clientSettings)[number]

/** The settings of `sluice serve`. Throws SluiceError CONFIG_INVALID: in one line: setting, source, value and allowed values. */
export function resolveConfig(sources: ConfigSources): ServeConfig {
  const found = resolveSettings(serveSettings, sources)
  const config: ServeConfig = {
    ...client(found, sources),
    ...values(found, plainSettings),
    tokens: tokens(found, sources),
    tls: restTls(found, sources),
    accessFiles: accessFiles(found),
    ignoredVariables: unknownVariables(sources.env).map(({ name }) => name),
  }
  checkTopics(found, config)
  if (['0.0.0.0', '::'].includes(config.host) && !config.advertise) {
    throw found.refuse('advertise', `host:port, required because other instances cannot connect to host ${config.host}`)
  }
  return Object.freeze(config)
}

/** The settings of a command that connects to Kafka; settings of `serve` only are not checked. */
export function resolveClientConfig(sources: ConfigSources): ClientConfig {
  return Object.freeze(client(resolveSettings(clientSettings, sources), sources))
}

/** The settings of a command that sends requests to an instance. */
export function resolveRestConfig(sources: ConfigSources): RestConfig {
  const found = resolveSettings(restSettings, sources)
  const host = found.value('host')
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  const scheme = found.isSet('tlsCert') || found.isSet('tlsCa') ? 'https' : 'http'
  const caPath = found.value('tlsCa')
  return Object.freeze({
    url: found.value('url') ?? `${scheme}://${reachable}:${found.value('port')}`,
    token: tokens(found, sources)?.[0],
    ca: caPath === undefined ? undefined : readSettingFile('tlsCa', caPath, sources),
  })
}

/** The flags as given, and the environment and the files of this process. */
export function processSources(flags: Readonly<Record<string, unknown>>): ConfigSources {
  return { flags, env: process.env, readFile: path => readFileSync(path, 'utf8') }
}

function client(found: ResolvedSettings<ClientSetting>, sources: ConfigSources): ClientConfig {
  const topics = values(found, ['applicationId', 'dataTopic', 'modelsTopic', 'resultsTopic'])
  const deadLetterTopic = found.value('deadLetterTopic') ?? defaultDeadLetterTopic(topics.applicationId)
  return { ...kafkaConfig(found, sources), ...topics, deadLetterTopic, data: data(found, sources) }
}

function values<N extends SettingName>(found: ResolvedSettings<NoInfer<N>>, names: readonly N[]): Values<N> {
  return Object.fromEntries(names.map(name => [name, found.value(name)])) as Values<N>
}

/** Whether the setting has no part in a composed value (Kafka, topics, data, tokens, TLS). */
function isPlain(name: ServeSetting): name is PlainSetting {
  const others: readonly string[] = [...clientSettings, ...accessSettings]
  return !others.includes(name)
}

function data(found: ResolvedSettings<ClientSetting>, sources: ConfigSources): DataConfig {
  const config: DataConfig = {
    format: found.value('data.format'),
    schema: found.value('data.schema'),
    message: found.value('data.message'),
    dataTypeField: found.value('data.dataTypeField'),
    features: found.value('data.features'),
    ...registry(found, sources),
  }
  for (const name of ['data.schema', 'data.message'] as const) {
    if (config.format !== 'protobuf' && found.isSet(name)) throw found.refuse(name, 'no value, because data.format is not protobuf')
  }
  if ((config.schema === undefined) !== (config.message === undefined)) {
    const missing = config.schema === undefined ? 'data.schema' : 'data.message'
    throw found.refuse(missing, 'text, required because data.schema and data.message must be set together')
  }
  const names = config.features?.map(feature => feature.name) ?? []
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw found.refuse('data.features', `each field once; ${JSON.stringify(twice)} is listed twice`)
  return Object.freeze(config)
}

const registrySettings = ['registry.username', 'registry.password', 'registry.token', 'registry.ca'] as const

/** Where the schemas of the data are. Throws CONFIG_INVALID. */
function registry(found: ResolvedSettings<ClientSetting>, sources: ConfigSources): { readonly registry?: RegistryAddress } {
  const url = found.value('registry.url')
  if (found.value('data.format') !== 'registry') {
    const stray = (['registry.url', ...registrySettings] as const).find(name => found.isSet(name))
    if (stray !== undefined) throw found.refuse(stray, 'no value, because data.format is not registry')
    return {}
  }
  if (url === undefined) throw found.refuse('registry.url', 'an http: or https: URL, required with data.format registry')
  const [username, password, token, caPath] = registrySettings.map(name => found.value(name))
  if (token !== undefined && username !== undefined) throw found.refuse('registry.token', 'no value, because registry.username is set too')
  if (username === undefined && password !== undefined) throw found.refuse('registry.username', 'text, required with registry.password')
  const ca = caPath === undefined ? undefined : readSettingFile('registry.ca', caPath, sources)
  return { registry: Object.freeze({ url, username, password, token, ca }) }
}

/** Throws CONFIG_INVALID if two topic settings name the same topic. */
function checkTopics(found: ResolvedSettings<ServeSetting>, config: ServeConfig): void {
  const topics = ['dataTopic', 'modelsTopic', 'resultsTopic', 'deadLetterTopic'] as const
  for (const [index, name] of topics.entries()) {
    const same = topics.slice(0, index).find(other => config[other] === config[name])
    if (same) throw found.refuse(name, `a topic other than that of ${same}`)
  }
}
