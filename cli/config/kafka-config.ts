import { createSecureContext } from 'node:tls'
import { isCertificates, messageOf } from '../../base/index.ts'
import type { KafkaSettings, OAuthBearer, TokenSource } from '../../topology/runtime/index.ts'
import { type ConfigSources, readSettingFile, type ResolvedSettings } from './resolve-settings.ts'
import type { kafkaSettings } from './settings.ts'

/** Contents of PEM files. */
export interface TlsConfig {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Passphrase of `key`. */
  readonly passphrase?: string
}

/** How to connect to the brokers, as plain data. */
export interface KafkaConfig {
  readonly brokers: readonly string[]
  readonly ssl: true | TlsConfig | undefined
  readonly sasl: KafkaSettings['sasl']
}

type KafkaSetting = (typeof kafkaSettings)[number]
type Found = ResolvedSettings<KafkaSetting>

/** Throws CONFIG_INVALID. */
export function kafkaConfig(found: Found, sources: ConfigSources): KafkaConfig {
  return { brokers: found.value('brokers'), ssl: tls(found, sources), sasl: sasl(found, sources) }
}

function tls(found: Found, sources: ConfigSources): KafkaConfig['ssl'] {
  const given = (['ssl.ca', 'ssl.cert', 'ssl.key', 'ssl.passphrase'] as const).some(name => found.isSet(name))
  if (!(found.value('ssl.enabled') ?? given)) return undefined
  if (found.isSet('ssl.cert') !== found.isSet('ssl.key')) {
    throw found.refuse(
      found.isSet('ssl.cert') ? 'ssl.key' : 'ssl.cert',
      'a PEM file, required because ssl.cert and ssl.key must be set together',
    )
  }
  const [ca, cert, key] = [pem('ssl.ca', found, sources), pem('ssl.cert', found, sources), pem('ssl.key', found, sources)]
  const passphrase = found.value('ssl.passphrase')
  const files = Object.fromEntries(
    Object.entries({ ca, cert, key, passphrase }).filter(([, content]) => content !== undefined),
  ) as TlsConfig
  checkTls(files, found)
  return Object.keys(files).length > 0 ? Object.freeze(files) : true
}

/** Checks the contents of the files now. kafkajs would fail only at each connection, with a message that does not name the file. */
function checkTls({ ca, ...own }: TlsConfig, found: Found): void {
  for (const [name, content] of [['ssl.ca', ca] as const, ['ssl.cert', own.cert] as const]) {
    if (content !== undefined && !isCertificates(content)) throw found.refuse(name, pemFile)
  }
  try {
    createSecureContext(own)
  } catch (error) {
    throw found.refuse(
      'ssl.key',
      `a PEM file with the private key of ssl.cert, and the right ssl.passphrase if it is encrypted (${messageOf(error)})`,
    )
  }
}

function pem(name: 'ssl.ca' | 'ssl.cert' | 'ssl.key', found: Found, sources: ConfigSources): string | undefined {
  const path = found.value(name)
  return path === undefined ? undefined : readSettingFile(name, path, sources)
}

const pemFile = 'a PEM file with whole certificates, each between lines -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----'

const passwordSettings = ['sasl.username', 'sasl.password'] as const
const tokenKinds = ['sasl.tokenFile', 'sasl.tokenCommand', 'sasl.tokenUrl'] as const
const endpointSettings = ['sasl.clientId', 'sasl.clientSecret', 'sasl.scope', 'sasl.tokenCa'] as const

function sasl(found: Found, sources: ConfigSources): KafkaConfig['sasl'] {
  const tokenSettings = [...tokenKinds, ...endpointSettings, 'sasl.extensions'] as const
  const token = tokenSettings.find(name => found.isSet(name))
  const mechanism = found.value('sasl.mechanism') ?? (token === undefined ? 'plain' : 'oauthbearer')
  if (!found.isSet('sasl.mechanism') && token === undefined && !passwordSettings.some(name => found.isSet(name))) return undefined
  if (mechanism === 'oauthbearer') {
    const other = passwordSettings.find(name => found.isSet(name))
    if (other !== undefined) throw found.refuse(other, 'no value, because oauthbearer authenticates with a token')
    return bearer(found, sources)
  }
  if (token !== undefined) throw found.refuse(token, `no value, because sasl.mechanism is ${mechanism}`)
  const [username, password] = [found.value('sasl.username'), found.value('sasl.password')]
  if (username === undefined) throw found.refuse('sasl.username', 'text, required with SASL')
  if (password === undefined) throw found.refuse('sasl.password', 'text, required with SASL (set SLUICE_SASL_PASSWORD or the YAML key)')
  return Object.freeze({ mechanism, username, password } as NonNullable<KafkaConfig['sasl']>)
}

function bearer(found: Found, sources: ConfigSources): OAuthBearer {
  const extensions = found.value('sasl.extensions')
  const token = Object.freeze(tokenSource(found, sources))
  return Object.freeze({
    mechanism: 'oauthbearer',
    token,
    ...(extensions === undefined ? {} : { extensions: Object.freeze(Object.fromEntries(extensions)) }),
  })
}

function tokenSource(found: Found, sources: ConfigSources): TokenSource {
  const [kind, second] = tokenKinds.filter(name => found.isSet(name))
  if (kind === undefined)
    throw found.refuse('sasl.tokenUrl', 'one of sasl.tokenFile, sasl.tokenCommand and sasl.tokenUrl, required with oauthbearer')
  if (second !== undefined) throw found.refuse(second, `no value, because ${kind} is set too`)
  if (kind !== 'sasl.tokenUrl') {
    const stray = endpointSettings.find(name => found.isSet(name))
    if (stray !== undefined) throw found.refuse(stray, `no value, because it belongs to sasl.tokenUrl and not to ${kind}`)
    return kind === 'sasl.tokenFile' ? { file: found.value(kind) as string } : { command: found.value(kind) as string }
  }
  const [clientId, clientSecret, caPath] = [found.value('sasl.clientId'), found.value('sasl.clientSecret'), found.value('sasl.tokenCa')]
  if (clientId === undefined) throw found.refuse('sasl.clientId', 'text, required with sasl.tokenUrl')
  if (clientSecret === undefined) {
    throw found.refuse('sasl.clientSecret', 'text, required with sasl.tokenUrl (set SLUICE_SASL_CLIENT_SECRET or the YAML key)')
  }
  const ca = caPath === undefined ? undefined : readSettingFile('sasl.tokenCa', caPath, sources)
  if (ca !== undefined && !isCertificates(ca)) throw found.refuse('sasl.tokenCa', pemFile)
  return { url: found.value(kind) as string, clientId, clientSecret, scope: found.value('sasl.scope'), ca }
}
