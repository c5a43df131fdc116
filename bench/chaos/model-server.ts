import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { exampleFile } from '../../cli/demo/index.ts'

/** How a model comes: at once, slowly, or never. */
export type Coming = 'good' | 'slow' | 'fail'

/** How long a slow model takes: less than the instances allow. */
const slowMs = 6000
const parts = 4

/** Where models that are published by their locations come from. What a location says does not change, so that each instance gets the same. */
export class ModelServer {
  readonly #server: Server
  #asked = 0

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(): Promise<ModelServer> {
    const server = createServer((request, response) => void answer(request.url ?? '', response).catch(() => response.destroy()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new ModelServer(server)
  }

  /** In the form of the setting modelHosts. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Each is another one. */
  location(how: Coming, file: string): string {
    return `http://${this.host}/${how}/${++this.#asked}/${file}`
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

/** What a location of the server says. */
export function locationParts(location: string): { readonly how: Coming; readonly file: string } {
  const [how, , file = ''] = new URL(location).pathname.slice(1).split('/')
  return { how: how as Coming, file }
}

/** Half of the failing ones are refused, and half break in the middle. */
async function answer(path: string, response: ServerResponse): Promise<void> {
  const { how, file } = locationParts(new URL(path, 'http://h').href)
  const bytes = await readFile(exampleFile(file))
  const refused = how === 'fail' && Number(path.split('/')[2]) % 2 === 0
  if (refused) response.writeHead(503).end('not now')
  if (refused) return
  response.writeHead(200, { 'content-length': bytes.length })
  const size = Math.ceil(bytes.length / parts)
  for (let at = 0; at < bytes.length; at += size) {
    if (how !== 'good') await sleep(slowMs / parts / (how === 'fail' ? 10 : 1))
    if (how === 'fail' && at > 0) return void response.destroy()
    response.write(bytes.subarray(at, at + size))
  }
  response.end()
}
