import { servingOptions, servingTopology, type ModelServingOptions, type ModelServingParts } from '../../serving/index.ts'
import type { Topology } from '../../topology/index.ts'
import { type ServeConfig, dataReader } from '../config/index.ts'

/** The settings that the serving topology is built from: plain data, which may go to another thread. Without a state directory nothing is cached. */
export type ServingSettings = Pick<ServeConfig, 'dataTopic' | 'modelsTopic' | 'resultsTopic' | 'data' | 'modelRoots'> &
  Partial<
    Pick<ServeConfig, 'join' | 'stateDir' | 'modelHosts' | 'maxModelBytes' | 'modelCacheBytes' | 'modelLoadTimeoutMs' | 'modelWaitMs'>
  >

/** Those of a whole configuration. */
export function servingSettings(config: ServingSettings): ServingSettings {
  const { dataTopic, modelsTopic, resultsTopic, data, modelRoots, join, stateDir } = config
  const { modelHosts, maxModelBytes, modelCacheBytes, modelLoadTimeoutMs, modelWaitMs } = config
  const limits = { maxModelBytes, modelCacheBytes, modelLoadTimeoutMs, modelWaitMs }
  const all = { dataTopic, modelsTopic, resultsTopic, data, modelRoots, join, stateDir, modelHosts, ...limits }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as ServingSettings
}

/** This module, for stream threads that build the topology for themselves. */
export const servingModule = new URL(import.meta.url)

/** The model-serving topology as the settings have it. */
export function createTopology(config: ServingSettings, parts: ModelServingParts = {}): Topology {
  return servingTopology(servingOptions(modelServing(config), parts))
}

/** The settings as the instance takes them. Throws CONFIG_INVALID. */
export function modelServing(config: ServingSettings): ModelServingOptions {
  const { data, ...settings } = servingSettings(config)
  return { ...settings, reader: dataReader(data) }
}
