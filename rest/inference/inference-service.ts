import { ModelKilled } from '../../models/index.ts'
import { SluiceError } from '../../base/index.ts'
import { type ModelRegistry, type OpenModel, StepFailed, type VersionName, versionNameOf } from '../../serving/index.ts'
import type { ModelState } from '../../stores/index.ts'
import { answerOfError } from '../http/index.ts'
import { InferReader } from './infer-reader.ts'
import { type InferResponse, wantedOutputs, writeInferResponse } from './infer-response.ts'
import type { InferenceFigures } from './inference-metrics.ts'
import type { AskedVersion } from './newest-versions.ts'
import { InferenceStatistics } from './inference-statistics.ts'
import { modelConfig, modelMetadata } from './model-metadata.ts'
import { type ModelScorer, ModelScorers } from './model-scorers.ts'
import { originOf } from './model-origin.ts'

/** A path segment below /v2/models that the protocol uses, so that no model can have this name. */
const RESERVED = 'stats'

/** A model and version, as the path of a request names them. */
export interface NamedModel {
  /** A data type. */
  readonly name: string
  /** A number, `latest`, `current` or a role; undefined: `current`. */
  readonly version?: string | undefined
}

/** The models of the Open Inference Protocol: the name of a model is its data type, its versions are those whose bytes the store keeps. */
export class InferenceService {
  readonly #statistics = new InferenceStatistics()
  readonly #reader = new InferReader()
  readonly #registry: ModelRegistry
  readonly #maxBatch: number
  readonly #figures: readonly InferenceFigures[]
  readonly #scorers: ModelScorers

  /** `maxBatch`: most rows in one call of a model. `figures`: recorders in addition to the statistics. */
  constructor(registry: ModelRegistry, maxBatch: number, figures: readonly InferenceFigures[] = []) {
    this.#registry = registry
    this.#maxBatch = maxBatch
    this.#scorers = new ModelScorers(maxBatch)
    this.#figures = [this.#statistics, ...figures]
  }

  /** All models and their kept versions. */
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

  /** The metadata of a model. Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN, and the errors of loading the model. */
  async metadata(named: NamedModel): Promise<unknown> {
    return this.#with(named, async (open, { inputs }) => {
      const { versions } = await this.#model(named.name)
      const { version, model } = open
      return {
        name: named.name,
        versions: versions.map(each => String(each.version)),
        ...modelMetadata({ ...described(model), inputs }),
        parameters: { name: version.name, version: String(version.version), ...originOf(open) },
      }
    })
  }

  /** The configuration of a model in the format of the Triton Inference Server. Throws as `metadata` does. */
  async config(named: NamedModel): Promise<unknown> {
    return this.#with(named, ({ model }, { inputs }) =>
      Promise.resolve(modelConfig(named.name, { ...described(model), inputs }, this.#maxBatch)),
    )
  }

  /** Loads the model if it is not loaded, and returns that it is ready. Throws as `metadata` does. */
  async ready(named: NamedModel): Promise<unknown> {
    return this.#with(named, () => Promise.resolve({ name: named.name, ready: true }))
  }

  /** Scores a request. Throws SluiceError INPUT_INVALID, MODEL_INPUT_MISMATCH, MODEL_UNKNOWN, MODEL_FAILED, and the errors of loading the model. */
  async infer(named: NamedModel, body: Buffer, headerLength: string | undefined): Promise<InferResponse> {
    const started = performance.now()
    await this.#model(named.name)
    const found = await this.#registry.find(named.name, versionNameIn(named.version))
    const { version, name: model } = found.version
    const asked: AskedVersion = { dataType: named.name, model, version }
    try {
      const open = await this.#registry.load(found)
      try {
        return await this.#score(asked, open, { body, headerLength, started })
      } catch (error) {
        this.#killed(open, error)
        throw error
      } finally {
        await open.release()
      }
    } catch (error) {
      const outcome = answerOfError(error).status < 500 ? 'refused' : 'failed'
      for (const figures of this.#figures) figures.unanswered(asked, outcome, performance.now() - started)
      throw error
    }
  }

  /** The statistics of all models and versions, including those without requests. */
  async statistics(): Promise<unknown> {
    return this.#statistics.view(await this.index())
  }

  /** The statistics of one model: of the named version, or of all its versions. Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN. */
  async statisticsOf({ name, version }: NamedModel): Promise<unknown> {
    const { versions } = await this.#model(name)
    const asked = version === undefined ? versions : [await this.#registry.version(name, versionNameIn(version))]
    return this.#statistics.view(asked.map(each => ({ name, version: each.version })))
  }

  /** Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN with the wording that Triton clients search for. */
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
    open: OpenModel,
    { body, headerLength, started }: { body: Buffer; headerLength: string | undefined; started: number },
  ): Promise<InferResponse> {
    const opened = performance.now()
    const request = await this.#reader.read(body, headerLength)
    const { model, version } = open
    const scorer = this.#scorers.of(open)
    const wanted = wantedOutputs(request, model.outputs)
    const given = scorer.rowsOf(request.inputs)
    const read = performance.now()
    const result = await scorer.score(given)
    const scored = performance.now()
    const answerer = { name: asked.dataType, version: version.version, origin: originOf(open), outputs: model.outputs }
    const response = writeInferResponse(answerer, request, wanted, result)
    const { waitedMs: queue, length, runs } = result
    const done = performance.now()
    const times = { whole: done - started, input: read - opened, queue, infer: scored - read - queue, output: done - scored }
    for (const figures of this.#figures) figures.answered(asked, { times, rows: length, runs, now: Date.now() })
    return response
  }

  /** Counts a request that killed or hung the process of its model; of a composite, of the one that it was. */
  #killed({ version, steps }: OpenModel, error: unknown): void {
    const [cause, of] =
      error instanceof StepFailed ? [error.cause, steps?.find(each => each.version === error.step.version)] : [error, version]
    if (of !== undefined && cause instanceof ModelKilled) this.#registry.killed(of, cause)
  }

  async #with<T>({ name, version }: NamedModel, use: (open: OpenModel, scorer: ModelScorer) => Promise<T>): Promise<T> {
    await this.#model(name)
    const open = await this.#registry.open(name, versionNameIn(version))
    try {
      return await use(open, this.#scorers.of(open))
    } finally {
      await open.release()
    }
  }
}

/** Its members: those of an object of a class are not copied by a spread. */
function described({ format, outputs }: OpenModel['model']): Pick<OpenModel['model'], 'format' | 'outputs'> {
  return { format, outputs }
}

function isServable(name: string): boolean {
  return name !== RESERVED && name !== '' && !name.includes('/')
}

function checkName(name: string): void {
  if (isServable(name)) return
  const why = name === RESERVED ? 'it is a path of the protocol' : 'the name of a model is not empty and has no "/"'
  throw new SluiceError('INPUT_INVALID', `"${name}" cannot be the name of a model: ${why}`)
}

/** Throws SluiceError MODEL_UNKNOWN for a text that is not a version name. */
function versionNameIn(version: string | undefined): VersionName | undefined {
  return version === undefined ? undefined : versionNameOf(version)
}
