import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askInstance } from '../../cli/rest-client.ts'
import { SluiceError } from '../../proto/sluice-error.ts'

interface Answer {
  readonly status: number
  readonly body: string
}

/** A server that gives one answer to everything, and what it was asked. */
async function withServer(answer: Answer, work: (url: string, asked: IncomingMessage[]) => Promise<void>): Promise<void> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function sluice(args: readonly string[], env: Record<string, string> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = ['--import', 'tsx', 'cli/main.ts', ...args]
  return new Promise(resolve => {
    execFile(process.execPath, command, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

async function failure(work: Promise<unknown>): Promise<SluiceError> {
  try {
    await work
  } catch (error) {
    assert.instance(error, SluiceError)
    return error as SluiceError
  }
  assert.unreachable('no error')
  throw new Error('unreachable')
}

const rest = suite('commands that ask an instance')

rest('instances: one JSON line each, with the token of a file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-cli-'))
  const file = join(directory, 'token')
  await writeFile(file, 'secret\n')
  const instances = [
    { host: 'a', port: 1, storeNames: ['S'] },
    { host: 'b', port: 2, storeNames: [] },
  ]
  try {
    await withServer({ status: 200, body: JSON.stringify(instances) }, async (url, asked) => {
      const { code, stdout, stderr } = await sluice(['instances', '--url', url], { SLUICE_TOKEN_FILE: file })
      assert.equal([code, stderr], [0, ''])
      assert.is(stdout, instances.map(instance => `${JSON.stringify(instance)}\n`).join(''))
      assert.equal([asked[0]?.url, asked[0]?.headers.authorization], ['/state/instances?details=true', 'Bearer secret'])
    })
  } finally {
    await rm(directory, { recursive: true })
  }
})

rest('state: store and key are encoded; the answer as it came', async () => {
  const answer = { store: 'S T', key: 'a/b ä', value: { n: 1 }, host: 'h', port: 1 }
  await withServer({ status: 200, body: JSON.stringify(answer) }, async (url, asked) => {
    const { code, stdout } = await sluice(['state', 'a/b ä', '--store', 'S T', '--url', url])
    assert.equal([code, JSON.parse(stdout)], [0, answer])
    assert.is(asked[0]?.url, '/state/S%20T/keys/a%2Fb%20%C3%A4')
  })
})

rest('state: all keys, page by page, up to the limit', async () => {
  const page = {
    store: 'S',
    entries: [
      { key: 'a', value: 1 },
      { key: 'b', value: null },
    ],
    next: 'b',
  }
  await withServer({ status: 200, body: JSON.stringify(page) }, async (url, asked) => {
    const { code, stdout } = await sluice(['state', '--prefix', 'a&b', '--store', 'S', '--limit', '3', '--latest', '--url', url])
    const [first, second] = page.entries.map(entry => JSON.stringify(entry))
    // This server has ever the same page: the second request asks for the one entry that is left.
    assert.equal([code, stdout], [0, [first, second, first, second, ''].join('\n')])
    assert.equal(
      asked.map(request => request.url),
      ['/state/S/all?limit=3&prefix=a%26b&read=latest', '/state/S/all?limit=1&prefix=a%26b&after=b&read=latest'],
    )
  })
})

rest('an error answer is one line with its code, exit 1', async () => {
  await withServer({ status: 404, body: '{"error":"no such key","code":"KEY_UNKNOWN"}' }, async url => {
    const { code, stdout, stderr } = await sluice(['state', 'x', '--url', url])
    assert.equal([code, stdout, stderr], [1, '', `sluice: ${url} answered 404 KEY_UNKNOWN: no such key\n`])
  })
})

rest('other failures say what to do', async () => {
  const flags = { timeout: 5 }
  await withServer({ status: 401, body: '{"error":"token needed","code":"TOKEN_REFUSED"}' }, async url => {
    assert.match(
      (await failure(askInstance('/x', { ...flags, url }))).message,
      /401 TOKEN_REFUSED: token needed; give the token by SLUICE_TOKEN/,
    )
  })
  await withServer({ status: 200, body: '<html>' }, async url => {
    assert.match((await failure(askInstance('/x', { ...flags, url }))).message, /without JSON: is it an instance/)
  })
  let closed = ''
  await withServer({ status: 200, body: '' }, url => Promise.resolve(void (closed = url)))
  const refused = await failure(askInstance('/x', { ...flags, url: closed }))
  assert.is(refused.code, 'OWNER_UNREACHABLE')
  assert.match(refused.message, /no instance answers at .*ECONNREFUSED.*sluice serve/)
})

rest.run()
