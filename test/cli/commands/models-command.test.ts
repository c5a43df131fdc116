import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const version = { version: 2, name: 'mlp', format: 'ONNX', since: 0, size: 5, hash: 'ab'.repeat(32), role: 'champion' }
const models = [{ dataType: 'a b', current: 2, latest: 2, versions: [version], statistics: null }]
const calls = { invocations: 3, duration: 2, min: 0.5, max: 1 }
const inRoles = ['shadow', 'champion'].map(role => ({ role, ...calls, p50: 0.5, p95: 1, p99: 1 }))
const used = [
  { ...version, version: 3, statistics: { ...calls, lastUsed: 5, p50: 0.5, p95: 1, p99: 1, roles: inRoles } },
  { ...version, statistics: { ...calls, lastUsed: 4, roles: [] } },
  { ...version, version: 1, statistics: { ...calls, invocations: 0, lastUsed: 0, roles: [] } },
]
const answers: Readonly<Record<string, unknown>> = {
  '/models/used/history': used,
  '/models': models,
  '/models/a%20b/history': [version, { ...version, version: 1 }],
}

/** Runs a command against a server that has the answers. */
async function sluice(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const server = createServer((request, response) => {
    const found = answers[request.url ?? '']
    const body = found ?? { error: 'there is no model for data type "c"', code: 'MODEL_UNKNOWN' }
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const command = ['--import', 'tsx', 'cli/main.ts', 'models', ...args, '--url', url]
  try {
    return await new Promise(resolve => {
      execFile(process.execPath, command, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }))
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const test = suite('sluice models')

test('lists data types, with and without saying so, and the versions of one: JSON in a pipe', async () => {
  const lines = (values: unknown): string => (values as unknown[]).map(value => `${JSON.stringify(value)}\n`).join('')
  const listed = await Promise.all([sluice(), sluice('list', '--json')])
  for (const { code, stdout, stderr } of listed) assert.equal([code, stdout, stderr], [0, lines(models), ''])
  const { code, stdout } = await sluice('history', 'a b')
  assert.equal([code, stdout], [0, lines(answers['/models/a%20b/history'])])
})

test('tells how versions have served, by role', async () => {
  const { code, stdout, stderr } = await sluice('statistics', 'used')
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  const expected = [...inRoles.map(inRole => ({ version: 3, name: 'mlp', ...inRole })), { version: 2, name: 'mlp', ...calls, lastUsed: 4 }]
  assert.equal([code, stderr, lines], [0, '', expected])
})

test('a data type without models is a failure in one line; wrong usage is reported as wrong usage', async () => {
  const unknown = await sluice('history', 'c')
  assert.is(unknown.code, 1)
  assert.match(unknown.stderr, /^sluice: .* answered 404 MODEL_UNKNOWN: there is no model for data type "c"\n$/)
  const [nothing, wrong] = await Promise.all([sluice('history'), sluice('promote')])
  assert.equal([nothing.code, wrong.code], [2, 2], nothing.stderr + wrong.stderr)
})

test.run()
