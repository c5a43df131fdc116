import { join } from 'node:path'
import { defaultModelFactory, LoadedModels, ModelCache, type ModelFactory, ModelGuard, serviceLoader } from '../../models/index.ts'
import { type ServingOptions, servingTopology } from '../../serving/index.ts'
import type { Topology } from '../../topology/index.ts'
import type { ServeConfig } from '../config/config.ts'
import { dataReader } from '../config/data-reader.ts'
import { settings as defaults } from '../config/settings.ts'

export const modelStore = 'ModelStateStore'

/** Where a caller leaves one out, its default holds. */
const withDefaults = ['join', 'modelHosts', 'maxModelBytes', 'modelCacheBytes', 'modelLoadTimeoutMs', 'modelWaitMs'] as const
type Defaulted = Pick<ServeConfig, (typeof withDefaults)[number]>

/** The settings that the serving topology is built from: plain data, which may go to another thread. Without a state directory nothing is cached. */
export type ServingSettings = Pick<ServeConfig, 'dataTopic' | 'modelsTopic' | 'resultsTopic' | 'data' | 'modelRoots'> &
  Partial<Defaulted & Pick<ServeConfig, 'stateDir'>>

export function servingSettings(config: ServingSettings): ServingSettings & Defaulted {
  const { dataTopic, modelsTopic, resultsTopic, data, modelRoots, stateDir } = config
  const others = Object.fromEntries(withDefaults.map(name => [name, config[name] ?? defaults[name].default])) as unknown as Defaulted
  return { dataTopic, modelsTopic, resultsTopic, data, modelRoots, ...others, ...(stateDir === undefined ? {} : { stateDir }) }
}

/** This module, for stream threads that build the topology for themselves. */
export const servingModule = new URL(import.meta.url)

/** What loads an instance's models, beside the tasks. */
export interface ServingModelParts {
  /** What its tasks keep loaded; a thread's own unless given. */
  readonly models?: LoadedModels
  readonly guard?: ModelGuard
}

/** The model-serving topology as the settings have it. */
export function createTopology(config: ServingSettings, parts: LoadedModels | ServingModelParts = {}): Topology {
  return servingTopology(servingOptions(config, parts))
}

/** What the topology, and all else that loads the models, is made of. */
export function servingOptions(config: ServingSettings, parts: LoadedModels | ServingModelParts = {}): ServingOptions {
  const { models = new LoadedModels(), guard } = parts instanceof LoadedModels ? { models: parts } : parts
  const settings = servingSettings(config)
  const { dataTopic, modelsTopic, resultsTopic, data, modelRoots, stateDir } = settings
  const { join: joined, modelHosts, maxModelBytes, modelCacheBytes, modelWaitMs } = settings
  const cache =
    stateDir === undefined ? {} : { modelCache: new ModelCache({ directory: join(stateDir, 'models'), maxBytes: modelCacheBytes }) }
  return {
    dataTopic,
    modelsTopic,
    resultsTopic,
    storeName: modelStore,
    join: joined,
    reader: dataReader(data),
    factory: modelFactory(settings),
    models,
    guard: guard ?? modelGuard(settings),
    modelRoots,
    modelHosts,
    maxModelBytes,
    modelWaitMs,
    ...cache,
  }
}

/** Loads new models in processes of their own, as the settings have it. */
export function modelGuard(config: ServingSettings): ModelGuard {
  const { modelLoadTimeoutMs: timeoutMs } = servingSettings(config)
  return new ModelGuard({ factory: modelFactory(config), timeoutMs })
}

function modelFactory({ modelHosts = [] }: ServingSettings): ModelFactory {
  return defaultModelFactory().register('SERVICE', serviceLoader({ hosts: modelHosts }))
}
