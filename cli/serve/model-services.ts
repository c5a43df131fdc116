import { LoadedModels, type ModelGuard } from '../../models/index.ts'
import type { ModelServices } from '../../rest/index.ts'
import { ModelLoader, ModelPublisher, ModelRegistry, usageStoreName } from '../../serving/index.ts'
import type { ModelStateStore, ModelUsageStore } from '../../stores/index.ts'
import type { SluiceStreams } from '../../topology/runtime/index.ts'
import type { ServeConfig } from '../config/config.ts'
import { modelStore, servingOptions } from './serving-module.ts'

/** What REST knows of the models and does with them, until it is closed. */
export interface OpenModelServices extends ModelServices {
  close(): Promise<void>
}

/** Nothing is read or loaded before the first request that needs it. */
export function openModelServices(
  config: ServeConfig,
  { streams, guard }: { readonly streams: SluiceStreams; readonly guard: ModelGuard },
): OpenModelServices {
  // Not the tasks' loaded models: a model's calls must not overlap, and tasks should not wait for requests.
  const models = new LoadedModels()
  const loader = new ModelLoader(servingOptions(config, { models, guard }))
  const registry = new ModelRegistry({
    openGlobalStore: async onFailure => {
      const globalStore = await streams.openGlobalStore(modelStore, onFailure)
      const store = globalStore.store as ModelStateStore
      if (config.join !== 'broadcast') return { store, caughtUp: () => globalStore.caughtUp(), close: () => globalStore.close() }
      // How models serve is counted by the data's tasks.
      const usage = await streams.openGlobalStore(usageStoreName({ storeName: modelStore }), onFailure)
      store.attach(usage.store as ModelUsageStore)
      const both = async (step: (each: typeof globalStore) => Promise<void>): Promise<void> => {
        await Promise.all([globalStore, usage].map(step))
      }
      return { store, caughtUp: () => both(each => each.caughtUp()), close: () => both(each => each.close()) }
    },
    load: (version, store) => loader.open(version, store),
  })
  return {
    registry,
    publisher: new ModelPublisher(streams.inputTopic(config.modelsTopic), registry),
    store: modelStore,
    maxBatch: config.maxBatch,
    close: async () => {
      await registry.close()
      await models.close()
    },
  }
}
