import { SluiceError } from '../base/sluice-error.ts'
import type { Model } from './model.ts'

/** A share in a loaded model: the model lives until everyone who holds one has let it go. */
export interface LoadedModel {
  readonly hash: string
  readonly model: Model
  /** Gives the share back; the last one disposes of the model. A second call does nothing. */
  release(): Promise<void>
}

interface Entry {
  readonly loading: Promise<Model>
  model: Model | undefined
  shares: number
}

/** Loaded models by the hash of their bytes: the same bytes are loaded once, however many data types use them. */
export class LoadedModels {
  readonly #entries = new Map<string, Entry>()

  /** How many models are loaded or being loaded. */
  get size(): number {
    return this.#entries.size
  }

  /** The model, when it is loaded. It is not held: it lives only as long as someone's share. */
  get(hash: string): Model | undefined {
    return this.#entries.get(hash)?.model
  }

  /** A share in the model of that hash; `load` is called only when nobody has loaded it or is about to. A load that fails is forgotten. */
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

  /** Disposes of every model, whoever holds it. */
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
    // `load` is called a tick later, so that one which throws at once is a failed load like any other.
    const entry: Entry = { loading: Promise.resolve().then(load), model: undefined, shares: 0 }
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
