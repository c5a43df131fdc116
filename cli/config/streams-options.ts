import type { StreamsOptions } from '../../topology/runtime/config/index.ts'
import type { ServeConfig } from './config.ts'
import { type Setting, type SettingName, settings } from './settings.ts'

/** The settings that are options of `SluiceStreams`, by their names there. Options within options are made already: see `kafkaConfig`. */
const optionNames = Object.entries(settings).flatMap(([name, row]): (readonly [string, string])[] => {
  const { option } = row as Setting<unknown>
  return option === undefined || name.includes('.') ? [] : [[option, name]]
})

/** The options of the application that an instance runs. */
export function streamsOptions(config: ServeConfig): StreamsOptions {
  const { ssl, sasl } = config
  const values = config as unknown as Readonly<Record<SettingName, unknown>>
  const others = Object.fromEntries(optionNames.map(([option, name]) => [option, values[name as SettingName]]))
  return { ...(others as unknown as StreamsOptions), ssl, sasl }
}
