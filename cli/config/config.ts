import { readFileSync } from 'node:fs'
import type { ColumnSpec } from '../../records/column-batch.ts'
import { kafkaConfig, type KafkaConfig } from './kafka-config.ts'
import { accessFiles, type RestTlsConfig, restTls, tokens } from './rest-access.ts'
import { type ConfigSources, readSettingFile, type ResolvedSettings, resolveSettings } from './resolve-settings.ts'
import {
  clientSettings,
  type dataFormats,
  type guarantees,
  type joins,
  type logLevels,
  restSettings,
  type ServeSetting,
  serveSettings,
} from './settings.ts'
import type { HostPort } from './value-kinds.ts'

/** What the data records look like. `schema` and `message` undefined: WineRecord. `features` undefined: every field of the message. */
export interface DataConfig {
  readonly format: (typeof dataFormats)[number]
  readonly schema: string | undefined
  readonly message: string | undefined
  readonly dataTypeField: string
  readonly features: readonly ColumnSpec[] | undefined
}

export interface TopicsConfig {
  readonly applicationId: string
  readonly dataTopic: string
  readonly modelsTopic: string
  readonly resultsTopic: string
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

/** One instance, complete. */
export interface ServeConfig extends ClientConfig {
  readonly stateDir: string
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** undefined: host and the port that REST got. */
  readonly advertise: HostPort | undefined
  /** Each opens REST; the first is what other instances are asked with. At least one, or undefined: everything is open. */
  readonly tokens: readonly string[] | undefined
  /** undefined: plain HTTP. */
  readonly tls: RestTlsConfig | undefined
  /** Where other instances may be asked; undefined: anywhere. */
  readonly peers: readonly string[] | undefined
  /** By which other names REST may be asked; undefined: none on a loopback address, any elsewhere. */
  readonly allowedHosts: readonly string[] | undefined
  /** Whose pages may ask REST by CORS; undefined: none. */
  readonly corsOrigins: readonly string[] | undefined
  /** What `tokens` and `tls` were read from. */
  readonly accessFiles: readonly string[]
  readonly keepAliveMs: number
  readonly drainMs: number
  readonly guarantee: (typeof guarantees)[number]
  readonly commitIntervalMs: number
  readonly sessionTimeoutMs: number
  readonly standbyReplicas: number
  /** 0: none beside the main thread. */
  readonly threads: number
  readonly maxTaskIdleMs: number
  readonly maxBatch: number
  readonly modelRoots: readonly string[]
  readonly modelHosts: readonly string[]
  readonly maxModelBytes: number
  readonly modelCacheBytes: number
  readonly modelLoadTimeoutMs: number
  readonly modelWaitMs: number
  readonly join: (typeof joins)[number]
  readonly serverName: string
  readonly tritonMetrics: boolean
  readonly tracing: boolean
  readonly logLevel: (typeof logLevels)[number]
}

type ClientSetting = (typeof clientSettings)[number]

/** The settings of `sluice serve`. Throws SluiceError CONFIG_INVALID: one line with setting, source, value and what is allowed. */
export function resolveConfig(sources: ConfigSources): ServeConfig {
  const found = resolveSettings(serveSettings, sources)
  const config: ServeConfig = {
    ...client(found, sources),
    stateDir: found.value('stateDir'),
    host: found.value('host'),
    port: found.value('port'),
    advertise: found.value('advertise'),
    tokens: tokens(found, sources),
    tls: restTls(found, sources),
    peers: found.value('peers'),
    allowedHosts: found.value('allowedHosts'),
    corsOrigins: found.value('corsOrigins'),
    accessFiles: accessFiles(found),
    keepAliveMs: found.value('keepAliveMs'),
    drainMs: found.value('drainMs'),
    guarantee: found.value('guarantee'),
    commitIntervalMs: found.value('commitIntervalMs'),
    sessionTimeoutMs: found.value('sessionTimeoutMs'),
    standbyReplicas: found.value('standbyReplicas'),
    threads: found.value('threads'),
    maxTaskIdleMs: found.value('maxTaskIdleMs'),
    maxBatch: found.value('maxBatch'),
    modelRoots: found.value('modelRoots'),
    modelHosts: found.value('modelHosts'),
    maxModelBytes: found.value('maxModelBytes'),
    modelCacheBytes: found.value('modelCacheBytes'),
    modelLoadTimeoutMs: found.value('modelLoadTimeoutMs'),
    modelWaitMs: found.value('modelWaitMs'),
    join: found.value('join'),
    serverName: found.value('serverName'),
    tritonMetrics: found.value('tritonMetrics'),
    tracing: found.value('tracing'),
    logLevel: found.value('logLevel'),
  }
  checkTopics(found, config)
  if (['0.0.0.0', '::'].includes(config.host) && !config.advertise) {
    throw found.refuse('advertise', `host:port, needed since other instances cannot reach host ${config.host}`)
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
  return {
    ...kafkaConfig(found, sources),
    applicationId: found.value('applicationId'),
    dataTopic: found.value('dataTopic'),
    modelsTopic: found.value('modelsTopic'),
    resultsTopic: found.value('resultsTopic'),
    deadLetterTopic: found.value('deadLetterTopic') ?? `${found.value('applicationId')}-dead-letters`,
    data: data(found),
  }
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
    if (config.format !== 'protobuf' && found.isSet(name)) throw found.refuse(name, 'nothing, since data.format is not protobuf')
  }
  if ((config.schema === undefined) !== (config.message === undefined)) {
    const missing = config.schema === undefined ? 'data.schema' : 'data.message'
    throw found.refuse(missing, 'text, needed since data.schema and data.message go together')
  }
  const names = config.features?.map(feature => feature.name) ?? []
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw found.refuse('data.features', `each field once; ${JSON.stringify(twice)} is there twice`)
  return Object.freeze(config)
}

/** Each topic has one use. */
function checkTopics(found: ResolvedSettings<ServeSetting>, config: ServeConfig): void {
  const topics = ['dataTopic', 'modelsTopic', 'resultsTopic', 'deadLetterTopic'] as const
  for (const [index, name] of topics.entries()) {
    const same = topics.slice(0, index).find(other => config[other] === config[name])
    if (same) throw found.refuse(name, `a topic of its own, not that of ${same}`)
  }
}
