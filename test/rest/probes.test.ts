import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RestServer } from '../../rest/rest-server.ts'
import { STORE } from './memory-group.ts'
import { type RawAnswer, sendLines } from './raw-http.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('probes and proxies')

const withServer = (run: (server: RestServer) => Promise<void>, options: Parameters<typeof withTwoInstances>[1] = {}): Promise<void> =>
  withTwoInstances(({ servers }) => run(servers.a), options)

function codeOf({ body }: RawAnswer): unknown {
  return (JSON.parse(body) as { code?: unknown }).code
}

test('HTTP/1.0 without a Host is answered, because no browser can send it', () =>
  withServer(async server => {
    for (const path of ['/health/live', '/health/ready', '/metrics', `/state/${STORE}/count`]) {
      const { status, headers } = await sendLines(server, [`GET ${path} HTTP/1.0`])
      assert.is(status, 200, path)
      assert.is(headers['connection'], 'close', path)
    }
    assert.is((await sendLines(server, ['HEAD /health/ready HTTP/1.0'])).status, 200)
    assert.is(codeOf(await sendLines(server, ['GET /health/live HTTP/1.0', 'Host: evil.example'])), 'HOST_REFUSED')
    assert.is(codeOf(await sendLines(server, ['GET /health/live HTTP/1.0', 'Host:'])), 'HOST_REFUSED')
    assert.is((await sendLines(server, ['GET /health/live HTTP/1.1', 'Connection: close'])).status, 400)
  }))

test('HTTP/1.0 still needs the token', () =>
  withServer(
    async server => {
      assert.is(codeOf(await sendLines(server, ['GET /metrics HTTP/1.0'])), 'TOKEN_REFUSED')
      assert.is((await sendLines(server, ['GET /metrics HTTP/1.0', 'Authorization: Bearer secret'])).status, 200)
      assert.is((await sendLines(server, ['GET /health/ready HTTP/1.0'])).status, 200)
    },
    { token: 'secret' },
  ))

test('a single-valued header that is sent twice is refused', () =>
  withServer(
    async server => {
      const right = ['Host: localhost', 'Authorization: Bearer secret', 'Content-Type: application/json', 'Origin: http://localhost']
      for (const second of [
        'Host: localhost',
        'host: evil.example',
        'Authorization: Bearer other',
        'AUTHORIZATION: Bearer secret',
        ...right.slice(2),
      ])
        for (const lines of [
          [...right, second],
          [second, ...right],
        ]) {
          const refused = await sendLines(server, ['GET /metrics HTTP/1.1', ...lines, 'Connection: close'])
          assert.equal([refused.status, codeOf(refused)], [400, 'INPUT_INVALID'], second)
          assert.match(refused.body, second.split(':', 1)[0]?.toLowerCase() ?? '')
        }
      const twice = await sendLines(server, ['GET /health/live HTTP/1.0', 'Host: localhost', 'Host: localhost'])
      assert.is(twice.status, 400)
      assert.is((await sendLines(server, ['GET /metrics HTTP/1.1', ...right, 'Accept: a', 'Accept: b', 'Connection: close'])).status, 200)
    },
    { token: 'secret' },
  ))

test('unknown query parameters are ignored on the routes of probes and browsers, and refused elsewhere', () =>
  withServer(async server => {
    const additions = ['?_=1', '?_=1&_=2', '?', '?verbose', '?a=%2F&b', '?__proto__=1&constructor=2', `?x=${'y'.repeat(4000)}`]
    for (const path of ['/health/live', '/health/ready', '/metrics', '/', '/openapi.json'])
      for (const query of additions) {
        const answer = await fetch(`http://127.0.0.1:${server.port}${path}${query}`)
        await answer.arrayBuffer()
        assert.is(answer.status, 200, path + query.slice(0, 40))
      }
    const refused = await get(server, `/state/${STORE}/count?_=1`)
    assert.equal([refused.status, refused.body['code']], [400, 'INPUT_INVALID'])
  }))

test.run()
