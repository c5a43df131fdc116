import { once } from 'node:events'
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { HopClient } from '../../rest/hops/hop-client.ts'
import { HopSigner, SIGNATURE_HEADER } from '../../rest/hops/hop-signature.ts'
import { startRestServer, type RestServer } from '../../rest/rest-server.ts'
import type { Route } from '../../rest/http/route.ts'
import { APPLICATION, MemoryGroup, STORE } from './memory-group.ts'
import { selfSigned } from './self-signed.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('security')

const path = `/state/${STORE}/keys/c`

const write: Route = {
  method: 'POST',
  path: '/write',
  summary: 'Takes a body',
  body: { contentTypes: ['application/json'], maxBytes: 1000 },
  responses: { 200: { description: 'It came' } },
  answer: ({ body, hop }) => Promise.resolve({ body: { text: String(body), hop } }),
}

async function peerThat(answers: RequestListener): Promise<{ peer: Server; address: { host: string; port: number } }> {
  const peer = createServer(answers).listen(0, '127.0.0.1')
  await once(peer, 'listening')
  return { peer, address: { host: '127.0.0.1', port: (peer.address() as AddressInfo).port } }
}

test('a hop is signed and does not contain the token', async () => {
  const seen: IncomingHttpHeaders[] = []
  const { peer, address } = await peerThat((request, response) => {
    seen.push(request.headers)
    response.end('{"value":1}')
  })
  await withTwoInstances(
    async ({ b, servers }) => {
      b.self = address
      assert.is((await get(servers.a, path, { headers: { authorization: 'Bearer secret' } })).status, 200)
    },
    { token: 'secret' },
  )
  peer.close()
  assert.is(seen.length, 1)
  assert.not.match(JSON.stringify(seen[0]), 'secret')
  const signature = String(seen[0]?.[SIGNATURE_HEADER])
  assert.ok(new HopSigner('secret', APPLICATION).verify(signature, { method: 'GET', path, to: address }))
})

test('a signature is valid only for its own request', () =>
  withTwoInstances(
    async ({ b, group, servers }) => {
      group.put('c', 1)
      const signed = (token: string, to = b.self, signedPath = path) => ({
        'x-sluice-hop': APPLICATION,
        [SIGNATURE_HEADER]: new HopSigner(token, APPLICATION).sign({ method: 'GET', path: signedPath, to }, undefined),
      })
      assert.is((await get(servers.b, path, { headers: signed('secret') })).status, 200)
      for (const headers of [signed('other'), signed('secret', servers.a), signed('secret', b.self, `/state/${STORE}/all`)]) {
        const got = await get(servers.b, path, { headers })
        assert.is(got.status, 401)
        assert.is(got.body['code'], 'TOKEN_REFUSED')
      }
    },
    { token: 'secret' },
  ))

test('a signed body is accepted once and only unchanged', () =>
  withTwoInstances(
    async ({ b, servers }) => {
      const hops = new HopClient({ applicationId: APPLICATION, signer: new HopSigner('secret', APPLICATION), timeoutMs: 2000 })
      const answer = await hops.post(b.self, '/write', { type: 'application/json', bytes: Buffer.from('{"a":1}') })
      assert.is(answer.status, 200)
      assert.equal(JSON.parse(answer.body.toString()), { text: '{"a":1}', hop: true })
      hops.close()
      const signature = new HopSigner('secret', APPLICATION).sign({ method: 'POST', path: '/write', to: b.self }, Buffer.from('1'))
      const send = (body: string) =>
        get(servers.b, '/write', { method: 'POST', body, headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature } })
      assert.is((await send('2')).status, 401, 'another body')
      assert.is((await send('1')).status, 401, 'used up')
    },
    { token: 'secret', routes: [write] },
  ))

test('no connection is made to addresses that the setting does not allow', () =>
  withTwoInstances(
    async ({ group, servers }) => {
      group.put('c', 1)
      const got = await get(servers.a, path)
      assert.is(got.status, 503)
      assert.match(String(got.body['error']), 'peers')
      assert.is((await get(servers.b, path)).status, 200)
    },
    { peers: ['10.0.0.0/8', '*.wine.example'], retryMs: 0 },
  ))

const tls = selfSigned()

function getTls(server: RestServer, asked: string, ca: string): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({ host: server.host, port: server.port, path: asked, ca, agent: false }, response => {
      json(response).then(body => resolve({ status: response.statusCode ?? 0, body: body as Record<string, unknown> }), reject)
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('TLS: clients and hops, and no plain HTTP', () =>
  withTwoInstances(
    async ({ group, servers }) => {
      group.put('c', 1)
      for (const server of Object.values(servers)) {
        const got = await getTls(server, path, tls.cert)
        assert.is(got.status, 200)
        assert.equal([got.body['value'], got.body['port']], [1, servers.b.port])
      }
      await getTls(servers.a, path, selfSigned().cert).then(
        () => assert.unreachable('another authority'),
        (error: Error) => assert.match(error.message, /certificate|self.signed|unable to verify/i),
      )
      const plain = connect(servers.a.port, '127.0.0.1')
      plain.on('error', () => undefined)
      plain.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
      let received = ''
      plain.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')))
      await once(plain, 'close')
      assert.not.match(received, '200')
    },
    { tls: { ...tls, ca: tls.cert } },
  ))

test('TLS: no request is sent to an instance with an untrusted certificate', () =>
  withTwoInstances(
    async ({ group, servers }) => {
      group.put('c', 1)
      const got = await getTls(servers.a, path, tls.cert)
      assert.is(got.status, 503)
      assert.is(got.body['code'], 'OWNER_UNREACHABLE')
    },
    { tls, retryMs: 0 },
  ))

test('TLS: can be closed while a client has sent nothing', async () => {
  const group = new MemoryGroup(1)
  const server = await startRestServer({ streams: group.join('a', { host: 'x', port: 1 }), port: 0, tls, closeWithinMs: 50 })
  const silent = connect(server.port, server.host)
  silent.on('error', () => undefined)
  await once(silent, 'connect')
  const ends = once(silent, 'close')
  silent.resume()
  await server.close()
  await ends
})

test('an invalid certificate stops the start', async () => {
  const streams = new MemoryGroup(1).join('a', { host: 'x', port: 1 })
  const error = await startRestServer({ streams, port: 0, tls: { cert: 'none', key: 'none' } }).catch((thrown: unknown) => thrown)
  assert.is((error as SluiceError).code, 'CONFIG_INVALID')
})

test('the dashboard needs no token, loads nothing from elsewhere and runs its own script only', () =>
  withTwoInstances(
    async ({ servers }) => {
      const answer = await fetch(`http://127.0.0.1:${servers.a.port}/`)
      assert.is(answer.status, 200)
      assert.match(answer.headers.get('content-type') ?? '', 'text/html')
      const policy = answer.headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; connect-src 'self'/)
      const page = await answer.text()
      assert.not.match(page, /(src|href)="(?!\/)/)
      assert.not.match(page, /innerHTML|https?:\/\//)
      assert.is((await get(servers.a, '/openapi.json')).status, 401)
    },
    { token: 'secret' },
  ))

test.run()
