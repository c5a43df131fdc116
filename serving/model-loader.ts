import {
  checkGolden,
  checkInputs,
  type GoldenRows,
  type GuardedLoad,
  type LoadedModel,
  loadHere,
  type Model,
  type ModelContent,
  ModelSources,
  BatchReader,
  ProcessModel,
} from '../models/index.ts'
import { SluiceError } from '../base/index.ts'
import type { ModelStateStore, ModelVersion } from '../stores/index.ts'
import { formatOf } from './model-format.ts'
import type { LoadFigures } from './load-figures.ts'
import { type DescribedModel, loadedModelKey, type ServingOptions } from './serving-options.ts'

/** The largest model that comes in records, and that is kept in the store. */
export const maxStoredBytes = 64 * 1024 * 1024

/** Beyond this a model counts as heavy whether it was found so or not. */
const surelyHeavy = 16 * 1024 * 1024

/** Loads models for the tasks: new ones with all care, known ones fast. */
export class ModelLoader {
  readonly #options: ServingOptions
  readonly #sources: ModelSources

  constructor(options: ServingOptions) {
    const { modelRoots, modelHosts = [], modelCache, maxModelBytes } = options
    this.#options = options
    this.#sources = new ModelSources({
      roots: modelRoots,
      hosts: modelHosts,
      maxBytes: maxModelBytes,
      inMemoryBytes: Math.min(maxStoredBytes, maxModelBytes),
      cache: modelCache,
    })
  }

  /** The model at a location, held against its hash where one is given. */
  read(location: string, hash: Uint8Array): Promise<ModelContent> {
    return this.#sources.read(location, hash)
  }

  /** A new model: loaded, held against the data's fields, tried on made-up rows and its golden records. */
  async try(
    content: ModelContent,
    described: Omit<DescribedModel, 'hash'>,
    golden: GoldenRows | undefined,
    figures?: LoadFigures,
  ): Promise<LoadedModel> {
    const { models, guard, factory } = this.#options
    const { modeltype, output } = described
    const load = this.#load(content, described, golden)
    let fresh = false
    const loaded = await models.acquire(loadedModelKey({ hash: content.hash, modeltype, output }), () => {
      fresh = true
      return measured('trial', figures, async () => (guard === undefined ? loadHere(factory, load) : (await guard.try(load)).model))
    })
    if (fresh) return loaded
    figures?.hit('trial')
    try {
      checkInputs(loaded.model, load.specs)
      if (golden !== undefined) checkGolden(await loaded.model.score(new BatchReader().read(golden.batch)), golden.results)
      return loaded
    } catch (error) {
      await loaded.release()
      throw error
    }
  }

  /** A version that was accepted before, here or by another instance. */
  async open(version: ModelVersion, store: ModelStateStore, figures?: LoadFigures): Promise<LoadedModel> {
    const { models, guard, factory } = this.#options
    let fresh = false
    const loaded = await models.acquire(loadedModelKey(version), () => {
      fresh = true
      return measured('open', figures, async () => {
        const load = this.#load(await this.#contentOf(version, store), version, undefined)
        return guard === undefined ? loadHere(factory, load) : guard.open(load, isHeavyVersion(version))
      })
    })
    if (!fresh) figures?.hit('open')
    return loaded
  }

  async #contentOf({ name, version, hash, location, size }: ModelVersion, store: ModelStateStore): Promise<ModelContent> {
    const bytes = store.bytesOf(hash)
    if (bytes !== undefined) return { hash, size, bytes, path: undefined }
    if (location !== '') return this.#sources.read(location, hash)
    throw new SluiceError('STORE_CORRUPT', `the bytes of model "${name}" version ${version} are not in the store`)
  }

  #load(content: ModelContent, { modeltype, output }: Omit<DescribedModel, 'hash'>, golden: GoldenRows | undefined): GuardedLoad {
    const { specs } = this.#options.reader
    return { content, format: formatOf(modeltype), output: output === '' ? undefined : output, specs, golden }
  }
}

function measured<T>(kind: 'trial' | 'open', figures: LoadFigures | undefined, work: () => Promise<T>): Promise<T> {
  return figures === undefined ? work() : figures.measure(kind, work)
}

/** Whether a model is scored in a process of its own. */
export function isHeavy(model: Model): boolean {
  return model instanceof ProcessModel
}

/** Whether loading the version takes longer than data should wait. */
export function isHeavyVersion({ heavy, size }: ModelVersion): boolean {
  return heavy === true || size > surelyHeavy
}
