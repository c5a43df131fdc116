import { connect } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HostRules } from '../../../rest/http/host-rules.ts'
import type { RestServer, RestServerOptions } from '../../../rest/index.ts'
import type { Route } from '../../../rest/http/route.ts'
import { withTwoInstances } from '../two-instances.ts'

const test = suite('hosts and origins')

const write: Route = {
  method: 'POST',
  path: '/write',
  summary: 'Changes something',
  body: { contentTypes: ['*/*'], maxBytes: 10, required: false },
  responses: { 200: { description: 'It is done' } },
  answer: () => Promise.resolve({ body: {} }),
}

interface Raw {
  readonly status: number
  readonly code: unknown
}

/** Sends the lines as they are, and reads what comes until the server closes. */
async function raw({ port, host }: RestServer, lines: readonly string[]): Promise<Raw> {
  const socket = connect(port, host)
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'))
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? []
  const json = text.slice(text.indexOf('\r\n\r\n') + 4)
  return { status: Number(status), code: json.startsWith('{"error"') ? (JSON.parse(json) as { code?: unknown }).code : undefined }
}

async function withServer(use: (server: RestServer) => Promise<void>, options: Partial<RestServerOptions> = {}): Promise<void> {
  await withTwoInstances(
    async ({ a, servers }) => {
      a.self = { host: 'One.Cluster', port: servers.a.port }
      await use(servers.a)
    },
    { routes: [write], ...options },
  )
}

const known = [
  'localhost',
  'LOCALHOST:1',
  'app.localhost',
  'localhost.',
  '127.0.0.1',
  '127.8.9.1:80',
  '[::1]',
  '[::1]:9',
  'one.cluster:8888',
]
const foreign = [
  'evil.example',
  'evil.example:8888',
  'localhost.evil.example',
  'evillocalhost',
  '127.0.0.1.evil.example',
  '128.0.0.1',
  '0.0.0.0',
  '[::2]',
  'two.cluster',
  'a@localhost',
  'localhost:x',
  '',
]

test('on a loopback address requests for another host are refused, on every path', () =>
  withServer(async server => {
    for (const host of known)
      assert.equal(await raw(server, ['GET /health/live HTTP/1.1', `Host: ${host}`]), { status: 200, code: undefined }, host)
    for (const host of foreign)
      for (const path of ['/health/live', '/', '/metrics', '/openapi.json', '/nothing'])
        assert.equal(await raw(server, [`GET ${path} HTTP/1.1`, `Host: ${host}`]), { status: 421, code: 'HOST_REFUSED' }, `${host} ${path}`)
    assert.is((await raw(server, ['GET /health/live HTTP/1.0', 'Host: evil.example'])).status, 421)
    assert.is((await raw(server, ['GET http://evil.example/health/live HTTP/1.1', 'Host: evil.example'])).status, 421)
    assert.is((await raw(server, ['GET /health/live HTTP/1.1', 'Host: evil.example', 'X-Forwarded-Host: localhost'])).status, 421)
    assert.is((await raw(server, ['GET /v2/health/live HTTP/1.1', 'Host: evil.example'])).status, 421)
  }))

test('a foreign host is refused before the token is checked', () =>
  withServer(server => raw(server, ['GET /metrics HTTP/1.1', 'Host: evil.example']).then(({ code }) => assert.is(code, 'HOST_REFUSED')), {
    token: 'secret',
  }))

test('allowed hosts are accepted, including names below a domain', () =>
  withServer(
    async server => {
      const statusOf = async (host: string): Promise<number> => (await raw(server, ['GET /health/live HTTP/1.1', `Host: ${host}`])).status
      for (const host of ['sluice.example', 'Sluice.Example:99', 'a.wine', 'b.a.wine', '10.0.0.1', ...known])
        assert.is(await statusOf(host), 200, host)
      for (const host of ['wine', 'a.sluice.example', 'evilwine', '10.0.0.2']) assert.is(await statusOf(host), 421, host)
    },
    { allowedHosts: ['sluice.example', '*.wine', '10.0.0.1'] },
  ))

const port = 8888
const origins: readonly (readonly [origin: string, host: string, taken: boolean])[] = [
  [`http://localhost:${port}`, `localhost:${port}`, true],
  ['https://localhost', 'localhost', true],
  ['https://localhost', 'localhost:443', true],
  ['http://ui.example', 'localhost', true],
  ['http://ui.example:8080', 'localhost', true],
  ['http://evil.example', 'localhost', false],
  [`http://127.0.0.1:${port}`, `localhost:${port}`, false],
  ['http://localhost:3000', `localhost:${port}`, false],
  ['null', 'localhost', false],
  ['file://', 'localhost', false],
  ['localhost', 'localhost', false],
  ['chrome-extension://localhost', 'localhost', false],
]

test('changing requests from pages of other sites are refused', () =>
  withServer(
    async server => {
      for (const [origin, host, taken] of origins) {
        const headers = [`Host: ${host}`, `Origin: ${origin}`]
        const refused = { status: 403, code: 'ORIGIN_REFUSED' }
        const what = `${origin} asks ${host}`
        assert.equal(await raw(server, ['POST /write HTTP/1.1', ...headers]), taken ? { status: 200, code: undefined } : refused, what)
        assert.is((await raw(server, ['DELETE /write HTTP/1.1', ...headers])).status, taken ? 405 : 403, what)
        assert.is((await raw(server, ['GET /health/live HTTP/1.1', ...headers])).status, 200, what)
      }
      assert.is((await raw(server, ['POST /write HTTP/1.1', 'Host: localhost'])).status, 200, 'no page')
    },
    { allowedHosts: ['ui.example'] },
  ))

test('on other than loopback addresses host names are checked only if they are configured', () => {
  const taken = (rules: HostRules, name: string): boolean => {
    try {
      rules.checkHost(name, 'one')
      return true
    } catch {
      return false
    }
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'sluice.example']) {
    assert.ok(taken(new HostRules({ host, allowed: undefined }), 'any.example'), host)
    const given = new HostRules({ host, allowed: ['b.example'] })
    assert.equal(
      ['b.example', 'one:1', 'localhost', 'any.example'].map(name => taken(given, name)),
      [true, true, true, false],
    )
  }
  for (const host of ['127.0.0.2', '::1', 'localhost'])
    assert.not.ok(taken(new HostRules({ host, allowed: undefined }), 'any.example'), host)
})

test.run()
