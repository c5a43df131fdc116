import type { ConfigOf, Option, OptionDetails, SettingKind } from '../../base/options/index.ts'
import { streamsOptionTable } from '../../topology/runtime/config/index.ts'

/** One setting. Its name is its YAML key (a dot: a key within an object); flag and environment variable follow from the name. */
export interface Setting<T> extends Option<T> {
  readonly kind: SettingKind<Exclude<T, undefined>>
  /** Further environment variables; the derived one takes precedence. */
  readonly otherEnv?: readonly string[]
  /** The setting has no flag, because other users of the machine can read command lines. */
  readonly noFlag?: boolean
  /** The option of `SluiceStreams` that the setting sets; undefined: none. */
  readonly option?: string
}

type Details<T> = Omit<OptionDetails<T>, 'derive'> & Pick<Setting<T>, 'otherEnv' | 'noFlag' | 'option'>

/** A setting with a default. */
export function setting<T>(kind: SettingKind<T>, value: NoInfer<T>, meaning: string, details: Details<NoInfer<T>> = {}): Setting<T> {
  return { kind: kind as SettingKind<Exclude<T, undefined>>, default: value, meaning, ...details }
}

/** A setting that may be absent. */
export function optionalSetting<T>(kind: SettingKind<T>, meaning: string, details: Details<T | undefined> = {}): Setting<T | undefined> {
  return { kind: kind as SettingKind<Exclude<T, undefined>>, default: undefined, meaning, ...details }
}

/** Makes a setting from an option of another layer. Throws TypeError if the option cannot be given as text. */
export function settingOf<T>(row: Option<T>): Setting<T> {
  if (!('parse' in row.kind)) throw new TypeError(`this option has no form as text: ${row.meaning}`)
  return row as Setting<T>
}

type StreamsTable = typeof streamsOptionTable
type StreamsConfig = ConfigOf<StreamsTable>
type StreamsOption = keyof StreamsTable

/** A setting for the option of `SluiceStreams`; its name may differ from that of the option. */
export function streamsSetting<N extends StreamsOption>(option: N): Setting<StreamsConfig[N]> {
  return { ...settingOf(streamsOptionTable[option] as Option<unknown>), option } as unknown as Setting<StreamsConfig[N]>
}

/** Like `streamsSetting`, with another default or without one. */
export function streamsSettingOr<N extends StreamsOption, D extends StreamsConfig[N] | undefined>(
  option: N,
  value: D,
  details: Details<unknown> = {},
): Setting<Exclude<StreamsConfig[N], undefined> | D> {
  const { kind, meaning, unit } = streamsSetting(option)
  return { kind, meaning, ...(unit === undefined ? {} : { unit }), ...details, option, default: value } as unknown as Setting<
    Exclude<StreamsConfig[N], undefined> | D
  >
}

/** A setting that may be absent, with the kind and the meaning of a nested option. */
export function settingWithin<T>(
  { kind, meaning, secret }: Option<T>,
  option: string,
  details: Details<T | undefined> = {},
): Setting<T | undefined> {
  const shared = { kind, meaning, option, default: undefined, ...(secret === undefined ? {} : { secret }) }
  return { ...shared, ...details } as unknown as Setting<T | undefined>
}
