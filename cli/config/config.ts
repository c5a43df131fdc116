import { readFileSync } from 'node:fs'
import { defaultDeadLetterTopic } from '../../topology/runtime/config/index.ts'
import { kafkaConfig, type KafkaConfig } from './kafka-config.ts'
import { accessFiles, accessSettings, type RestTlsConfig, restTls, tokens } from './rest-access.ts'
import { type ConfigSources, readSettingFile, type ResolvedSettings, resolveSettings } from './resolve-settings.ts'
import { clientSettings, restSettings, type ServeSetting, serveSettings, type SettingName, type SettingValue } from './settings.ts'

/** What the data records look like. `schema` and `message` undefined: WineRecord. `features` undefined: every field of the message. */
export type DataConfig = { readonly [N in DataSetting]: SettingValue<`data.${N}`> }

type DataSetting = 'format' | 'schema' | 'message' | 'dataTypeField' | 'features'

export interface TopicsConfig extends Values<'applicationId' | 'dataTopic' | 'modelsTopic' | 'resultsTopic'> {
  readonly deadLetterTopic: string
}

/** What a command needs that talks to Kafka. */
export interface ClientConfig extends KafkaConfig, TopicsConfig {
  readonly data: DataConfig
}

/** What a command needs that asks an instance by REST. */
export interface RestConfig {
  readonly url: string
  readonly token: string | undefined
  /** Authorities that vouch for the instance's certificate, as PEM; undefined: the system's. */
  readonly ca: string | undefined
}

/** Settings by name. */
type Values<N extends SettingName> = { readonly [M in N]: SettingValue<M> }

/** The settings of an instance that are used as they are given. */
const plainSettings = serveSettings.filter(isPlain)

type PlainSetting = Exclude<ServeSetting, keyof ClientConfig | `${string}.${string}` | (typeof accessSettings)[number]>

/** One instance, complete. */
export interface ServeConfig extends ClientConfig, Values<PlainSetting> {
  /** Each opens REST; the first is what other instances are asked with. At least one, or undefined: everything is open. */
  readonly tokens: readonly string[] | undefined
  /** undefined: plain HTTP. */
  readonly tls: RestTlsConfig | undefined
  /** What `tokens` and `tls` were read from. */
  readonly accessFiles: readonly string[]
}

type ClientSetting = (typeof clientSettings)[number]

/** The settings of `sluice serve`. Throws SluiceError CONFIG_INVALID: one line with setting, source, value and what is allowed. */
export function resolveConfig(sources: ConfigSources): ServeConfig {
  const found = resolveSettings(serveSettings, sources)
  const config: ServeConfig = {
    ...client(found, sources),
    ...values(found, plainSettings),
    tokens: tokens(found, sources),
    tls: restTls(found, sources),
    accessFiles: accessFiles(found),
  }
  checkTopics(found, config)
  if (['0.0.0.0', '::'].includes(config.host) && !config.advertise) {
    throw found.refuse('advertise', `host:port, required because other instances cannot connect to host ${config.host}`)
  }
  return Object.freeze(config)
}

/** The settings of a command that talks to Kafka; what only `serve` needs is not looked at. */
export function resolveClientConfig(sources: ConfigSources): ClientConfig {
  return Object.freeze(client(resolveSettings(clientSettings, sources), sources))
}

/** The settings of a command that asks an instance. */
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

/** This process's own: the flags as given, its environment, its files. */
export function processSources(flags: Readonly<Record<string, unknown>>): ConfigSources {
  return { flags, env: process.env, readFile: path => readFileSync(path, 'utf8') }
}

function client(found: ResolvedSettings<ClientSetting>, sources: ConfigSources): ClientConfig {
  const topics = values(found, ['applicationId', 'dataTopic', 'modelsTopic', 'resultsTopic'])
  const deadLetterTopic = found.value('deadLetterTopic') ?? defaultDeadLetterTopic(topics.applicationId)
  return { ...kafkaConfig(found, sources), ...topics, deadLetterTopic, data: data(found) }
}

function values<N extends SettingName>(found: ResolvedSettings<NoInfer<N>>, names: readonly N[]): Values<N> {
  return Object.fromEntries(names.map(name => [name, found.value(name)])) as Values<N>
}

/** What other settings are made of too is not plain. */
function isPlain(name: ServeSetting): name is PlainSetting {
  const others: readonly string[] = [...clientSettings, ...accessSettings]
  return !others.includes(name)
}

function data(found: ResolvedSettings<ClientSetting>): DataConfig {
  const config: DataConfig = {
    format: found.value('data.format'),
    schema: found.value('data.schema'),
    message: found.value('data.message'),
    dataTypeField: found.value('data.dataTypeField'),
    features: found.value('data.features'),
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

/** Each topic has one use. */
function checkTopics(found: ResolvedSettings<ServeSetting>, config: ServeConfig): void {
  const topics = ['dataTopic', 'modelsTopic', 'resultsTopic', 'deadLetterTopic'] as const
  for (const [index, name] of topics.entries()) {
    const same = topics.slice(0, index).find(other => config[other] === config[name])
    if (same) throw found.refuse(name, `a topic other than that of ${same}`)
  }
}
