import type { Model, ModelInput, ModelOutput } from '../../models/index.ts'
import { SluiceError } from '../../proto/sluice-error.ts'
import type { ModelRegistry, OpenModel } from '../../serving/index.ts'
import { datatypeOf } from './datatypes.ts'
import { type InferRequest, readInferRequest } from './infer-request.ts'
import { type InferResponse, wantedOutputs, writeInferResponse } from './infer-response.ts'
import { InferenceStatistics } from './inference-statistics.ts'
import { InputRows } from './input-rows.ts'
import { ModelBatcher } from './model-batcher.ts'

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
  /** A number, `latest`, or `current`: the one that serves, as without it. */
  readonly version?: string | undefined
}

/** The Open Inference Protocol's models: a model's name is its data type, its versions are those that the store keeps. */
export class InferenceService {
  readonly statistics = new InferenceStatistics()
  readonly #registry: ModelRegistry
  readonly #maxBatch: number
  readonly #scorers = new WeakMap<Model, Scorer>()

  constructor(registry: ModelRegistry, maxBatch: number) {
    this.#registry = registry
    this.#maxBatch = maxBatch
  }

  /** Every model that can be asked for, and its versions. */
  async index(): Promise<readonly { readonly name: string; readonly version: number; readonly serves: boolean }[]> {
    const models = await this.#registry.models()
    return models
      .filter(({ dataType }) => isServable(dataType))
      .flatMap(({ dataType, current, versions }) =>
        versions.map(({ version }) => ({ name: dataType, version, serves: version === current })),
      )
  }

  /** Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN, and what a load throws. */
  async metadata(named: NamedModel): Promise<unknown> {
    return this.#with(named, async ({ model, version }) => {
      const { versions } = await this.#registry.model(named.name)
      return {
        name: named.name,
        versions: versions.map(each => String(each.version)),
        platform: platforms[model.format] ?? `sluice_${model.format.toLowerCase()}`,
        inputs: model.inputs.map(tensorMetadata),
        outputs: model.outputs.map(tensorMetadata),
        parameters: { name: version.name, version: String(version.version), sha256: Buffer.from(version.hash).toString('hex') },
      }
    })
  }

  /** Whether the model can be loaded; throws what `metadata` throws. */
  async ready(named: NamedModel): Promise<unknown> {
    return this.#with(named, () => Promise.resolve({ name: named.name, ready: true }))
  }

  /** Scores. Throws SluiceError INPUT_INVALID, MODEL_INPUT_MISMATCH, MODEL_UNKNOWN, MODEL_FAILED, and what a load throws. */
  async infer(named: NamedModel, body: Buffer, headerLength: string | undefined): Promise<InferResponse> {
    const started = performance.now()
    return this.#with(named, async open => {
      const { version } = open.version
      try {
        return await this.#score(named, open, { request: readInferRequest(body, headerLength), started })
      } catch (error) {
        this.statistics.failed(named.name, version, performance.now() - started)
        throw error
      }
    })
  }

  /** The figures of a model that there is. Throws SluiceError INPUT_INVALID, MODEL_UNKNOWN. */
  async statisticsOf({ name, version }: NamedModel): Promise<unknown> {
    checkName(name)
    const { versions, latest, current } = await this.#registry.model(name)
    const wanted = versionOf(version)
    const number = wanted === 'latest' ? latest : wanted === undefined && version !== undefined ? current : wanted
    if (number !== undefined && !versions.some(each => each.version === number))
      throw new SluiceError('MODEL_UNKNOWN', `data type "${name}" has no version ${number}`)
    return this.statistics.view(name, number)
  }

  async #score(
    { name }: NamedModel,
    { model, version: { version, hash } }: OpenModel,
    { request, started }: { request: InferRequest; started: number },
  ): Promise<InferResponse> {
    const { rows, batcher } = this.#scorerOf(model)
    const wanted = wantedOutputs(request, model.outputs)
    const asked = rows.rowsOf(request.inputs)
    const read = performance.now()
    const result = await batcher.score(asked)
    const scored = performance.now()
    const answerer = { name, version, hash: Buffer.from(hash).toString('hex'), outputs: model.outputs }
    const response = writeInferResponse(answerer, request, wanted, result)
    const times = { input: read - started, infer: scored - read, output: performance.now() - scored }
    this.statistics.answered(name, version, { times, rows: result.length, runs: result.runs, now: Date.now() })
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
    checkName(name)
    const open = await this.#registry.open(name, versionOf(version))
    try {
      return await use(open)
    } finally {
      await open.release()
    }
  }
}

const platforms: Readonly<Record<string, string>> = {
  ONNX: 'onnxruntime_onnx',
  TENSORFLOW: 'tensorflow_graphdef',
  TENSORFLOWSAVED: 'tensorflow_savedmodel',
}

/** -1: any number. */
function tensorMetadata({ name, type, width }: ModelInput | ModelOutput): unknown {
  return { name, datatype: datatypeOf[type], shape: [-1, width ?? -1] }
}

function isServable(name: string): boolean {
  return name !== RESERVED && name !== '' && !name.includes('/')
}

function checkName(name: string): void {
  if (isServable(name)) return
  const why = name === RESERVED ? 'it is a path of the protocol' : 'a name has no "/"'
  throw new SluiceError('INPUT_INVALID', `no model can be asked for as "${name}": ${why}`)
}

/** Throws SluiceError MODEL_UNKNOWN for what is neither a number nor an alias. */
function versionOf(version: string | undefined): number | 'latest' | undefined {
  if (version === undefined || version === 'current' || version === 'champion') return undefined
  if (version === 'latest') return 'latest'
  if (/^[1-9]\d{0,15}$/.test(version)) return Number(version)
  throw new SluiceError('MODEL_UNKNOWN', `there is no version "${version}": a number, latest or current is one`)
}
