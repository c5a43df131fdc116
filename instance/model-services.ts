import { LoadedModels } from '../models/index.ts'
import type { ModelServices } from '../rest/index.ts'
import { ModelLoader, ModelPublisher, ModelRegistry, type ServingOptions, usageStoreName } from '../serving/index.ts'
import type { ModelStateStore, ModelUsageStore } from '../stores/index.ts'
import type { SluiceStreams } from '../topology/runtime/index.ts'

/** What REST knows of the models and does with them, until it is closed. */
export interface OpenModelServices extends ModelServices {
  /** Ends requests that wait for a model, and gives back what was loaded. */
  close(): Promise<void>
}

/** What the services are made of. */
export interface ModelServiceParts {
  /** The application whose models these are. */
  readonly streams: SluiceStreams
  /** Of the topology that the streams run. */
  readonly serving: ServingOptions
  /** Most rows in one call of a model. */
  readonly maxBatch: number
}

/** Nothing is read or loaded before the first request that needs it. */
export function openModelServices({ streams, serving, maxBatch }: ModelServiceParts): OpenModelServices {
  // Not the tasks' loaded models: a model's calls must not overlap, and tasks should not wait for requests.
  const models = new LoadedModels()
  const loader = new ModelLoader({ ...serving, models })
  const registry = new ModelRegistry({
    openGlobalStore: async onFailure => {
      const globalStore = await streams.openGlobalStore(serving.storeName, onFailure)
      const store = globalStore.store as ModelStateStore
      if (serving.join !== 'broadcast') return { store, caughtUp: () => globalStore.caughtUp(), close: () => globalStore.close() }
      // How models serve is counted by the data's tasks.
      const usage = await streams.openGlobalStore(usageStoreName(serving), onFailure)
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
    publisher: new ModelPublisher(streams.inputTopic(serving.modelsTopic), registry),
    store: serving.storeName,
    maxBatch,
    close: async () => {
      await registry.close()
      await models.close()
    },
  }
}
