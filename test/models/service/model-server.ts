import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Model, OutputColumn } from '../../../models/index.ts'
import { parseJson } from '../../../models/service/loose-json.ts'
import { type Cell, batchOf, specsOf } from '../batches.ts'

/** What happens to a request instead of an answer; true: it was dealt with. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * A real HTTP server that serves a model of one input vector of floats by both protocols: `/v2/models/wine` and `/v1/models/wine`.
 * One scoring call at a time, as the port asks for.
 */
export class ModelServer {
  /** The paths that were asked for, in order, with the methods. */
  readonly asked: string[] = []
  fault: Fault | undefined
  readonly #model: Model
  readonly #server: Server
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(model: Model) {
    this.#model = model
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  static async start(model: Model): Promise<ModelServer> {
    const server = new ModelServer(model)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  url(path = '/v2/models/wine'): Uint8Array {
    return Buffer.from(`http://${this.host}${path}`)
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
    await this.#model.dispose()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(`${request.method} ${request.url}`)
    if (this.fault?.(request, response) === true) return
    const chunks: Uint8Array[] = []
    for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
    try {
      const body = Buffer.concat(chunks).toString('utf8')
      const turn = this.#turn.then(() => this.#answer(`${request.method} ${request.url}`, body))
      this.#turn = turn.catch(() => undefined)
      response.setHeader('content-type', 'application/json').end(await turn)
    } catch (error) {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: (error as Error).message }))
    }
  }

  async #answer(path: string, body: string): Promise<string> {
    switch (path) {
      case 'GET /v2/models/wine':
      case 'GET /v2/models/wine/versions/3':
        return JSON.stringify(this.#oipMetadata())
      case 'POST /v2/models/wine/infer':
      case 'POST /v2/models/wine/versions/3/infer':
        return await this.#infer(JSON.parse(body) as OipRequest)
      case 'GET /v1/models/wine/metadata':
      case 'GET /v1/models/wine/labels/stable/metadata':
        return JSON.stringify(this.#tensorflowMetadata())
      case 'POST /v1/models/wine:predict':
      case 'POST /v1/models/wine/labels/stable:predict':
        return await this.#predict(parseJson(body) as PredictRequest)
      default:
        throw new Error(`no such path: ${path}`)
    }
  }

  get #width(): number {
    return this.#model.inputs[0]?.width ?? 0
  }

  #oipMetadata(): object {
    return {
      name: 'wine',
      versions: ['3'],
      platform: 'onnx',
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, this.#width] }],
      outputs: this.#model.outputs.map(({ name, type, width }) => ({
        name,
        datatype: type === 'int64' ? 'INT64' : 'FP32',
        shape: width === 1 ? [-1] : [-1, width],
      })),
    }
  }

  #tensorflowMetadata(): object {
    const shape = (...sizes: number[]): object => ({ dim: sizes.map(size => ({ size: String(size), name: '' })), unknown_rank: false })
    const outputs = this.#model.outputs.map(({ name, type, width = 1 }) => [
      name,
      { dtype: type === 'int64' ? 'DT_INT64' : 'DT_FLOAT', tensor_shape: width === 1 ? shape(-1) : shape(-1, width), name: `${name}:0` },
    ])
    const signature = {
      inputs: { features: { dtype: 'DT_FLOAT', tensor_shape: shape(-1, this.#width), name: 'features:0' } },
      outputs: Object.fromEntries(outputs) as object,
      method_name: 'tensorflow/serving/predict',
    }
    const signatures = { __saved_model_init_op: { outputs: {} }, serving_default: signature }
    return { model_spec: { name: 'wine', version: '3' }, metadata: { signature_def: { signature_def: signatures } } }
  }

  async #infer({ inputs, outputs }: OipRequest): Promise<string> {
    const [{ name, shape, datatype, data } = { name: '', shape: [], datatype: '', data: [] }] = inputs
    const [rows = 0, width = 0] = shape
    if (name !== 'features' || datatype !== 'FP32' || width !== this.#width || data.length !== rows * width)
      throw new Error(`the input ${name} of [${shape.join(', ')}] with ${data.length} values is not the model's`)
    const columns = await this.#score(data, rows)
    const wanted = columns.filter(column => outputs.some(output => output.name === column.name))
    const tensors = wanted.map(column => ({
      name: column.name,
      datatype: column.name === 'quality' ? 'INT64' : 'FP32',
      shape: [rows, column.width],
      // JSON.stringify makes null of NaN.
      data: Array.from(column.values as ArrayLike<number>),
    }))
    return JSON.stringify({ model_name: 'wine', outputs: tensors })
  }

  async #predict({ signature_name: signature, inputs: { features } }: PredictRequest): Promise<string> {
    if (signature !== 'serving_default' || features.some(row => row.length !== this.#width))
      throw new Error('Tensor features has the wrong shape')
    const columns = await this.#score(features.flat(), features.length)
    const rowsOf = ({ width, values }: OutputColumn): string =>
      features
        .map((_, row) => {
          const own = Array.from({ length: width }, (__, at) => String(values[row * width + at]))
          return width === 1 ? own[0] : `[${own.join(',')}]`
        })
        .join(',')
    return `{"outputs":{${columns.map(column => `${JSON.stringify(column.name)}:[${rowsOf(column)}]`).join(',')}}}`
  }

  async #score(values: readonly (number | null)[], rows: number): Promise<readonly OutputColumn[]> {
    const width = this.#width
    const cells = Array.from({ length: rows }, (_, row): Cell[] =>
      values.slice(row * width, (row + 1) * width).map(value => value ?? undefined),
    )
    const { outputs } = await this.#model.score(batchOf(specsOf(Array.from({ length: width }, (_, at) => `f${at}`)), cells))
    return outputs
  }
}

interface OipRequest {
  readonly inputs: readonly { name: string; shape: number[]; datatype: string; data: (number | null)[] }[]
  readonly outputs: readonly { name: string }[]
}

interface PredictRequest {
  readonly signature_name: string
  readonly inputs: { readonly features: (number | null)[][] }
}
