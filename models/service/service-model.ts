import type { ColumnBatch, ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import type { FeatureMapping } from '../feature-mapping.ts'
import { mapFeatures } from '../features.ts'
import type { Model, ModelInput, ModelOutput, OutputColumn, Scores } from '../model.ts'
import { ModelDisposed } from '../model-disposed.ts'
import { joinColumns } from '../join-columns.ts'
import { OutputScores } from '../output-scores.ts'
import type { ServiceClient } from './service-client.ts'
import { columnOf, fillTensor, type ServiceProtocol, type ServiceSignature, type ServiceTensor, widthOf } from './service-tensor.ts'

/** A model in a server, with the signature that the server reported. */
export interface ServiceParts {
  readonly client: ServiceClient
  readonly protocol: ServiceProtocol
  readonly url: string
  readonly signature: ServiceSignature
  /** The output that holds the score; undefined: the first. */
  readonly output: string | undefined
  /** The most records in one request. */
  readonly maxRows: number
}

/** A model in a model server: one request for each batch, or several if the batch exceeds the limit of a request. */
export class ServiceModel implements Model {
  readonly format = 'SERVICE'
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  readonly #parts: ServiceParts
  readonly #maxRows: number
  readonly #scores: OutputScores
  #specs: readonly ColumnSpec[] | undefined
  #mapping: FeatureMapping = { inputs: [] }
  #running: Promise<unknown> | undefined
  #disposing: Promise<void> | undefined

  /** Throws SluiceError MODEL_LOAD_FAILED if the model has no output of that name. */
  constructor(parts: ServiceParts) {
    const { signature, output, maxRows } = parts
    this.#parts = parts
    this.inputs = signature.inputs.map(tensor => ({ name: tensor.name, type: tensor.type, width: widthOf(tensor), required: true }))
    this.outputs = signature.outputs.map(tensor => ({ name: tensor.name, type: tensor.type, width: widthOf(tensor) }))
    const names = this.outputs.map(({ name }) => name)
    const primary = output === undefined ? 0 : names.indexOf(output)
    if (primary < 0) throw new SluiceError('MODEL_LOAD_FAILED', `the model has no output ${output}; it has: ${names.join(', ')}`)
    this.#scores = new OutputScores(this.outputs, primary)
    this.#maxRows = signature.inputs.some(({ batch }) => batch === 1) ? 1 : maxRows
  }

  score(batch: ColumnBatch): Promise<Scores> {
    const running = this.#score(batch)
    this.#running = running
    return running
  }

  dispose(): Promise<void> {
    this.#disposing ??= Promise.resolve(this.#running).then(
      () => undefined,
      () => undefined,
    )
    return this.#disposing
  }

  async #score(batch: ColumnBatch): Promise<Scores> {
    if (this.#disposing !== undefined) throw new ModelDisposed()
    if (batch.specs !== this.#specs) {
      this.#mapping = mapFeatures(this.inputs, batch.specs)
      this.#specs = batch.specs
    }
    const { length } = batch
    if (length === 0) return this.#scores.of({ length, columns: this.#emptyColumns(), unfit: undefined })
    const unfit = new Uint8Array(length)
    const parts: OutputColumn[][] = []
    for (let from = 0; from < length; from += this.#maxRows) {
      parts.push(await this.#request(batch, { from, rows: Math.min(this.#maxRows, length - from) }, unfit))
    }
    const [first = []] = parts
    const columns = parts.length === 1 ? first : joinColumns(parts)
    return this.#scores.of({ length, columns, unfit: unfit.includes(1) ? unfit : undefined })
  }

  async #request(batch: ColumnBatch, { from, rows }: { from: number; rows: number }, unfit: Uint8Array): Promise<OutputColumn[]> {
    const { client, protocol, url, signature } = this.#parts
    const filled = this.#mapping.inputs.map((mapped, at) => {
      const tensor = signature.inputs[at] as ServiceTensor
      return fillTensor(batch, { tensor, mapped, from, rows }, protocol, row => (unfit[row] = 1))
    })
    const answer = await client.ask(url + protocol.paths.score, protocol.requestOf(signature, filled))
    const given = protocol.answerOf(answer, signature)
    return signature.outputs.map(tensor => columnOf(tensor, given.get(tensor.name), rows))
  }

  #emptyColumns(): OutputColumn[] {
    return this.outputs.map(({ name, type, width = 0 }) => ({ name, kind: type === 'string' ? 'text' : 'number', width, values: [] }))
  }
}
