import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A local model server for the Open Inference Protocol. Its model returns the sum of a record's values. */
export interface SumServer {
  readonly host: string
  /** URL of the model. */
  readonly location: string
  stop(): Promise<void>
}

export async function startSumServer(width: number): Promise<SumServer> {
  const metadata = {
    name: 'sum',
    platform: 'javascript',
    inputs: [{ name: 'values', datatype: 'FP64', shape: [-1, width] }],
    outputs: [{ name: 'sum', datatype: 'FP64', shape: [-1, 1] }],
  }
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.method === 'GET' ? metadata : sums(Buffer.concat(chunks).toString('utf8'))))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { host, location: `http://${host}/v2/models/sum`, stop }
}

interface SumRequest {
  readonly inputs: readonly [{ readonly shape: readonly [number, number]; readonly data: readonly number[] }]
}

function sums(body: string): object {
  const [{ shape, data }] = (JSON.parse(body) as SumRequest).inputs
  const [rows, width] = shape
  const values = Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0))
  return { model_name: 'sum', outputs: [{ name: 'sum', datatype: 'FP64', shape: [rows, 1], data: values }] }
}
