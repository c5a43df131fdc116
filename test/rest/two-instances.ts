import type { RestServer, RestServerOptions } from '../../rest/index.ts'
import { startRestServer } from '../../rest/rest-server.ts'
import { MemoryGroup } from './memory-group.ts'
import type { MemoryStreams } from './memory-group.ts'

/** An answer as a test compares it. */
export interface Got {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

/** Two instances that serve on free ports and share four partitions: a has 0 and 1, b has 2 and 3. */
export interface TwoInstances {
  readonly group: MemoryGroup
  readonly a: MemoryStreams
  readonly b: MemoryStreams
  readonly servers: { readonly a: RestServer; readonly b: RestServer }
}

export async function withTwoInstances(
  run: (both: TwoInstances) => Promise<void>,
  options: Omit<RestServerOptions, 'streams' | 'port'> = {},
): Promise<void> {
  const group = new MemoryGroup(4)
  const a = group.join('a', { host: '127.0.0.1', port: 0 })
  const b = group.join('b', { host: '127.0.0.1', port: 0 })
  group.owners.splice(0, 4, a, a, b, b)
  const servers = {
    a: await startRestServer({ retryMs: 100, ...options, streams: a, port: 0 }),
    b: await startRestServer({ retryMs: 100, ...options, streams: b, port: 0 }),
  }
  a.self = { host: '127.0.0.1', port: servers.a.port }
  b.self = { host: '127.0.0.1', port: servers.b.port }
  try {
    await run({ group, a, b, servers })
  } finally {
    await Promise.all([servers.a.close(), servers.b.close()])
  }
}

export async function get(server: RestServer, path: string, init: RequestInit = {}): Promise<Got> {
  const response = await fetch(`http://${server.host}:${server.port}${path}`, { redirect: 'error', ...init })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Got['body'] }
}
