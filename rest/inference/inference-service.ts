import type { Model } from '../../models/index.ts'
import { SluiceError } from '../../base/index.ts'
import { type ModelRegistry, type OpenModel, type VersionName, versionNameOf } from '../../serving/index.ts'
import type { ModelState } from '../../stores/index.ts'
import { answerOfError } from '../http/index.ts'
import { readInferRequest } from './infer-request.ts'
import { type InferResponse, wantedOutputs, writeInferResponse } from './infer-response.ts'
import type { InferenceFigures } from './inference-metrics.ts'
import type { AskedVersion } from './newest-versions.ts'
import { InferenceStatistics } from './inference-statistics.ts'
import { InputRows } from './input-rows.ts'
import { ModelBatcher } from './model-batcher.ts'
import { modelConfig, modelMetadata } from './model-metadata.ts'

/** Of the paths below /v2/models: no model can be asked for under it. */
const RESERVED = 'stats'

/** A loaded model and what belongs to it. */
interface Scorer {
  readonly rows: InputRows
  readonly batcher: ModelBatcher
}

/** What the path of a request names. */
export interface NamedModel {
  /** A data type. */
  readonly name: string
  /** A number, `latest`, a role, or `current`: the champion, as without it. */
  readonly version?: string | undefined
}

/** The Open Inference Protocol's models: a model's name is its data type, its versions are those that the store keeps. */
export class InferenceService {
  readonly #statistics = new InferenceStatistics()
  readonly #registry: ModelRegistry
  readonly #maxBatch: number
  readonly #figures: readonly InferenceFigures[]
  readonly #scorers = new WeakMap<Model, Scorer>()

  /** `figures`: who keeps count beside the statistics. */
  constructor(registry: ModelRegistry, maxBatch: number, figures: readonly InferenceFigures[] = []) {
    this.#registry = registry
    this.#maxBatch = maxBatch
    this.#figures = [this.#statistics, ...figures]
  }

  /** Every model that can be asked for, and its versions. */
  async index(): Promise<
    readonly { readonly name: string; readonly version: number; readonly serves: boolean; readonly withdrawn: boolean }[]
  > {
    const models = await this.#registry.models()
    return models
      .filter(({ dataType }) => isServable(dataType))
      .flatMap(({ dataType, current, versions }) =>
        versions.map(({ version }) => ({ name: dataType, version, serves: version === current, withdrawn: current === 0 })),
      )
  }

  /** Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN, and what a load throws. */
  async metadata(named: NamedModel): Promise<unknown> {
    return this.#with(named, async ({ model, version }) => {
      const { versions } = await this.#model(named.name)
      return {
        name: named.name,
        versions: versions.map(each => String(each.version)),
        ...modelMetadata(model),
        parameters: { name: version.name, version: String(version.version), sha256: Buffer.from(version.hash).toString('hex') },
      }
    })
  }

  /** As the Triton Inference Server has it; throws what `metadata` throws. */
  async config(named: NamedModel): Promise<unknown> {
    return this.#with(named, ({ model }) => Promise.resolve(modelConfig(named.name, model, this.#maxBatch)))
  }

  /** Whether the model can be loaded; throws what `metadata` throws. */
  async ready(named: NamedModel): Promise<unknown> {
    return this.#with(named, () => Promise.resolve({ name: named.name, ready: true }))
  }

  /** Scores. Throws SluiceError INPUT_INVALID, MODEL_INPUT_MISMATCH, MODEL_UNKNOWN, MODEL_FAILED, and what a load throws. */
  async infer(named: NamedModel, body: Buffer, headerLength: string | undefined): Promise<InferResponse> {
    const started = performance.now()
    await this.#model(named.name)
    const { version, name: model } = await this.#registry.version(named.name, versionNameIn(named.version))
    const asked: AskedVersion = { dataType: named.name, model, version }
    try {
      const open = await this.#registry.open(named.name, version)
      try {
        return await this.#score(asked, open, { body, headerLength, started })
      } finally {
        await open.release()
      }
    } catch (error) {
      const outcome = answerOfError(error).status < 500 ? 'refused' : 'failed'
      for (const figures of this.#figures) figures.unanswered(asked, outcome, performance.now() - started)
      throw error
    }
  }

  /** The figures of every model that can be asked for, also of those that nobody has asked. */
  async statistics(): Promise<unknown> {
    return this.#statistics.view(await this.index())
  }

  /** The figures of a model that there is: of one version, or of all. Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN. */
  async statisticsOf({ name, version }: NamedModel): Promise<unknown> {
    const { versions } = await this.#model(name)
    const asked = version === undefined ? versions : [await this.#registry.version(name, versionNameIn(version))]
    return this.#statistics.view(asked.map(each => ({ name, version: each.version })))
  }

  /** Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN in the words that Triton's clients look for. */
  async #model(name: string): Promise<ModelState> {
    checkName(name)
    try {
      return await this.#registry.model(name)
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'MODEL_UNKNOWN') throw error
      throw new SluiceError('MODEL_UNKNOWN', `Request for unknown model: ${error.message}`, { cause: error })
    }
  }

  async #score(
    asked: AskedVersion,
    { model, version: { version, hash } }: OpenModel,
    { body, headerLength, started }: { body: Buffer; headerLength: string | undefined; started: number },
  ): Promise<InferResponse> {
    const opened = performance.now()
    const request = readInferRequest(body, headerLength)
    const { rows, batcher } = this.#scorerOf(model)
    const wanted = wantedOutputs(request, model.outputs)
    const given = rows.rowsOf(request.inputs)
    const read = performance.now()
    const result = await batcher.score(given)
    const scored = performance.now()
    const answerer = { name: asked.dataType, version, hash: Buffer.from(hash).toString('hex'), outputs: model.outputs }
    const response = writeInferResponse(answerer, request, wanted, result)
    const { waitedMs: queue, length, runs } = result
    const done = performance.now()
    const times = { whole: done - started, input: read - opened, queue, infer: scored - read - queue, output: done - scored }
    for (const figures of this.#figures) figures.answered(asked, { times, rows: length, runs, now: Date.now() })
    return response
  }

  /** The same bytes are one loaded model, whichever data types use them. */
  #scorerOf(model: Model): Scorer {
    const known = this.#scorers.get(model)
    if (known !== undefined) return known
    const scorer = { rows: new InputRows(model), batcher: new ModelBatcher(model, this.#maxBatch) }
    this.#scorers.set(model, scorer)
    return scorer
  }

  async #with<T>({ name, version }: NamedModel, use: (open: OpenModel) => Promise<T>): Promise<T> {
    await this.#model(name)
    const open = await this.#registry.open(name, versionNameIn(version))
    try {
      return await use(open)
    } finally {
      await open.release()
    }
  }
}

function isServable(name: string): boolean {
  return name !== RESERVED && name !== '' && !name.includes('/')
}

function checkName(name: string): void {
  if (isServable(name)) return
  const why = name === RESERVED ? 'it is a path of the protocol' : 'the name of a model is not empty and has no "/"'
  throw new SluiceError('INPUT_INVALID', `"${name}" cannot be the name of a model: ${why}`)
}

/** Throws SluiceError MODEL_UNKNOWN for what can name no version. */
function versionNameIn(version: string | undefined): VersionName | undefined {
  return version === undefined ? undefined : versionNameOf(version)
}
