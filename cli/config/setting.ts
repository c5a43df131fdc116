import type { ConfigOf, Option, OptionDetails, SettingKind } from '../../base/options/index.ts'
import { streamsOptionTable } from '../../topology/runtime/config/index.ts'

/** One setting. Its name is its YAML key (a dot: a key within an object); flag and environment variable follow from the name. */
export interface Setting<T> extends Option<T> {
  readonly kind: SettingKind<Exclude<T, undefined>>
  /** Environment variables beside the derived one, which goes first. */
  readonly otherEnv?: readonly string[]
  /** Not on the command line, which other users of the machine can read. */
  readonly noFlag?: boolean
  /** The option of `SluiceStreams` that it sets; undefined: none. */
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

/** An option of another layer, as a setting of the same name. */
export function settingOf<T>(row: Option<T>): Setting<T> {
  if (!('parse' in row.kind)) throw new TypeError(`this option has no form as text: ${row.meaning}`)
  return row as Setting<T>
}

type StreamsTable = typeof streamsOptionTable
type StreamsConfig = ConfigOf<StreamsTable>
type StreamsOption = keyof StreamsTable

/** A setting that is an option of `SluiceStreams`, whatever its name there is. */
export function streamsSetting<N extends StreamsOption>(option: N): Setting<StreamsConfig[N]> {
  return { ...settingOf(streamsOptionTable[option] as Option<unknown>), option } as unknown as Setting<StreamsConfig[N]>
}

/** The same with another default, or none. */
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

/** The kind and the meaning of an option that is within another, as a setting that may be absent. */
export function settingWithin<T>(
  { kind, meaning, secret }: Option<T>,
  option: string,
  details: Details<T | undefined> = {},
): Setting<T | undefined> {
  const shared = { kind, meaning, option, default: undefined, ...(secret === undefined ? {} : { secret }) }
  return { ...shared, ...details } as unknown as Setting<T | undefined>
}
