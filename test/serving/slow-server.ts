import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NewModel } from '../../stores/index.ts'
import { sha256Of } from './serving-driver.ts'

/** A server that gives nothing until `answer` is called. */
export async function withSlowServer(
  use: (server: { readonly host: string; readonly asked: () => number; readonly answer: (bytes: Uint8Array) => void }) => Promise<void>,
): Promise<void> {
  const waiting: ServerResponse[] = []
  let asked = 0
  let bytes: Uint8Array | undefined
  const server = createServer((_, response) => {
    asked++
    if (bytes === undefined) waiting.push(response)
    else response.end(bytes)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const answer = (given: Uint8Array): void => {
    bytes = given
    for (const response of waiting.splice(0)) response.end(given)
  }
  try {
    await use({ host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked, answer })
  } finally {
    answer(Buffer.alloc(0))
    server.closeAllConnections()
    server.close()
  }
}

/** A version of a restored state whose bytes are elsewhere. */
export const remote = (host: string, bytes: Uint8Array, offset: number): NewModel => ({
  name: `m${offset}`,
  description: '',
  modeltype: 0,
  bytes: undefined,
  hash: Buffer.from(sha256Of(bytes), 'hex'),
  size: bytes.length,
  heavy: true,
  location: `http://${host}/model`,
  output: '',
  since: 1,
  partition: 0,
  offset,
})
