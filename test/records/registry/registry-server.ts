import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

interface Registered {
  readonly id: number
  readonly schema: string
  readonly schemaType: string
  readonly references: readonly unknown[]
}

/**
 * A small schema registry that speaks Confluent's REST API as far as readers and writers need it: registering, lookup by id and by subject, and the answers
 * for what is not there. `registry.test.ts` compares it with a real registry where SLUICE_TEST_REGISTRY names one.
 */
export class RegistryServer {
  /** The paths that were asked for. */
  readonly asked: string[] = []
  /** The authorization header that a request needs; undefined: none. */
  authorization: string | undefined
  /** What is answered instead of the truth: a status with a body. */
  broken: { readonly status: number; readonly body: string } | undefined
  readonly #server: Server
  readonly #schemas: Registered[] = []
  readonly #subjects = new Map<string, Registered[]>()
  readonly #scheme: 'http' | 'https'
  #port = 0

  /** `tls`: the certificate and its key, as PEM. */
  constructor(tls?: { readonly cert: string; readonly key: string }) {
    const listener: RequestListener = (request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(body)
      })
    }
    this.#scheme = tls === undefined ? 'http' : 'https'
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`
  }

  /** Listens, after `stop` at the same port again. */
  async start(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: string }> {
    const path = decodeURIComponent(request.url ?? '')
    this.asked.push(path)
    if (this.broken !== undefined) return this.broken
    if (this.authorization !== undefined && request.headers.authorization !== this.authorization) return error(401, 40101, 'unauthorized')
    const [, subject, version] = /^\/subjects\/([^/]+)\/versions(?:\/([^/]+))?$/.exec(path) ?? []
    if (request.method === 'POST' && subject !== undefined) return this.#register(subject, await bodyOf(request))
    const [, id] = /^\/schemas\/ids\/(\d+)$/.exec(path) ?? []
    if (id !== undefined) {
      const found = this.#schemas.find(each => each.id === Number(id))
      return found === undefined ? error(404, 40403, 'Schema not found') : json(shownSchema(found))
    }
    if (subject === undefined || version === undefined) return error(404, 404, 'HTTP 404 Not Found')
    const versions = this.#subjects.get(subject)
    if (versions === undefined) return error(404, 40401, `Subject '${subject}' not found.`)
    const number = version === 'latest' ? versions.length : Number(version)
    const found = versions[number - 1]
    return found === undefined
      ? error(404, 40402, `Version ${version} not found.`)
      : json({ subject, version: number, id: found.id, ...shownSchema(found) })
  }

  #register(subject: string, text: string): { readonly status: number; readonly body: string } {
    const { schema, schemaType = 'AVRO', references = [] } = JSON.parse(text) as Partial<Registered>
    if (schema === undefined) return error(422, 42201, 'Invalid schema')
    let found = this.#schemas.find(each => each.schema === schema && each.schemaType === schemaType)
    if (found === undefined) {
      found = { id: this.#schemas.length + 1, schema, schemaType, references }
      this.#schemas.push(found)
    }
    const versions = this.#subjects.get(subject) ?? []
    if (!versions.includes(found)) versions.push(found)
    this.#subjects.set(subject, versions)
    return json({ id: found.id })
  }
}

function shownSchema({ schema, schemaType, references }: Registered) {
  return { schema, ...(schemaType === 'AVRO' ? {} : { schemaType }), ...(references.length === 0 ? {} : { references }) }
}

function json(value: unknown): { readonly status: number; readonly body: string } {
  return { status: 200, body: JSON.stringify(value) }
}

function error(status: number, code: number, message: string): { readonly status: number; readonly body: string } {
  return { status, body: JSON.stringify({ error_code: code, message }) }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
