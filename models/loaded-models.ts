import { SluiceError } from '../base/index.ts'
import { ProcessModel } from './guard/index.ts'
import type { Model } from './model.ts'
import { SharedModel } from './shared-model.ts'

/** A reference to a loaded model. The model is disposed of when its last reference is released. */
export interface LoadedModel {
  /** By which it was acquired. */
  readonly hash: string
  /** Shared by all who acquired it: their calls come one after the other. */
  readonly model: Model
  /** Releases the reference; the last one disposes of the model. A second call does nothing. */
  release(): Promise<void>
}

interface Entry {
  readonly loading: Promise<Model>
  model: Model | undefined
  shares: number
}

/** Loaded models by the hash of their bytes. The same bytes are loaded once, however many data types use them. */
export class LoadedModels {
  readonly #entries = new Map<string, Entry>()

  /** The number of models that are loaded or being loaded. */
  get size(): number {
    return this.#entries.size
  }

  /** The model, if it is loaded. This takes no reference: the model may be disposed of with its last one. */
  get(hash: string): Model | undefined {
    return this.#entries.get(hash)?.model
  }

  /** Takes a reference to the model with that hash; calls `load` only if it is neither loaded nor being loaded. A failed load is forgotten. */
  async acquire(hash: string, load: () => Promise<Model>): Promise<LoadedModel> {
    const entry = this.#entries.get(hash) ?? this.#start(hash, load)
    entry.shares++
    try {
      return this.#share(hash, entry, await entry.loading)
    } catch (error) {
      entry.shares--
      throw error
    }
  }

  /** Disposes of every model, even if references to it remain. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    const loaded = await Promise.allSettled(entries.map(entry => entry.loading))
    await Promise.all(loaded.flatMap(result => (result.status === 'fulfilled' ? [result.value.dispose()] : [])))
  }

  #start(hash: string, load: () => Promise<Model>): Entry {
    const forget = (): void => {
      if (this.#entries.get(hash) === entry) this.#entries.delete(hash)
    }
    // `load` is called a tick later, so that a synchronous throw is a failed load like any other.
    const loading = Promise.resolve().then(load).then(inTurn)
    const entry: Entry = { loading, model: undefined, shares: 0 }
    this.#entries.set(hash, entry)
    entry.loading.then(model => (entry.model = model), forget)
    return entry
  }

  #share(hash: string, entry: Entry, model: Model): LoadedModel {
    let held = true
    const release = async (): Promise<void> => {
      if (!held) return
      held = false
      if (--entry.shares > 0) return
      if (this.#entries.get(hash) === entry) this.#entries.delete(hash)
      await model.dispose()
    }
    if (this.#entries.get(hash) === entry) return { hash, model, release }
    throw new SluiceError('MODEL_LOAD_FAILED', `model ${hash} was discarded while it was being loaded`)
  }
}

/** What runs in a process of its own takes its calls in turn by itself. */
function inTurn(model: Model): Model {
  return model instanceof ProcessModel ? model : new SharedModel(model)
}
