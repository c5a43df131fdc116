import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Figures, tableOf, withTable } from '../../bench/architectures/figures.ts'
import { quantile } from '../../bench/quantile.ts'
import { architectures } from '../../examples/architectures/index.ts'

const test = suite('figures of architectures')
const page = readFileSync(join(import.meta.dirname, '../../docs/architectures/README.md'), 'utf8')

const figures = (name: string, more: Partial<Figures> = {}): Figures => ({
  name,
  startMs: 2345,
  throughput: 12_345.6,
  cpuUs: 61.4,
  serverCpuUs: undefined,
  p50Ms: 12.3,
  p99Ms: 45.6,
  rssMb: 200.4,
  promise: 'all is well',
  ...more,
})

test('the table has a row for each architecture, and the server beside the instance', () => {
  const report = { records: 1, rate: 1, seconds: 1, figures: [figures('union'), figures('remote service', { serverCpuUs: 30 })] }
  const [, , union, remote] = tableOf(report).split('\n')
  assert.is(union, '| union | 12,346 | 61 | 12 | 46 | 200 | 2.3 | all is well |')
  assert.match(String(remote), '| 61, server 30 |')
})

test('the page has the place for the table, and a page for each architecture', () => {
  const report = { records: 1, rate: 1, seconds: 1, figures: architectures.map(({ name }) => figures(name)) }
  const written = withTable(page, report, architectures)
  assert.is(withTable(written, report, architectures), written, 'written once, however often')
  for (const { name, page: own } of architectures) {
    assert.ok(written.includes(`| [${name}](${own}.md) | 12,346 |`), name)
    assert.match(readFileSync(join(import.meta.dirname, `../../docs/architectures/${own}.md`), 'utf8'), /^# /)
  }
  assert.throws(() => withTable('no marks', report, architectures), /the page has no <!-- bench:architectures -->/)
})

test('a quantile is a value that there is', () => {
  assert.equal([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 0.99), quantile([5], 0.5)], [2, 3, 5])
})

test.run()
