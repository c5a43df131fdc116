import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const project = join(import.meta.dirname, '..')
const test = suite('only env uses clocks, timers, random numbers and sockets')

/** What asks the world past `env`, a line each. */
const past: readonly string[] = [
  'export const a = Date.now()',
  'export const a = (clock = Date.now) => clock()',
  'const { now } = Date; export const a = now()',
  'export const a = performance.now()',
  'export const a = performance.timeOrigin',
  'export const a = process.hrtime.bigint()',
  'export const a = process.uptime()',
  "import { hrtime } from 'node:process'; export const a = hrtime()",
  'export const a = Math.random()',
  'export const a = crypto.randomUUID()',
  "import { randomUUID } from 'node:crypto'; export const a = randomUUID()",
  "import { randomBytes as bytes } from 'crypto'; export const a = bytes(8)",
  "import * as all from 'node:crypto'; export const a = all.randomUUID()",
  'export const a = setTimeout(() => undefined, 1)',
  'export const a = setInterval(() => undefined, 1)',
  'export const a = setImmediate(() => undefined)',
  'export const a = (timer: number) => clearTimeout(timer)',
  'export const a = globalThis.setTimeout(() => undefined, 1)',
  "export const a = globalThis['setTimeout'](() => undefined, 1)",
  "import { setTimeout as sleep } from 'node:timers/promises'; export const a = sleep(1)",
  "import { performance as watch } from 'node:perf_hooks'; export const a = watch.now()",
  "export const a = await import('node:timers/promises')",
  "import { connect } from 'node:net'; export const a = connect(1)",
  "import { createServer } from 'node:net'; export const a = createServer()",
  "import { connect } from 'node:tls'; export const a = connect(1)",
  "import { lookup } from 'node:dns/promises'; export const a = lookup('h')",
  "export const a = fetch('http://h')",
]

/** What has nothing to do with the world. */
const allowed: readonly string[] = [
  'export const a = new Date(0).toISOString()',
  'export const a = Math.max(1, 2)',
  "import { createHash } from 'node:crypto'; export const a = createHash('sha256')",
  "import { createHash, webcrypto } from 'node:crypto'; export const a = [createHash('md5'), webcrypto.subtle]",
  "import type { Socket } from 'node:net'; export const a = (socket: Socket) => socket.setTimeout(1)",
  'export const a = (clock: { now(): number }) => clock.now()',
]

/** The folders' files, of which the linter refuses these. */
function refusedOf(files: ReadonlyMap<string, string>): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-lint-'))
  try {
    copyFileSync(join(project, '.oxlintrc.json'), join(dir, '.oxlintrc.json'))
    for (const [path, source] of files) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), `${source.replaceAll('; ', '\n')}\n`)
    }
    const oxlint = join(project, 'node_modules', 'oxlint', 'bin', 'oxlint')
    const { stdout } = spawnSync(process.execPath, [oxlint, '--format=unix'], { cwd: dir, encoding: 'utf8' })
    const found = stdout.split('\n').filter(line => line.includes('/eslint(no-restricted-'))
    return [...files.keys()].filter(path => found.some(line => line.startsWith(`${path}:`)))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const filesIn = (folder: string, sources: readonly string[]): [string, string][] =>
  sources.map((source, index) => [`${folder}/x${index}.ts`, source])

for (const folder of ['base', 'stores/rows', 'topology', 'topology/runtime/kafka/kafkajs-mends', 'serving']) {
  test(`in ${folder}/ each way past it is refused, and nothing else`, () => {
    const files = new Map(filesIn(folder, past))
    const refused = new Set(refusedOf(files))
    assert.equal(
      [...files].filter(([path]) => !refused.has(path)).map(([, source]) => source),
      [],
    )
    assert.equal(refusedOf(new Map(filesIn(folder, allowed))), [])
  })
}

test('base/env.ts alone may, and the folders that are no part of the runtime', () => {
  const uses = ['Date.now()', 'performance.now()', 'Math.random()', 'setTimeout(() => undefined, 1)', 'connect(1)', 'randomUUID()']
  const source = `import { connect } from 'node:net'; import { randomUUID } from 'node:crypto'; export const a = [${uses.join(', ')}]`
  assert.equal(refusedOf(new Map(['base/env.ts', 'base/other.ts', 'cli/x.ts', 'test/x.ts'].map(path => [path, source]))), ['base/other.ts'])
})

test.run()
