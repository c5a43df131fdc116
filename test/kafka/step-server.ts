import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A model of two steps: `given` its inputs by name, one row. */
export interface ServedStep {
  readonly inputs: readonly string[]
  readonly output: string
  of(given: readonly number[]): number
}

interface Asked {
  readonly inputs: readonly { readonly name: string; readonly data: readonly number[] }[]
}

/** A real HTTP server of models by the Open Inference Protocol, each at `/v2/models/NAME`, with an input and an output of one double a row. */
export async function withStepServer(
  steps: Readonly<Record<string, ServedStep>>,
  use: (host: string, asked: () => number) => Promise<void>,
): Promise<void> {
  let calls = 0
  const tensor = (name: string): object => ({ name, datatype: 'FP64', shape: [-1] })
  const answer = (path: string, asked: Asked | undefined): object => {
    const [, name = '', infer] = /^\/v2\/models\/(\w+)(\/infer)?$/.exec(path) ?? []
    const step = steps[name]
    if (step === undefined) throw new Error(`no model ${path}`)
    if (infer === undefined)
      return { name, versions: ['1'], platform: 'test', inputs: step.inputs.map(tensor), outputs: [tensor(step.output)] }
    calls++
    const columns = step.inputs.map(input => asked?.inputs.find(each => each.name === input)?.data ?? [])
    const data = (columns[0] ?? []).map((_, row) => step.of(columns.map(column => column[row] as number)))
    return { model_name: name, outputs: [{ ...tensor(step.output), shape: [data.length], data }] }
  }
  const respond = (response: ServerResponse, status: number, body: object): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const server = createServer((request, response) => {
    const asked = request.method === 'POST' ? (json(request) as Promise<Asked>) : Promise.resolve(undefined)
    asked.then(
      body => respond(response, 200, answer(request.url ?? '', body)),
      (error: unknown) => respond(response, 400, { error: String(error) }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await use(`127.0.0.1:${(server.address() as AddressInfo).port}`, () => calls)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
