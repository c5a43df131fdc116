import { Option } from 'commander'
import { defaultText } from '../../base/options/index.ts'
import { applicationSettingTable } from './application-settings.ts'
import { kafkaSettingTable } from './kafka-settings.ts'
import { restSettingTable } from './rest-settings.ts'
import { servingSettingTable } from './serving-settings.ts'
import type { Setting } from './setting.ts'

export { guarantees } from '../../topology/runtime/config/index.ts'
export type { Setting } from './setting.ts'

/** The tables of settings, by what they are about. */
export const settingTables = {
  kafka: kafkaSettingTable,
  application: applicationSettingTable,
  serving: servingSettingTable,
  rest: restSettingTable,
} as const

/** Every setting there is: the flags, the environment variables, the YAML keys, their checks and their help come from these tables. */
export const settings = { ...kafkaSettingTable, ...applicationSettingTable, ...servingSettingTable, ...restSettingTable } as const

export type SettingName = keyof typeof settings
export type SettingValue<N extends SettingName> = (typeof settings)[N] extends Setting<infer T> ? T : never
export const settingNames = Object.keys(settings) as readonly SettingName[]

export const kafkaSettings = Object.keys(kafkaSettingTable) as readonly (keyof typeof kafkaSettingTable)[]
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
  return defaultText(settings[name])
}

/** The settings as options of a command. Their values stay text: `resolve…` in config.ts checks them, whatever their source. */
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

/** What text and YAML may hold, for messages. */
export function allowedIn(name: SettingName): string {
  const { kind } = settings[name] as Setting<unknown>
  return kind.allowedText ?? kind.allowed
}

/** What documents say of a setting. */
export interface SettingRow {
  readonly name: SettingName
  /** The option of `SluiceStreams` that it sets; '' where it sets none. */
  readonly option: string
  /** '' where it has none. */
  readonly flag: string
  readonly env: string
  readonly type: string
  readonly allowed: string
  readonly default: string
  readonly unit: string
  readonly meaning: string
}

/** The settings of a table, a row each. */
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
