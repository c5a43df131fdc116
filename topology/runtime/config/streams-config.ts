import { checkedOptions, completeOptions, type ConfigOf, required } from '../../../base/options/index.ts'
import type { HostInfo } from '../../queryable-streams.ts'
import { isolatedListener } from './streams-listener.ts'
import { streamsOptionTable } from './streams-option-table.ts'
import type { StreamsOptions } from './streams-options.ts'

export type { RestoreProgress, StreamsListener } from './streams-listener.ts'
export type { StreamsOptions } from './streams-options.ts'

/** The options of an application, complete. */
export type StreamsConfig = ConfigOf<typeof streamsOptionTable>

/** The address as the option `advertise` takes it. Throws SluiceError CONFIG_INVALID. */
export function checkedAddress(advertise: unknown): HostInfo {
  const table = { advertise: required(streamsOptionTable.advertise.kind, streamsOptionTable.advertise.meaning) }
  return completeOptions(table, checkedOptions({ of: 'SluiceStreams' }, table, { advertise })).advertise
}

/**
 * The options with the defaults of those that are not given, or given as undefined. Throws SluiceError CONFIG_INVALID for an unknown option, a value
 * that is not allowed, or one that is missing.
 */
export function streamsConfig(options: StreamsOptions): StreamsConfig {
  const config = completeOptions(streamsOptionTable, checkedOptions({ of: 'SluiceStreams' }, streamsOptionTable, options))
  return { ...config, listener: isolatedListener(config.listener) }
}
