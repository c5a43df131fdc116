import { Option } from 'commander'
import { defaultText } from '../../base/options/index.ts'
import { applicationSettingTable } from './application-settings.ts'
import { kafkaSettingTable } from './kafka-settings.ts'
import { restSettingTable } from './rest-settings.ts'
import { servingSettingTable } from './serving-settings.ts'
import type { Setting } from './setting.ts'

export { guarantees } from '../../topology/runtime/config/index.ts'
export type { Setting } from './setting.ts'

/** The tables of settings, by subject. */
export const settingTables = {
  kafka: kafkaSettingTable,
  application: applicationSettingTable,
  serving: servingSettingTable,
  rest: restSettingTable,
} as const

/** Every setting. Flags, environment variables, YAML keys, checks and help are derived from these tables. */
export const settings = { ...kafkaSettingTable, ...applicationSettingTable, ...servingSettingTable, ...restSettingTable } as const

export type SettingName = keyof typeof settings
export type SettingValue<N extends SettingName> = (typeof settings)[N] extends Setting<infer T> ? T : never
export const settingNames = Object.keys(settings) as readonly SettingName[]

export const kafkaSettings = Object.keys(kafkaSettingTable) as readonly (keyof typeof kafkaSettingTable)[]
export const restSettings = ['url', 'host', 'port', 'token', 'tokenFile', 'tlsCert', 'tlsCa'] as const satisfies readonly SettingName[]
/** The settings of commands that connect to Kafka. */
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
  'registry.url',
  'registry.username',
  'registry.password',
  'registry.token',
  'registry.ca',
] as const satisfies readonly SettingName[]
export type ServeSetting = Exclude<SettingName, 'url'>
/** The settings of an instance; `url` is only for commands that send requests to one. */
export const serveSettings = settingNames.filter((name): name is ServeSetting => name !== 'url')

/** The command-line flag: `--` and the name in kebab case; `ssl.enabled` is `--ssl`. */
export function flagOf(name: SettingName): string {
  return `--${words(name).join('-').toLowerCase()}`
}

/** The property in which commander stores the value of the flag. */
export function flagKey(name: SettingName): string {
  return new Option(flagOf(name)).attributeName()
}

/** The environment variables of the setting; the first that is set wins. */
export function envOf(name: SettingName): readonly string[] {
  return [`SLUICE_${words(name).join('_').toUpperCase()}`, ...((settings[name] as Setting<unknown>).otherEnv ?? [])]
}

function words(name: SettingName): string[] {
  return (name === 'ssl.enabled' ? 'ssl' : name).split(/\.|(?=[A-Z])/)
}

/** The default as shown in help; '' if there is none. */
export function defaultOf(name: SettingName): string {
  return defaultText(settings[name])
}

/** The settings as options of a command. Values stay text; the `resolve…` functions of config.ts check the values of all sources. */
export function settingOptions(names: readonly SettingName[]): Option[] {
  return names.flatMap(name => {
    const { kind, meaning, unit, noFlag } = settings[name] as Setting<unknown>
    if (noFlag) return []
    const measured = unit === 'ms' || unit === 'bytes' ? ` ${unit}` : ''
    const shown = [defaultOf(name) && `default: ${defaultOf(name)}${measured}`, `env: ${envOf(name).join(', ')}`].filter(Boolean)
    const help = `${meaning} (${shown.join('; ')})`
    return [new Option(kind.placeholder ? `${flagOf(name)} <${kind.placeholder}>` : flagOf(name), help)]
  })
}

/** The allowed text or YAML values, for messages. */
export function allowedIn(name: SettingName): string {
  const { kind } = settings[name] as Setting<unknown>
  return kind.allowedText ?? kind.allowed
}

/** A setting as a row of the documentation. */
export interface SettingRow {
  readonly name: SettingName
  /** The option of `SluiceStreams` that the setting sets; '' if none. */
  readonly option: string
  /** '' if the setting has no flag. */
  readonly flag: string
  readonly env: string
  readonly type: string
  readonly allowed: string
  readonly default: string
  readonly unit: string
  readonly meaning: string
}

/** The settings of a table, one row each. */
export function settingRows(table: Readonly<Partial<Record<SettingName, unknown>>> = settings): readonly SettingRow[] {
  return settingNames
    .filter(name => Object.hasOwn(table, name))
    .map(name => {
      const { kind, meaning, noFlag, option = '', unit = '' } = settings[name] as Setting<unknown>
      const flag = noFlag ? '' : flagOf(name)
      return {
        name,
        option,
        flag,
        env: envOf(name).join(', '),
        type: kind.type,
        allowed: allowedIn(name),
        default: defaultOf(name),
        unit,
        meaning,
      }
    })
}
