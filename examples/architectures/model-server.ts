import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ColumnBatch, defaultModelFactory, type Model, wineRecordReader } from '../../serving.ts'
import { modelFile, type ModelName, modelNames } from './recording.ts'

/** A server of models elsewhere, by the Open Inference Protocol. Here it is a process of this machine. */
export interface ModelServer {
  /** `host:port`. */
  readonly host: string
  close(): Promise<void>
}

const { specs } = wineRecordReader()
const input = 'features'
const output = 'quality'

/** Where a server has a model. */
export function locationOf(host: string, name: ModelName): string {
  return `http://${host}/v2/models/${name}`
}

/** Serves the models of the recording. */
export async function startModelServer(port = 0): Promise<ModelServer> {
  const models = new Map<string, Model>()
  for (const name of modelNames) models.set(name, await loadModel(name))
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
    const model = models.get(/\/v2\/models\/(\w+)/.exec(request.url ?? '')?.[1] ?? '')
    response.setHeader('content-type', 'application/json')
    if (model === undefined) response.writeHead(404).end('{"error":"there is no such model"}')
    else response.end(JSON.stringify(request.method === 'GET' ? metadata : await inferred(model, Buffer.concat(chunks).toString())))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      for (const model of models.values()) await model.dispose()
    },
  }
}

const metadata = {
  name: 'wine',
  platform: 'sluice',
  inputs: [{ name: input, datatype: 'FP32', shape: [-1, specs.length] }],
  outputs: [{ name: output, datatype: 'FP64', shape: [-1, 1] }],
}

interface InferRequest {
  readonly inputs: readonly [{ readonly shape: readonly [rows: number, width: number]; readonly data: readonly number[] }]
}

async function inferred(model: Model, body: string): Promise<object> {
  const [{ shape, data }] = (JSON.parse(body) as InferRequest).inputs
  const [rows, width] = shape
  const batch = new ColumnBatch(specs, rows)
  data.forEach((value, at) => batch.setNumber(at % width, Math.floor(at / width), value))
  batch.length = rows
  const { score } = await model.score(batch)
  return { model_name: 'wine', outputs: [{ name: output, datatype: 'FP64', shape: [rows, 1], data: Array.from(score) }] }
}

/** Loads a model into this process. */
export function loadModel(name: ModelName): Promise<Model> {
  return defaultModelFactory().load({ bytes: modelFile(name), format: undefined, output: undefined })
}
