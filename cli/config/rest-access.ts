import { type ConfigSources, readSettingFile, type ResolvedSettings } from './resolve-settings.ts'
import type { SettingName } from './settings.ts'

/** Certificate, key and authorities of REST, as PEM. */
export interface RestTlsConfig {
  readonly cert: string
  readonly key: string
  readonly ca: string | undefined
}

const fileSettings = ['tokenFile', 'tlsCert', 'tlsKey', 'tlsCa'] as const satisfies readonly SettingName[]
/** The settings that become `tokens` and `tls`. */
export const accessSettings = ['token', ...fileSettings] as const
type FileSetting = (typeof fileSettings)[number]

/** The files that `tokens` and `restTls` read. */
export function accessFiles(found: ResolvedSettings<FileSetting>): readonly string[] {
  return fileSettings.flatMap(name => found.value(name) ?? [])
}

/** Throws CONFIG_INVALID. */
export function restTls(found: ResolvedSettings<FileSetting>, sources: ConfigSources): RestTlsConfig | undefined {
  const pem = (name: 'tlsCert' | 'tlsKey' | 'tlsCa'): string | undefined => {
    const path = found.value(name)
    return path === undefined ? undefined : readSettingFile(name, path, sources)
  }
  const [cert, key, ca] = [pem('tlsCert'), pem('tlsKey'), pem('tlsCa')]
  if (cert === undefined && key === undefined) {
    if (ca !== undefined) throw found.refuse('tlsCert', 'a PEM file, required with tlsCa')
    return undefined
  }
  if (cert === undefined) throw found.refuse('tlsCert', 'a PEM file, required because tlsCert and tlsKey must be set together')
  if (key === undefined) throw found.refuse('tlsKey', 'a PEM file, required because tlsCert and tlsKey must be set together')
  return Object.freeze({ cert, key, ca })
}

/** The characters that an HTTP header carries unchanged. A token with other characters, such as from a UTF-16 file, could never match. */
const sendable = /^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/
const characters = 'at most 4096 printable ASCII characters'

/** The tokens of `token`, or the trimmed lines of `tokenFile`; the setting whose source ranks first wins. Throws CONFIG_INVALID. */
export function tokens(found: ResolvedSettings<'token' | 'tokenFile'>, sources: ConfigSources): readonly string[] | undefined {
  const path = found.value('tokenFile')
  if (path === undefined || found.rank('token') < found.rank('tokenFile')) {
    const given = found.value('token')
    if (given?.every(token => sendable.test(token)) === false) throw found.refuse('token', `tokens of ${characters}`)
    return given
  }
  if (found.isSet('token') && found.rank('token') === found.rank('tokenFile'))
    throw found.refuse('tokenFile', 'no value, because token is set too')
  const lines = readSettingFile('tokenFile', path, sources).split(/[\r\n]/)
  const given = lines.map(line => line.trim()).filter(line => line !== '')
  if (given.length === 0) throw found.refuse('tokenFile', 'a file with one token per line; this file is empty')
  const wrong = given.findIndex(token => !sendable.test(token))
  if (wrong >= 0) throw found.refuse('tokenFile', `a file with one token per line, each of ${characters}; token ${wrong + 1} is not`)
  return given
}
