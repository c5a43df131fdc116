import {
  checkGolden,
  checkInputs,
  type GoldenRows,
  type GuardedLoad,
  type LoadedModel,
  loadHere,
  readModule,
  type Model,
  type ModelContent,
  ModelSources,
  BatchReader,
  ProcessModel,
  type Quarantined,
} from '../models/index.ts'
import { messageOf, SluiceError } from '../base/index.ts'
import { limits } from '../base/limits/index.ts'
import { sluice } from '../proto/messages.js'
import type { KeptModels, ModelVersion } from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'
import { FailedModel } from './failed-model.ts'
import { formatOf } from './model-format.ts'
import { LoadFigures } from './load-figures.ts'
import { type AuditLog, SignedVersions } from './signed-versions.ts'
import { TrialTurns } from './trial-turns.ts'
import { type DescribedModel, loadedModelKey, modelRecordKey, type ServingOptions } from './serving-options.ts'

const { MODULE } = sluice.ModelDescriptor.ModelType

/** The largest model, in bytes, that is sent in records and kept in the store. */
export const maxStoredBytes = limits.piece_model.most

/** A version of more bytes than this counts as heavy, whatever its trial found. */
const surelyHeavy = 16 * 1024 * 1024

/** What is told of the loading of a version. */
export interface OpenWatch {
  readonly figures?: LoadFigures | undefined
  readonly log?: AuditLog | undefined
}
/** How a model is loaded: as its descriptor says, with the fields that it takes of another model. */
type LoadedAs = Omit<DescribedModel, 'hash'> & Pick<ModelVersion, 'takes'>

/** Loads models for the tasks: checks and tries new models, opens accepted versions without a trial. */
export class ModelLoader {
  /** Of the new models that are tried. */
  readonly turns = new TrialTurns()
  readonly #options: ServingOptions
  readonly #sources: ModelSources
  readonly #signed: SignedVersions

