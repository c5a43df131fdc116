import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isAlive } from '../../cli/kafka/broker-record.ts'
import { runTests, type TestRunOptions } from './test-run.ts'

const head = `import { test } from '${import.meta.resolve('uvu')}'\n`
const passing = `${head}test('a', () => {})\ntest.run()\n`

interface Fixture {
  /** Test files by path, with their text. */
  readonly files: Readonly<Record<string, string>>
  readonly options?: Partial<TestRunOptions>
}

async function runFixture({ files, options }: Fixture): Promise<{ totals: readonly number[]; output: string; left: readonly string[] }> {
  const root = await mkdtemp(join(tmpdir(), 'test-run-'))
  const tests = join(root, 'test')
  const directory = join(root, 'run')
  let output = ''
  try {
    await mkdir(directory)
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(tests, name, '..'), { recursive: true })
      await writeFile(join(tests, name), text)
    }
    const { passed, failed, skipped } = await runTests({
      tests,
      directory,
      filters: [],
      env: { ...process.env, KAFKA_BROKERS: 'outer:1' },
      startBroker: () => Promise.resolve('inner:2'),
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      write: text => (output += text),
      ...options,
    })
    const left = (await readdir(directory)).filter(name => !name.startsWith('tsx-'))
    return { totals: [passed, failed, skipped], output, left }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

const test = suite('test run')

test('passed and failed files are reported, with the output of failing files only; the last line has only the counts', async () => {
  const failing = `${head}test('quiet', () => {})\ntest('loud', () => { throw new Error('boom') })\ntest.run()\n`
  const { totals, output, left } = await runFixture({
    files: { 'good.test.ts': passing, 'deep/bad.test.ts': failing, 'helper.ts': 'throw 1' },
  })
  assert.equal(totals, [2, 1, 0])
  assert.match(output, /✓ good\.test\.ts {2}1 passed/)
  assert.match(output, /✗ deep\/bad\.test\.ts {2}1 of 2 tests failed/)
  assert.match(output, /boom/)
  assert.match(output, /\n2 passed, 1 failed\n$/)
  assert.equal(left, [])
})

test('a forgotten run() and a file that is left behind fail; a skip with a reason does not', async () => {
  const { totals, output } = await runFixture({
    files: {
      'forgotten.test.ts': `${head}test('a', () => {})\n`,
      'litter.test.ts': `import { tmpdir } from 'node:os'\nimport { writeFileSync } from 'node:fs'\n${passing}writeFileSync(tmpdir() + '/litter', '')\n`,
      'skips.test.ts': "console.log('skipped: no models')\n",
    },
  })
  assert.equal(totals, [1, 2, 1])
  assert.match(output, /forgotten\.test\.ts {2}ran no test/)
  assert.match(output, /litter\.test\.ts {2}left files: litter/)
  assert.match(output, /Skipped \(1\):\n {4}skips\.test\.ts: skipped: no models/)
  assert.match(output, /\n1 passed, 2 failed\n$/)
})

test('a hanging file and the processes of a file are ended', async () => {
  const sleeper =
    "import { spawn } from 'node:child_process'\nconst { pid } = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })\nconsole.log('sleeper=' + pid)\n"
  const { totals, output } = await runFixture({
    files: {
      'hangs.test.ts': `${sleeper}setInterval(() => {}, 1000)\n`,
      'leaves.test.ts': `${sleeper}${passing}setTimeout(() => process.exit(0), 500)\n`,
    },
    options: { timeoutMs: 10_000 },
  })
  assert.equal(totals, [1, 2, 0])
  assert.match(output, /hangs\.test\.ts {2}did not end in time/)
  assert.match(output, /leaves\.test\.ts {2}left processes: \d+ sleep 600/)
  const pids = [...output.matchAll(/sleeper=(\d+)/g)].map(([, pid]) => Number(pid))
  assert.is(pids.length, 2)
  assert.equal(pids.filter(isAlive), [])
})

const showsBroker = `${head}test('a', () => { throw new Error('brokers=' + process.env.KAFKA_BROKERS) })\ntest.run()\n`

test('only files in kafka/ get a broker, and only they fail if none starts', async () => {
  const files = { 'free.test.ts': showsBroker, 'kafka/needs.test.ts': showsBroker }
  const { output } = await runFixture({ files })
  assert.match(output, /✗ free\.test\.ts[^✗]*brokers=undefined/)
  assert.match(output, /✗ kafka\/needs\.test\.ts[^✗]*brokers=inner:2/)
  const without = await runFixture({
    files: { ...files, 'free.test.ts': passing },
    options: { startBroker: () => Promise.reject(new Error('no java')) },
  })
  assert.equal(without.totals, [1, 1, 0])
  assert.match(without.output, /kafka\/needs\.test\.ts {2}Kafka did not start.*\n {4}no java/)
})

test('filters select by path, and no broker is started for files that need none', async () => {
  const startBroker = (): Promise<string> => Promise.reject(new Error('must not start'))
  const files = { 'one.test.ts': passing, 'two.test.ts': passing, 'kafka/three.test.ts': passing }
  assert.equal((await runFixture({ files, options: { filters: ['one', 'two'], startBroker } })).totals, [2, 0, 0])
  const none = await runFixture({ files, options: { filters: ['nowhere'], startBroker } })
  assert.equal(none.totals, [0, 0, 0])
  assert.match(none.output, /no test file matches nowhere/)
})

test('an aborted run ends its files and leaves nothing behind', async () => {
  const abort = new AbortController()
  const hangs = "console.log('up')\nsetInterval(() => {}, 1000)\n"
  const timer = setTimeout(() => abort.abort(), 1500)
  const { totals, output, left } = await runFixture({
    files: { 'a.test.ts': hangs, 'b.test.ts': hangs, 'c.test.ts': hangs },
    options: { signal: abort.signal },
  })
  clearTimeout(timer)
  assert.equal(totals, [0, 0, 0])
  assert.not.match(output, /passed/)
  assert.equal(left, [])
})

test.run()
