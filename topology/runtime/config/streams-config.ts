import { checkOptions, completeOptions, type ConfigOf } from '../../../base/options/index.ts'
import { isolatedListener } from './streams-listener.ts'
import { streamsOptionTable } from './streams-option-table.ts'
import type { StreamsOptions } from './streams-options.ts'

export type { RestoreProgress, StreamsListener } from './streams-listener.ts'
export type { StreamsOptions } from './streams-options.ts'

/** The options of an application, complete. */
export type StreamsConfig = ConfigOf<typeof streamsOptionTable>

/** Throws SluiceError CONFIG_INVALID for an unknown option, a value that is not allowed, or one that is missing. */
export function checkStreamsOptions(options: unknown): void {
  checkOptions({ of: 'SluiceStreams' }, streamsOptionTable, options)
}

/** Throws SluiceError CONFIG_INVALID for an address that the option `advertise` does not allow. */
export function checkAdvertised(advertise: unknown): void {
  checkOptions({ of: 'SluiceStreams' }, { advertise: streamsOptionTable.advertise }, { advertise })
}

/** The options with the defaults of those that are not given, or given as undefined. They have been checked: see `checkStreamsOptions`. */
export function streamsConfig(options: StreamsOptions): StreamsConfig {
  const config = completeOptions(streamsOptionTable, options)
  return { ...config, listener: isolatedListener(config.listener) }
}
