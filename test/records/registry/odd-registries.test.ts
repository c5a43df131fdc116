import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/index.ts'
import { type RegistryAddress, SchemaRegistry } from '../../../records/registry/index.ts'
import { selfSigned } from '../../rest/self-signed.ts'

const schema = '"string"'
const open: Server[] = []
const escaped: unknown[] = []
const test = suite('odd registries')

process.on('uncaughtException', error => escaped.push(error))

test.after.each(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  assert.equal(escaped.splice(0), [], 'nothing is thrown where nobody catches it')
})

async function urlOf(server: Server, scheme = 'http'): Promise<string> {
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function serve(listener: RequestListener): Promise<string> {
  return urlOf(createServer(listener))
}

const answerWell: RequestListener = (_, response) => {
  response.end(JSON.stringify({ schema }))
}

/** Asks until what is pending says more than that it asks, or is done. */
async function reasonOf(registry: SchemaRegistry, id = 1): Promise<string | undefined> {
  for (;;) {
    const pending = registry.pending(id)
    if (pending === undefined || / for schema \d+: /.test(pending)) return pending
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** Asks until there is an answer. */
async function answerOf(registry: SchemaRegistry, id = 1): Promise<string> {
  while (registry.pending(id) !== undefined) await new Promise(resolve => setTimeout(resolve, 5))
  return registry.get(id).text
}

for (const [what, listener, why] of [
  [
    'breaks off within its answer',
    (_, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('{"schema"')
      setTimeout(() => response.socket?.resetAndDestroy(), 20)
    },
    /it does not answer: ./,
  ],
  [
    'breaks off before its answer',
    request => {
      request.socket.resetAndDestroy()
    },
    /it does not answer: ./,
  ],
  [
    'stops within its answer',
    (_, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('{"schema"')
    },
    /it did not answer within 300 ms/,
  ],
  ['never answers', () => undefined, /it did not answer within 300 ms/],
  [
    'answers byte by byte',
    (_, response) => {
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    },
    /it did not answer within 300 ms/,
  ],
  [
    'answers without an end',
    (_, response) => {
      const more = (): void => {
        while (response.writable && response.write(Buffer.alloc(1 << 20, 32)));
      }
      response.on('drain', more)
      more()
    },
    /its answer has more than 16777216 bytes|did not answer within/,
  ],
  ['answers 500', (_, response) => void response.writeHead(500).end('{"error_code":50001,"message":"store"}'), /it answered 500: store$/],
  ['answers null', (_, response) => void response.end('null'), /it answered 200 without JSON$/],
  ['answers with a schema that is no text', (_, response) => void response.end('{"schema":{}}'), /its answer has no schema$/],
  ['answers with references that are none', (_, response) => void response.end('{"schema":"1","references":[null]}'), / for schema 1: ./],
  [
    'sends elsewhere',
    (_, response) => void response.writeHead(308, { location: 'https://other.example/schemas/ids/1' }).end(),
    /it answered 308, which sends to https:\/\/other\.example\/schemas\/ids\/1: name the URL of the registry itself$/,
  ],
] as readonly [string, RequestListener, RegExp][]) {
  test(`one that ${what} is asked again, and then answers`, async () => {
    let broken = true
    const url = await serve((request, response) => (broken ? listener(request, response) : answerWell(request, response)))
    const registry = new SchemaRegistry({ url, timeoutMs: 300 })
    assert.match(String(await reasonOf(registry)), why)
    broken = false
    assert.is(await answerOf(registry), schema)
  })
}

test('TLS: by a certificate authority of its own, and not without it', async () => {
  const { cert, key } = selfSigned()
  const seen: (string | undefined)[] = []
  const server = createTlsServer({ cert, key }, (request, response) => {
    seen.push(request.headers.authorization)
    answerWell(request, response)
  })
  const url = await urlOf(server, 'https')
  const address: RegistryAddress = { url, username: 'me', password: 'geheim' }
  assert.match(String(await reasonOf(new SchemaRegistry(address))), /it does not answer: self-signed certificate/)
  assert.match(
    String(await reasonOf(new SchemaRegistry({ ...address, ca: selfSigned().cert }))),
    /it does not answer: (self-signed certificate|unable to verify|certificate signature failure)/,
  )
  assert.equal(seen, [], 'credentials go to nobody who is not trusted')
  assert.is(await answerOf(new SchemaRegistry({ ...address, ca: cert })), schema)
  assert.equal(seen, [`Basic ${Buffer.from('me:geheim').toString('base64')}`])
  assert.match(
    String(await reasonOf(new SchemaRegistry({ url: url.replace('127.0.0.1', 'localhost'), ca: cert }))),
    /it does not answer: .*localhost/,
  )
  assert.match(String(await reasonOf(new SchemaRegistry({ url: url.replace('https', 'http') }))), /it does not answer: ./)
})

test('credentials in the URL are sent, and in no message', async () => {
  const seen: (string | undefined)[] = []
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization)
    void response.writeHead(401).end('{}')
  })
  const registry = new SchemaRegistry({ url: url.replace('//', '//me:ge%40heim@') })
  const reason = String(await reasonOf(registry))
  assert.match(reason, /^asking the schema registry at http:\/\/127\.0\.0\.1:\d+ for schema 1: it answered 401/)
  assert.is(seen[0], `Basic ${Buffer.from('me:ge@heim').toString('base64')}`)
  const said = await registry.latest('a').then(
    () => undefined,
    (error: unknown) => (error as SluiceError).message,
  )
  assert.match(String(said), /it answered 401/)
  assert.not.match(`${reason} ${said}`, /heim/)
})

for (const url of ['', 'localhost:8081', 'ftp://host', 'http://a:8081,http://b:8081', 'http://']) {
  test(`"${url}" is no URL of a registry: that is told at once`, () => {
    try {
      assert.unreachable(`${new SchemaRegistry({ url }).pending(1)}`)
    } catch (error) {
      assert.is((error as SluiceError).code, 'CONFIG_INVALID')
    }
  })
}

test.run()
