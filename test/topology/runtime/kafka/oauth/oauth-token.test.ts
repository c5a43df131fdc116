import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { messageOf } from '../../../../../base/sluice-error.ts'
import { anHour, withClock } from '../../../../support/set-clock.ts'
import { TokenCache, TokenRefused, TokenUnavailable } from '../../../../../topology/runtime/kafka/oauth/oauth-token.ts'

interface Asked {
  readonly authorization: string | undefined
  readonly body: string
}

interface Context {
  dir: string
  server: Server
  url: string
  asked: Asked[]
  answer: { status: number; body: string }
}

const test = suite<Context>('bearer tokens')

test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-token-'))
  context.asked = []
  context.answer = { status: 200, body: '{}' }
  context.server = createServer((request, response) => void answer(context, request, response))
  await new Promise<void>(resolve => context.server.listen(0, '127.0.0.1', resolve))
  context.url = `http://127.0.0.1:${(context.server.address() as AddressInfo).port}/token`
})
test.after.each(async ({ dir, server }) => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  await rm(dir, { recursive: true, force: true })
})

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  context.asked.push({ authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() })
  response.writeHead(context.answer.status, { 'content-type': 'application/json' }).end(context.answer.body)
}

function jwt(secondsLeft: number): string {
  const payload = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + secondsLeft })).toString('base64url')
  return `e30.${payload}.c2ln`
}

async function failure(cache: TokenCache): Promise<Error> {
  const error: unknown = await cache.get().then(
    () => undefined,
    error => error,
  )
  assert.instance(error, Error)
  return error as Error
}

test('a file is read each time, without the white space around the token', async ({ dir }) => {
  const file = join(dir, 'token')
  const cache = new TokenCache({ file })
  await writeFile(file, `${jwt(3600)}\n`)
  assert.is(await cache.get(), jwt(3600))
  await writeFile(file, 'second')
  assert.is(await cache.get(), 'second')
  await rm(file)
  const missing = await failure(cache)
  assert.instance(missing, TokenUnavailable)
  assert.match(missing.message, `${file} cannot be read: ENOENT`)
})

test('an invalid token is refused, and never shown', async ({ dir }) => {
  const file = join(dir, 'token')
  for (const content of ['', 'two words of-secret', 'with\u0001control-of-secret', '{"access_token":"of-secret"}']) {
    await writeFile(file, content)
    const error = await failure(new TokenCache({ file }))
    assert.instance(error, TokenRefused)
    assert.match(error.message, content === '' ? 'it is empty' : 'characters that a bearer token cannot have')
    assert.not.match(error.message, 'of-secret')
  }
})

test('a command runs once for simultaneous requests, and again if its token has no expiry', async ({ dir }) => {
  const counter = join(dir, 'runs')
  const cache = new TokenCache({ command: `echo run >> ${counter}; echo opaque-$(wc -l < ${counter})` })
  assert.equal(await Promise.all([cache.get(), cache.get()]), ['opaque-1', 'opaque-1'])
  assert.is(await cache.get(), 'opaque-2')
})

test('a token is not reused for longer if the clock is set back', async ({ dir }) => {
  const counter = join(dir, 'runs')
  const cache = new TokenCache({ command: `echo run >> ${counter}; echo ${jwt(2)}` })
  await cache.get()
  await withClock(-anHour, async () => {
    await new Promise(resolve => setTimeout(resolve, 2000))
    await cache.get()
  })
  assert.is(readFileSync(counter, 'utf8').split('\n').length - 1, 2)
})

test('a JWT is reused while it is valid, until a broker refuses it', async ({ dir }) => {
  const counter = join(dir, 'runs')
  const lasting = new TokenCache({ command: `echo run >> ${counter}; echo ${jwt(3600)}` })
  const runs = async (): Promise<number> =>
    (await import('node:fs/promises')).readFile(counter, 'utf8').then(text => text.split('\n').length - 1)
  await lasting.get()
  await lasting.get()
  assert.is(await runs(), 1)
  lasting.forget()
  await lasting.get()
  assert.is(await runs(), 2)
  const ended = new TokenCache({ command: `echo run >> ${counter}; echo ${jwt(-1)}` })
  await ended.get()
  await ended.get()
  assert.is(await runs(), 4)
})

test('a failed command is reported with its exit, not with its output', async () => {
  const error = await failure(new TokenCache({ command: 'echo of-secret; echo of-secret >&2; exit 3' }))
  assert.instance(error, TokenUnavailable)
  assert.match(error.message, 'ended with 3')
  assert.not.match(error.message, 'of-secret')
})

test('an endpoint is requested by the client-credentials grant, and again after most of the lifetime', async context => {
  const endpoint = { url: context.url, clientId: 'me:1', clientSecret: 'p ä%', scope: 'kafka read' }
  context.answer = { status: 200, body: JSON.stringify({ access_token: 'opaque', token_type: 'Bearer', expires_in: 3600 }) }
  const cache = new TokenCache(endpoint)
  assert.equal(await Promise.all([cache.get(), cache.get()]), ['opaque', 'opaque'])
  await cache.get()
  assert.is(context.asked.length, 1)
  const { authorization, body } = context.asked[0] as Asked
  assert.is(Buffer.from(String(authorization).replace('Basic ', ''), 'base64').toString(), 'me%3A1:p+%C3%A4%25')
  assert.equal(Object.fromEntries(new URLSearchParams(body)), { grant_type: 'client_credentials', scope: 'kafka read' })
  context.answer = { status: 200, body: JSON.stringify({ access_token: 'opaque', expires_in: 0 }) }
  const short = new TokenCache(endpoint)
  await short.get()
  await short.get()
  assert.is(context.asked.length, 3)
})

test('a refusal of an endpoint is reported with its reason and what to check; an unavailable one is retried', async context => {
  const source = { url: context.url, clientId: 'me', clientSecret: 'of-secret' }
  context.answer = { status: 401, body: '{"error":"invalid_client","error_description":"no such\\nclient"}' }
  const refused = await failure(new TokenCache(source))
  assert.instance(refused, TokenRefused)
  assert.is(refused.message, `the token endpoint ${context.url} refused sasl.clientId me: 401 invalid_client: no such client`)
  context.answer = { status: 503, body: 'of-secret' }
  assert.instance(await failure(new TokenCache(source)), TokenUnavailable)
  context.answer = { status: 200, body: 'no JSON of-secret' }
  assert.match((await failure(new TokenCache(source))).message, 'without an access_token')
  const away = await failure(new TokenCache({ ...source, url: 'http://127.0.0.1:9/token' }))
  assert.instance(away, TokenUnavailable)
  assert.match(messageOf(away), /does not answer: .*ECONNREFUSED/)
})

test.run()
