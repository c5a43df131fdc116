import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { HOP_HEADER } from '../../rest/hops/hop-client.ts'
import { HopSigner, SIGNATURE_HEADER } from '../../rest/hops/hop-signature.ts'
import type { RestServer } from '../../rest/rest-server.ts'
import type { Route } from '../../rest/http/route.ts'
import { APPLICATION, STORE } from './memory-group.ts'
import { selfSigned } from './self-signed.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('tokens and certificates that change')

const path = `/state/${STORE}/keys/c`

async function statusWith(server: RestServer, token: string, asked = path): Promise<number> {
  return (await get(server, asked, { headers: { authorization: `Bearer ${token}` } })).status
}

test('each of several tokens is accepted, and no other', () =>
  withTwoInstances(
    async ({ group, servers }) => {
      group.put('c', 1)
      for (const token of ['new', 'old']) assert.is(await statusWith(servers.a, token), 200, token)
      for (const token of ['', 'new,old', 'new old', 'ne', 'newold']) assert.is(await statusWith(servers.a, token), 401, token)
    },
    { token: ['new', 'old'] },
  ))

test('hops work while the instances of a group change their token one by one', () =>
  withTwoInstances(
    async ({ group, servers }) => {
      group.put('c', 1)
      const steps = [['old', 'new'], ['new', 'old'], ['new']]
      for (const tokens of steps)
        for (const server of [servers.a, servers.b]) {
          server.renew({ tokens })
          // a asks b by a hop that is signed with the first token that a has.
          assert.is(await statusWith(servers.a, tokens[0] as string), 200, tokens.join())
          assert.is(await statusWith(server, tokens.at(-1) as string), 200, tokens.join())
        }
      assert.is(await statusWith(servers.a, 'old'), 401)
      assert.is(await statusWith(servers.b, 'old', '/metrics'), 401)
    },
    { token: 'old', retryMs: 0 },
  ))

test('a signature of a changing request is not accepted again after other tokens were exchanged', () =>
  withTwoInstances(
    async ({ b, servers }) => {
      const signed = new HopSigner('old', APPLICATION).sign({ method: 'POST', path: '/write', to: b.self }, Buffer.from('{}'))
      const headers = { 'content-type': 'application/json', [HOP_HEADER]: APPLICATION, [SIGNATURE_HEADER]: signed }
      const send = async (): Promise<number> => (await get(servers.b, '/write', { method: 'POST', body: '{}', headers })).status
      assert.is(await send(), 200)
      servers.b.renew({ tokens: ['new', 'old'] })
      assert.is(await send(), 401)
    },
    { token: 'old', routes: [write] },
  ))

const write: Route = {
  method: 'POST',
  path: '/write',
  summary: 'Takes a body',
  body: { contentTypes: ['application/json'], maxBytes: 1000 },
  responses: { 200: { description: 'It came' } },
  answer: () => Promise.resolve({ body: {} }),
}

/** Asks over a connection of its own, which goes on until its end is called. */
async function open(server: RestServer, ca: string): Promise<{ ask(): Promise<string>; end(): void }> {
  const socket = connectTls({ host: server.host, port: server.port, ca })
  await once(socket, 'secureConnect')
  return {
    async ask() {
      socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
      const [bytes] = (await once(socket, 'data')) as [Buffer]
      return bytes.toString().split('\r\n', 1)[0] as string
    },
    end: () => socket.destroy(),
  }
}

