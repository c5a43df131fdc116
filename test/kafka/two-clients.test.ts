import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KafkaFixture } from './fixture.ts'
import type { TwoClientsOptions, TwoClientsReport } from './two-clients-work.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

type Program = 'two-clients.ts' | 'two-clients.cjs'

/** Resolves to the program's report once it has ended by itself. */
async function reportOf(program: Program, options: TwoClientsOptions): Promise<TwoClientsReport> {
  const args = ['--import', 'tsx', join(import.meta.dirname, program), JSON.stringify(options)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000, killSignal: 'SIGKILL' })
  const kill = (): void => void child.kill('SIGKILL')
  process.on('exit', kill)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => (output += String(text)))
  const [code] = await once(child, 'close')
  process.off('exit', kill)
  assert.is(code, 0)
  return JSON.parse(output) as TwoClientsReport
}

function run(brokers: string): void {
  const test = suite<{ fixture: KafkaFixture; dir: string; untouched: TwoClientsReport['functions'] }>(
    "a program's own kafkajs beside Sluice",
  )
  test.before(async context => {
    const nowhere = { brokers: [], id: '', words: '', out: '', stateDir: '', threads: 0 }
    context.untouched = (await reportOf('two-clients.ts', { ...nowhere, first: 'alone' })).functions
    assert.ok(Object.keys(context.untouched).length > 300)
  })
  test.before.each(async context => {
    context.fixture = new KafkaFixture(brokers)
    context.dir = await mkdtemp(join(tmpdir(), 'sluice-two-clients-'))
    await context.fixture.createTopics({ words: { partitions: 2 }, out: { partitions: 2 } })
  })
  test.after.each(async ({ fixture, dir }) => {
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  for (const program of ['two-clients.ts', 'two-clients.cjs'] as const) {
    for (const first of ['kafkajs', 'sluice'] as const) {
      test(`${first} first, ${program.endsWith('.cjs') ? 'CommonJS' : 'ESM'}`, async ({ fixture, dir, untouched }) => {
        const topics = { words: fixture.topic('words'), out: fixture.topic('out') }
        const threads = first === 'sluice' ? 2 : 0
        const report = await reportOf(program, { first, brokers: fixture.brokers, id: fixture.id, ...topics, stateDir: dir, threads })
        assert.equal(report.loadedBySluice, [], 'Sluice loads nothing into the module cache of all')
        assert.match(report.snappyRefused ?? '', 'KafkaJSNotImplemented: Snappy compression not implemented')
        assert.equal(report.read, ['out a 1', 'out a 2', 'out b 1', 'out b 2', ...['a', 'a', 'b', 'b'].map(key => `words ${key} x`)])
        assert.equal(report.codec, { packed: 1, unpacked: 1 }, 'their codec packs one batch and unpacks it once: Sluice has its own')
        assert.equal(report.shared, [], 'its classes are other ones, and the mended ones differ')
        assert.equal(report.functions, untouched)
      })
    }
  }

  test.run()
}
