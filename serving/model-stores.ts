import {
  type CurrentModel,
  CurrentModels,
  currentModelStore,
  type KeptModels,
  type KeyValueStore,
  type ModelStateStore,
  modelStateStore,
  type StateStore,
  type StoreBuilder,
} from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'
import type { ServingOptions } from './serving-options.ts'

/** The builder of the store in which a task keeps its models. */
export function modelStoreOf({ store = 'model', storeName: name }: Pick<ServingOptions, 'store' | 'storeName'>): StoreBuilder {
  if (store === 'key-value') return currentModelStore({ name })
  return modelStateStore(store === 'memory' ? { name, logged: false, persistent: false } : { name })
}

/** An opened store of that builder, as processors and requests use it. */
export function asKeptModels(opened: StateStore, { store }: Pick<ServingOptions, 'store'>): KeptModels {
  if (store === 'key-value') return CurrentModels.of(opened as KeyValueStore<string, CurrentModel>)
  return opened as ModelStateStore
}

/** The models of a task. */
export function keptModels(context: Pick<ProcessorContext, 'getStateStore'>, options: ServingOptions): KeptModels {
  return asKeptModels(context.getStateStore(options.storeName), options)
}

/** What notes the events of models. In memory nothing is noted: the models topic is processed again after each start, and would tell all of them again. */
export function eventNotes(models: KeptModels, { store }: Pick<ServingOptions, 'store'>): Pick<KeptModels, 'note' | 'outbox'> {
  return store === 'memory' ? {} : models
}