test('a certificate is exchanged while connections stay open; an invalid one changes nothing', async () => {
  const [first, second] = [selfSigned(), selfSigned()]
  await withTwoInstances(
    async ({ servers }) => {
      const { a } = servers
      const before = await open(a, first.cert)
      assert.is(await before.ask(), 'HTTP/1.1 200 OK')
      for (const tls of [
        { cert: 'none', key: first.key },
        { cert: first.cert, key: second.key },
        { cert: '', key: '' },
        { cert: '', key: first.key },
        { cert: first.cert, key: '' },
        { cert: first.cert.slice(0, 300), key: first.key },
      ]) {
        const error = thrownBy(() => a.renew({ tls, tokens: ['other'] }))
        assert.is(error.code, 'CONFIG_INVALID')
        assert.match(error.message, /tlsCert and tlsKey/)
      }
      for (const ca of [
        '',
        'none',
        second.cert.slice(0, 300),
        `${second.cert}${first.cert.slice(0, 300)}`,
        second.cert.replace(/\n[^-]{40}/, '\n'),
      ]) {
        const error = thrownBy(() => a.renew({ tls: { ...second, ca }, tokens: ['other'] }))
        assert.equal([error.code, error.message.slice(0, 12)], ['CONFIG_INVALID', 'tlsCa is not'], ca)
      }
      ;(await open(a, first.cert)).end()
      a.renew({ tls: { ...second, ca: second.cert } })
      const after = await open(a, second.cert)
      assert.is(await after.ask(), 'HTTP/1.1 200 OK')
      assert.is(await before.ask(), 'HTTP/1.1 200 OK')
      const refused = await open(a, first.cert).catch((error: unknown) => error)
      assert.instance(refused, Error)
      before.end()
      after.end()
    },
    { tls: first, token: 'secret' },
  )
})

test('wrong options of renew are refused, and nothing is changed', async () => {
  const [first, second] = [selfSigned(), selfSigned()]
  await withTwoInstances(
    async ({ servers }) => {
      for (const [given, message] of [
        [{ tls: second, tokens: [] }, /^tokens \(hidden\) \(option of renew\) .*a list of texts/],
        [{ tls: second, tokens: 'other' }, /^tokens \(hidden\)/],
        [{ tls: second, tokens: ['other', 5] }, /^tokens \(hidden\)/],
        [{ tls: second, tokens: ['a\nb'] }, /^tokens \(hidden\)/],
        [{ tls: second, token: ['other'] }, /^unknown option "token" \(of renew\); .*did you mean "tokens"\?$/],
        [{ tls: { ...second, key: Buffer.from(second.key) }, tokens: ['other'] }, /^tls.key \(hidden\)/],
        [{ tls: { cert: second.cert }, tokens: ['other'] }, /^tls.key is not set/],
        [undefined, /^options undefined \(of renew\)/],
      ] as const) {
        const error = thrownBy(() => servers.a.renew(given as never))
        assert.is(error.code, 'CONFIG_INVALID')
        assert.match(error.message, message)
        const connected = await open(servers.a, first.cert)
        assert.is(await connected.ask(), 'HTTP/1.1 200 OK')
        connected.end()
      }
    },
    { tls: first, token: 'secret' },
  )
})

test('hops trust the authorities of the new certificates', async () => {
  const [first, second] = [selfSigned(), selfSigned()]
  await withTwoInstances(
    async ({ b, servers }) => {
      const asked = async (): Promise<string> => {
        const socket = connectTls({ host: servers.a.host, port: servers.a.port, rejectUnauthorized: false })
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
        let text = ''
        for await (const chunk of socket) text += String(chunk)
        return text.split('\r\n', 1)[0] as string
      }
      assert.match(await asked(), '404')
      servers.b.renew({ tls: second })
      // The hop of a moment ago has left a connection: what is new is on new ones.
      b.self = { ...b.self, host: 'localhost' }
      assert.match(await asked(), '503')
      servers.a.renew({ tls: { ...first, ca: second.cert } })
      b.self = { ...b.self, host: '127.0.0.1' }
      assert.match(await asked(), '404')
    },
    { tls: { ...first, ca: first.cert }, retryMs: 0 },
  )
})

function thrownBy(work: () => void): SluiceError {
  try {
    work()
  } catch (error) {
    assert.instance(error, SluiceError)
    return error as SluiceError
  }
  throw new Error('nothing was thrown')
}

test.run()
