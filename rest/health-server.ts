import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Connections } from './http/index.ts'
import { listen } from './listen.ts'

/** Few programs check the health of an instance, and none keeps a connection for long. */
const most = { most: 64, mostOfAddress: 32, keepAliveMs: 5000 }
const withinMs = 1000

/**
 * A listener for health checks alone, in plain HTTP: whoever fills the connections of REST does not fill these. It answers what REST answers for the same paths,
 * and 404 for all others.
 */
export class HealthServer {
  readonly port: number
  readonly #connections: Connections

  private constructor(server: Server) {
    this.port = (server.address() as AddressInfo).port
    this.#connections = new Connections(server, { tls: false, ...most })
  }

  /** `app` answers all paths of REST. Throws PORT_TAKEN, CONFIG_INVALID. */
  static async open(app: (request: IncomingMessage, response: ServerResponse) => void, host: string, port: number): Promise<HealthServer> {
    const server = createServer({ headersTimeout: 2000, requestTimeout: 5000, connectionsCheckingInterval: 500, requireHostHeader: false })
    server.on('request', (request: IncomingMessage, response) => {
      if (isHealth(request.url ?? '')) app(request, response)
      else refuse(response)
    })
    await listen(server, host, port)
    return new HealthServer(server)
  }

  close(): Promise<void> {
    return this.#connections.close(withinMs)
  }
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ error: 'this port answers health checks alone', code: 'ROUTE_UNKNOWN' }))
}

function isHealth(url: string): boolean {
  return /^\/health\/(?:live|ready)(?:\?|$)/.test(url)
}
