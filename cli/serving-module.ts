import { defaultModelFactory, LoadedModels } from '../models/index.ts'
import { servingTopology } from '../serving/index.ts'
import type { Topology } from '../topology/index.ts'
import type { ServeConfig } from './config.ts'
import { dataReader } from './data-reader.ts'

export const modelStore = 'ModelStateStore'

/** A model's bytes come in one record or from a file; beyond this they would not fit beside the data. */
const maxModelBytes = 64 * 1024 * 1024

/** The settings that the serving topology is built from: plain data, which may go to another thread. */
export type ServingSettings = Pick<ServeConfig, 'dataTopic' | 'modelsTopic' | 'resultsTopic' | 'data' | 'modelRoots'> &
  Partial<Pick<ServeConfig, 'join'>>

export function servingSettings({
  dataTopic,
  modelsTopic,
  resultsTopic,
  data,
  modelRoots,
  join = 'keyed',
}: ServingSettings): ServingSettings {
  return { dataTopic, modelsTopic, resultsTopic, data, modelRoots, join }
}

/** This module, for stream threads that build the topology for themselves. */
export const servingModule = new URL(import.meta.url)

/** The model-serving topology as the settings have it. `models`: what its tasks keep loaded; a thread's own unless given. */
export function createTopology(settings: ServingSettings, models = new LoadedModels()): Topology {
  const { dataTopic, modelsTopic, resultsTopic, data, modelRoots, join = 'keyed' } = settings
  return servingTopology({
    dataTopic,
    modelsTopic,
    resultsTopic,
    storeName: modelStore,
    join,
    reader: dataReader(data),
    factory: defaultModelFactory(),
    models,
    modelRoots,
    maxModelBytes,
  })
}