  constructor(options: ServingOptions) {
    const { modelRoots, modelHosts = [], modelCache, maxModelBytes } = options
    this.#options = options
    this.#signed = new SignedVersions(options)
    this.#sources = new ModelSources({
      roots: modelRoots,
      hosts: modelHosts,
      maxBytes: maxModelBytes,
      inMemoryBytes: Math.min(maxStoredBytes, maxModelBytes),
      cache: modelCache,
    })
  }

  /** Reads the model at a location and checks it against its hash, if one is given. */
  read(location: string, hash: Uint8Array): Promise<ModelContent> {
    return this.#sources.read(location, hash)
  }

  /** Reads the module at a location and checks it against its hash, which must be given. */
  readCode(location: string, hash: Uint8Array): Promise<ModelContent> {
    return readModule(location, hash, this.#options.codeRoots ?? [])
  }

  /** Loads a new model, checks it against the data's fields, and tries it on generated rows and its golden records. Throws when a check fails. */
  async try(content: ModelContent, described: LoadedAs, golden: GoldenRows | undefined, figures?: LoadFigures): Promise<LoadedModel> {
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

  /** Counts a record that killed or hung the model's process; returns whether the model is quarantined from now on. `key`: see `modelRecordKey`. */
  killed(key: string, error: unknown): boolean {
    return this.#options.guard?.quarantine.killed(key, messageOf(error)) === true
  }

  /** Why the version with this key is not run; undefined: it may be. */
  quarantined(key: string): Quarantined | undefined {
    return this.#options.guard?.quarantine.of(key)
  }

  /** The same of any thread that has this instance's state directory. */
  quarantinedAnywhere(key: string): Quarantined | undefined {
    return this.quarantined(key) ?? this.#options.guard?.quarantine.all().find(each => each.model === key)
  }

  /**
   * Loads a version that this or another instance accepted before. Throws MODEL_FAILED for one that is quarantined, MODEL_UNSIGNED or MODEL_SIGNATURE_INVALID for
   * one whose signature is not that of a trusted key.
   */
  async open(version: ModelVersion, store: Pick<KeptModels, 'bytesOf'>, { figures, log }: OpenWatch = {}): Promise<LoadedModel> {
    const { models, guard, factory } = this.#options
    this.#refuseQuarantined(version)
    const read = await this.#checkSignature(version, store, log)
    let fresh = false
    const loaded = await models.acquire(loadedModelKey(version), () => {
      fresh = true
      return measured('open', figures, async () => {
        const load = this.#load(read ?? (await this.#contentOf(version, store)), version, undefined)
        return guard === undefined ? loadHere(factory, load) : guard.open(load, isHeavyVersion(version))
      })
    })
    if (!fresh) figures?.hit('open')
    return this.#watched(loaded, version)
  }

  /** Loads a version as `open` does, but in a process of its own, beside which other models are scored. */
  async openApart(version: ModelVersion, store: Pick<KeptModels, 'bytesOf'>, { figures, log }: OpenWatch = {}): Promise<LoadedModel> {
    const { models, guard, factory } = this.#options
    this.#refuseQuarantined(version)
    const read = await this.#checkSignature(version, store, log)
    const loaded = await models.acquire(`${loadedModelKey(version)}/apart`, () =>
      measured('open', figures, async () => {
        const load = this.#load(read ?? (await this.#contentOf(version, store)), version, undefined)
        return guard === undefined ? loadHere(factory, load) : guard.openApart(load)
      }),
    )
    return this.#watched(loaded, version)
  }

  /** What runs in this thread is watched, in whatever role: what runs elsewhere cannot hang it. */
  #watched(loaded: LoadedModel, version: ModelVersion): LoadedModel {
    const { scoreWatch } = this.#options
    if (scoreWatch === undefined || isHeavy(loaded.model)) return loaded
    return scoreWatch.watched(loaded, { ...version, key: modelRecordKey(version) })
  }

  async #checkSignature(
    version: ModelVersion,
    store: Pick<KeptModels, 'bytesOf'>,
    log: AuditLog | undefined,
  ): Promise<ModelContent | undefined> {
    try {
      return await this.#signed.check(version, store, () => this.#contentOf(version, store))
    } catch (error) {
      this.#signed.tell(version, error, log)
      throw error
    }
  }

  #refuseQuarantined(version: ModelVersion): void {
    const quarantined = this.quarantined(modelRecordKey(version))
    if (quarantined !== undefined) FailedModel.quarantined(quarantined.why).score()
  }

  async #contentOf(
    { name, version, hash, location, size, modeltype }: ModelVersion,
    store: Pick<KeptModels, 'bytesOf'>,
  ): Promise<ModelContent> {
    // Bytes of the store are never run, whatever they are.
    if (modeltype === MODULE) return this.readCode(location, hash)
    const bytes = store.bytesOf(hash)
    if (bytes !== undefined) return { hash, size, bytes, path: undefined }
    if (location !== '') return this.#sources.read(location, hash)
    throw new SluiceError('STORE_CORRUPT', `the bytes of model "${name}" version ${version} are not in the store`)
  }

  #load(content: ModelContent, { modeltype, output, takes = [] }: LoadedAs, golden: GoldenRows | undefined): GuardedLoad {
    const specs = takes.length === 0 ? this.#options.reader.specs : [...this.#options.reader.specs, ...takes]
    return { content, format: formatOf(modeltype), output: output === '' ? undefined : output, specs, golden }
  }
}

/** Counts and tells where the processor does. */
export function openWatch({ metrics, log }: Pick<ProcessorContext<never, never>, 'metrics' | 'log'>): OpenWatch {
  return { figures: new LoadFigures(metrics), log }
}

function measured<T>(kind: 'trial' | 'open', figures: LoadFigures | undefined, work: () => Promise<T>): Promise<T> {
  return figures === undefined ? work() : figures.measure(kind, work)
}

/** Whether a model runs in a process of its own. */
export function isHeavy(model: Model): boolean {
  return model instanceof ProcessModel
}

/** Whether loading the version may take longer than data should wait. */
export function isHeavyVersion({ heavy, size }: ModelVersion): boolean {
  return heavy === true || size > surelyHeavy
}
