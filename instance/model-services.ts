import { SluiceError } from '../base/index.ts'
import { checkedOptions, completeOptions, integer, isObject, kindOf, required } from '../base/options/index.ts'
import { LoadedModels } from '../models/index.ts'
import type { ModelServices } from '../rest/index.ts'
import {
  asKeptModels,
  countsUsage,
  ModelLoader,
  ModelPublisher,
  modelRecordKey,
  ModelRegistry,
  type ServingOptions,
  usageStoreName,
} from '../serving/index.ts'
import type { ModelUsageStore } from '../stores/index.ts'
import type { SluiceStreams } from '../topology/runtime/index.ts'

/** The model services of REST, until they are closed. */
export interface OpenModelServices extends ModelServices {
  /** Fails requests that wait for a model, and releases the loaded models. */
  close(): Promise<void>
}

/** The parts of the model services. */
export interface ModelServiceParts {
  /** The application whose models these are. */
  readonly streams: SluiceStreams
  /** The options of the topology that `streams` runs. */
  readonly serving: ServingOptions
  /** Most rows in one call of a model. */
  readonly maxBatch: number
}

/** The id is read too: a Proxy of a SluiceStreams has the methods, and throws at each of them. */
const partsTable = {
  streams: required(
    kindOf<SluiceStreams>(
      'SluiceStreams',
      'the SluiceStreams of the models',
      value => isObject(value) && typeof value['inputTopic'] === 'function' && typeof value['applicationId'] === 'string',
    ),
    'application of the models',
  ),
  serving: required(
    kindOf<ServingOptions>(
      'ServingOptions',
      'what servingOptions returns',
      value => isObject(value) && typeof value['modelsTopic'] === 'string' && typeof value['storeName'] === 'string',
    ),
    'options of the topology',
  ),
  maxBatch: required(integer(1, 65_536), 'most rows in one call of a model'),
} as const

/** Creates the model services. They read and load nothing before the first request that needs it. Throws CONFIG_INVALID. */
export function openModelServices(parts: ModelServiceParts): OpenModelServices {
  const { streams, serving, maxBatch } = completeOptions(partsTable, checkedOptions({ of: 'openModelServices' }, partsTable, parts))
  // Not shared with the tasks: calls of one loaded model must not overlap, and tasks must not wait for requests.
  const models = new LoadedModels()
  const loader = new ModelLoader({ ...serving, models })
  const registry = new ModelRegistry({
    openGlobalStore: async onFailure => {
      refuseMemory(serving)
      const globalStore = await streams.openGlobalStore(serving.storeName, onFailure)
      const store = asKeptModels(globalStore.store, serving)
      if (!countsUsage(serving)) return { store, caughtUp: () => globalStore.caughtUp(), close: () => globalStore.close() }
      // With the broadcast join the data tasks count the use of models, in a store of their own.
      const usage = await streams.openGlobalStore(usageStoreName(serving), onFailure)
      store.attach(usage.store as ModelUsageStore)
      const both = async (step: (each: typeof globalStore) => Promise<void>): Promise<void> => {
        await Promise.all([globalStore, usage].map(step))
      }
      return { store, caughtUp: () => both(each => each.caughtUp()), close: () => both(each => each.close()) }
    },
    load: (version, store) => loader.open(version, store),
    fields: serving.reader.specs,
    policies: serving.policies,
    killed: (version, error) => void loader.killed(modelRecordKey(version), error),
    quarantined: version => loader.quarantinedAnywhere(modelRecordKey(version)),
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

/** Throws STORE_UNKNOWN if no instance can have all models. */
function refuseMemory({ store, storeName }: ServingOptions): void {
  if (store !== 'memory') return
  throw new SluiceError(
    'STORE_UNKNOWN',
    `with store "memory" models are known to the tasks that score with them only, and no instance has those of every data type, their versions and history: ask GET /state/${storeName}/keys/{dataType}, or use store "model"`,
  )
}
