import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askInstance } from '../../cli/commands/rest-client.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { STORE } from '../rest/memory-group.ts'
import { withTwoInstances } from '../rest/two-instances.ts'

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

const rest = suite('commands that send requests to an instance')

rest('instances: one JSON line for each, with the token from a file', async () => {
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

rest('state: store and key are encoded in the URL; the answer is printed unchanged', async () => {
  const answer = { store: 'S T', key: 'a/b ä', value: { n: 1 }, host: 'h', port: 1 }
  await withServer({ status: 200, body: JSON.stringify(answer) }, async (url, asked) => {
    const { code, stdout } = await sluice(['state', 'a/b ä', '--store', 'S T', '--url', url])
    assert.equal([code, JSON.parse(stdout)], [0, answer])
    assert.is(asked[0]?.url, '/state/S%20T/keys/a%2Fb%20%C3%A4')
  })
})

const oddKeys = [
  '..',
  '.',
  '',
  '...',
  '%',
  '%2e%2E',
  '%zz',
  'a/b',
  '/',
  '//',
  '?',
  '?a=b',
  '#',
  '&',
  '+',
  ' ',
  'ä 日本 \u{1F377}',
  '\n',
  '\u001b[31m',
  'a\\b',
  '~',
  'keys',
  'x'.repeat(2600),
]

rest('state: any key is requested unchanged, from its owner and over a hop', () =>
  withTwoInstances(async ({ group, servers }) => {
    for (const key of oddKeys) group.put(key, { key })
    // Each is asked of both: one of them has to ask the other.
    const asks = oddKeys.flatMap(key => [servers.a, servers.b].map(server => ({ key, url: `http://127.0.0.1:${server.port}` })))
    for (const { key, url } of asks) {
      const { keyPath } = await import('../../rest/index.ts')
      const answer = (await askInstance(keyPath(STORE, key, ''), { timeout: 5, url })) as { key: string; value: unknown }
      assert.equal([answer.key, answer.value], [key, { key }], JSON.stringify(key).slice(0, 40))
    }
    const url = `http://127.0.0.1:${servers.a.port}/`
    for (const key of ['..', '.', '', '\u001b[31m', '-x']) {
      group.put(key, 1)
      const { code, stdout, stderr } = await sluice(['state', '--url', url, '--', key])
      assert.equal([code, stderr], [0, ''])
      assert.is((JSON.parse(stdout) as { key: string }).key, key)
    }
    const long = await sluice(['state', '--url', url, 'x'.repeat(9000)])
    assert.is(long.code, 1)
    assert.match(long.stderr, /414 URL_TOO_LONG: the path and query are longer than 8192 bytes/)
    const longer = await sluice(['state', '--url', url, 'x'.repeat(60_000)])
    assert.is(longer.code, 1)
    assert.match(longer.stderr, /431 HEADERS_TOO_LARGE: .*16384 bytes/)
    const none = await sluice(['state', '--url', url, '\u001b[2J\nnone'])
    assert.equal([none.code, none.stderr.includes('\u001b')], [1, false])
    assert.match(none.stderr, /404 KEY_UNKNOWN: .* has no key \\x1b\[2J none/)
  }),
)

rest('state: behind the path prefix of a proxy', async () => {
  await withServer({ status: 200, body: '{"key":".."}' }, async (url, asked) => {
    for (const prefix of ['/sluice', '/sluice/', '/a/b']) await sluice(['state', '..', '--store', '..', '--url', `${url}${prefix}`])
    assert.equal(
      asked.map(request => request.url),
      ['/sluice/state/../keys?key=..', '/sluice/state/../keys?key=..', '/a/b/state/../keys?key=..'],
    )
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

rest('other errors say what to do', async () => {
  const flags = { timeout: 5 }
  await withServer({ status: 401, body: '{"error":"token needed","code":"TOKEN_REFUSED"}' }, async url => {
    assert.match(
      (await failure(askInstance('/x', { ...flags, url }))).message,
      /401 TOKEN_REFUSED: token needed; set the token with SLUICE_TOKEN/,
    )
  })
  await withServer({ status: 200, body: '<html>' }, async url => {
    assert.match((await failure(askInstance('/x', { ...flags, url }))).message, /but not with JSON: is it a Sluice instance/)
  })
  let closed = ''
  await withServer({ status: 200, body: '' }, url => Promise.resolve(void (closed = url)))
  const refused = await failure(askInstance('/x', { ...flags, url: closed }))
  assert.is(refused.code, 'OWNER_UNREACHABLE')
  assert.match(refused.message, /no instance answers at .*ECONNREFUSED.*sluice serve/)
})

rest.run()
