import { servingOptions, servingTopology, type ModelServingOptions, type ModelServingParts } from '../../serving/index.ts'
import type { Topology } from '../../topology/index.ts'
import { type ServeConfig, dataReader } from '../config/index.ts'

/** The settings of the serving topology. They are plain data, so that they can be sent to a worker thread. Without a state directory models are not cached. */
export type ServingSettings = Pick<ServeConfig, 'dataTopic' | 'modelsTopic' | 'resultsTopic' | 'data' | 'modelRoots'> &
  Partial<
    Pick<
      ServeConfig,
      | 'store'
      | 'join'
      | 'stateDir'
      | 'modelHosts'
      | 'codeRoots'
      | 'trustedKeys'
      | 'eventKey'
      | 'eventKeyPasswordFile'
      | 'maxModelBytes'
      | 'modelCacheBytes'
      | 'modelLoadTimeoutMs'
      | 'scoreDeadlineMs'
      | 'quarantineAfter'
      | 'modelJail'
      | 'modelWaitMs'
      | 'policies'
      | 'deciderRoots'
    >
  >

/** Selects these settings from a configuration. */
export function servingSettings(config: ServingSettings): ServingSettings {
  const { dataTopic, modelsTopic, resultsTopic, data, modelRoots, store, join, stateDir } = config
  const { modelHosts, codeRoots, maxModelBytes, modelCacheBytes, modelLoadTimeoutMs, scoreDeadlineMs, quarantineAfter, modelWaitMs } =
    config
  const { policies, deciderRoots, modelJail, trustedKeys, eventKey, eventKeyPasswordFile } = config
  const keys = { trustedKeys, eventKey, eventKeyPasswordFile }
  const times = { modelLoadTimeoutMs, scoreDeadlineMs, quarantineAfter, modelWaitMs }
  const limits = { maxModelBytes, modelCacheBytes, ...times, policies, deciderRoots, modelJail, ...keys }
  const all = { dataTopic, modelsTopic, resultsTopic, data, modelRoots, store, join, stateDir, modelHosts, codeRoots, ...limits }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as ServingSettings
}

/** The URL of this module; stream threads import it and build the topology. */
export const servingModule = new URL(import.meta.url)

/** Builds the model-serving topology from the settings. */
export function createTopology(config: ServingSettings, parts: ModelServingParts = {}): Topology {
  return servingTopology(servingOptions(modelServing(config), parts))
}

/** Converts the settings to options of the instance. Throws CONFIG_INVALID. */
export function modelServing(config: ServingSettings): ModelServingOptions {
  const { data, ...settings } = servingSettings(config)
  return { ...settings, reader: dataReader(data) }
}
