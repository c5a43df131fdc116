import type { StreamsOptions } from '../../topology/runtime/config/index.ts'
import type { ServeConfig } from './config.ts'
import { type Setting, type SettingName, settings } from './settings.ts'

/** Pairs of option of `SluiceStreams` and setting. Nested options are not listed: `kafkaConfig` composes them. */
const optionNames = Object.entries(settings).flatMap(([name, row]): (readonly [string, string])[] => {
  const { option } = row as Setting<unknown>
  return option === undefined || name.includes('.') ? [] : [[option, name]]
})

/** Returns the options of `SluiceStreams` for an instance. */
export function streamsOptions(config: ServeConfig): StreamsOptions {
  const { ssl, sasl } = config
  const values = config as unknown as Readonly<Record<SettingName, unknown>>
  const others = Object.fromEntries(optionNames.map(([option, name]) => [option, values[name as SettingName]]))
  return { ...(others as unknown as StreamsOptions), ssl, sasl }
}
