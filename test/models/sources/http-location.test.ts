import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkHttpLocation, httpChunks } from '../../../models/sources/http-location.ts'
import { SluiceError } from '../../../base/sluice-error.ts'

interface Context {
  server: Server
  /** host:port of a server that is allowed, and of one that is not. */
  host: string
  asked: string[]
}

const answers: Readonly<Record<string, (response: ServerResponse, context: Context) => void>> = {
  '/model': response => response.end('a model'),
  '/pieces': response => {
    response.write('a ')
    setTimeout(() => response.end('model'), 20)
  },
  '/moved': response => response.writeHead(302, { location: '/model' }).end('elsewhere'),
  '/around': response => response.writeHead(302, { location: '/around' }).end(),
  '/elsewhere': (response, { host }) => response.writeHead(301, { location: `http://localhost:${host.split(':')[1]}/model` }).end(),
  '/file': response => response.writeHead(302, { location: 'file:///etc/hostname' }).end(),
  '/broken': response => response.writeHead(500).end('no'),
  '/silent': response => void response.writeHead(200).write('a'),
  '/mute': () => {},
  '/dripping': response => drip(response, 10, 1),
  '/slow': response => drip(response, 10, 10_000),
  '/cut': response => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('a')
    setTimeout(() => response.destroy(), 20)
  },
}

/** Gives some bytes every few milliseconds, without end. */
function drip(response: ServerResponse, everyMs: number, bytes: number): void {
  const timer = setInterval(() => response.write(Buffer.alloc(bytes)), everyMs)
  response.on('close', () => clearInterval(timer))
}

const http = suite<Context>('models from servers')

http.before(async context => {
  context.asked = []
  context.server = createServer((request, response) => {
    context.asked.push(String(request.url))
    const answer = answers[String(request.url)]
    if (answer === undefined) response.writeHead(404).end()
    else answer(response, context)
  })
  await new Promise<void>(resolve => context.server.listen(0, '127.0.0.1', resolve))
  context.host = `127.0.0.1:${(context.server.address() as AddressInfo).port}`
})
http.before.each(({ asked }) => {
  asked.length = 0
})
http.after(async ({ server }) => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})

async function read(url: string, hosts: readonly string[], silenceMs = 5000, mostMs = 60_000): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of httpChunks(url, { hosts, silenceMs, mostMs })) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function refusal(reading: Promise<unknown>): Promise<SluiceError> {
  const error = await reading.then(
    text => new Error(`it was read: ${String(text)}`),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SluiceError)) throw error
  return error
}

http('a model is fetched whole, in pieces, and over a redirect within the allowed hosts', async ({ host }) => {
  for (const path of ['model', 'pieces', 'moved']) assert.is(await read(`http://${host}/${path}`, [host]), 'a model')
})

http('a host that is not allowed gets no request', async ({ host, asked }) => {
  const port = host.split(':')[1]
  const refusals: [url: string, hosts: string[]][] = [
    [`http://${host}/model`, []],
    [`http://${host}/model`, ['127.0.0.1']],
    [`http://${host}/model`, ['127.0.0.1:1', `localhost:${port}`]],
    [`http://localhost:${port}/model`, [host]],
    [`http://user:secret@${host}/model`, [host]],
    [`http://${host}@evil.example/model`, [host]],
  ]
  for (const [url, hosts] of refusals) assert.is((await refusal(read(url, hosts))).code, 'MODEL_LOCATION_REFUSED')
  assert.equal(asked, [])
})

http('an allowed host has a port, or means the default port of the scheme', () => {
  for (const [url, hosts] of [
    ['https://Models.example/x', ['models.example']],
    ['https://models.example:443/x', ['MODELS.EXAMPLE']],
    ['http://models.example/x', ['models.example:80']],
    ['http://[::1]:8080/x', ['[::1]:8080']],
  ] as const)
    assert.is(checkHttpLocation(url, hosts).protocol, url.slice(0, url.indexOf(':') + 1))
  for (const [url, hosts] of [
    ['http://models.example:8080/x', ['models.example']],
    ['http://models.example/x', ['models.example:443']],
    ['http://models.example.evil/x', ['models.example']],
    ['ftp://models.example/x', ['models.example']],
    ['http://', ['models.example']],
  ] as const)
    assert.throws(
      () => checkHttpLocation(url, hosts),
      (error: SluiceError) => error.code === 'MODEL_LOCATION_REFUSED',
    )
})

http('redirects to other hosts and endless redirects are refused', async ({ host, asked }) => {
  assert.is((await refusal(read(`http://${host}/elsewhere`, [host]))).code, 'MODEL_LOCATION_REFUSED')
  assert.is((await refusal(read(`http://${host}/file`, [host]))).code, 'MODEL_LOCATION_REFUSED')
  assert.equal(asked, ['/elsewhere', '/file'])
  const around = await refusal(read(`http://${host}/around`, [host]))
  assert.equal([around.code, asked.length], ['MODEL_LOAD_FAILED', 6])
  assert.match(around.message, /redirected more than 3 times/)
})

http('a server that fails, lacks the model, stops sending or closes the connection: refused with the cause', async ({ host }) => {
  const causes: [path: string, cause: RegExp][] = [
    ['broken', /answered 500/],
    ['missing', /answered 404/],
    ['silent', /less than 16 KB a second were received for 100 ms/],
    ['dripping', /less than 16 KB a second were received for 100 ms/],
    ['mute', /no data was received for 100 ms/],
    ['cut', /cannot be read: /],
  ]
  for (const [path, cause] of causes) {
    const error = await refusal(read(`http://${host}/${path}`, [host], 100))
    assert.is(error.code, 'MODEL_LOAD_FAILED')
    assert.match(error.message, cause)
  }
  assert.is((await refusal(read('http://127.0.0.1:1/model', ['127.0.0.1:1']))).code, 'MODEL_LOAD_FAILED')
})

http('a fetch that takes too long in all ends, however much it gives', async ({ host }) => {
  const error = await refusal(read(`http://${host}/slow`, [host], 100, 400))
  assert.match(error.message, /it took more than 400 ms/)
})

http.run()
