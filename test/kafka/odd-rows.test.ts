import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KafkaFixture } from './fixture.ts'
import { linesOf, startProvider } from './provider-process.ts'

const brokers = process.env['KAFKA_BROKERS']

const test = suite<{ fixture: KafkaFixture; directory: string }>('send: odd rows')

test.before(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.directory = await mkdtemp(join(tmpdir(), 'sluice-rows-'))
})

test.after(async ({ fixture, directory }) => {
  await fixture.close()
  await rm(directory, { recursive: true })
})

test('a row that the topic does not take is told with its line; the rows around it are sent', async ({ fixture, directory }) => {
  const file = join(directory, 'ahead.csv')
  // The time of the second row is in microseconds.
  await writeFile(file, `amount,at,id\n1,1700000000000,a\n2,1700000000000000,b\n3,1700000000,${'c'.repeat(1_100_000)}\n4,5,d\n`)
  const args = ['send', file, '--data-type', 'orders', '--timestamp', 'at', '--key-column', 'id']
  const stopped = await startProvider(fixture, 'ahead', ...args).ended
  assert.equal([stopped.code, stopped.stdout], [1, ''])
  assert.match(stopped.stderr, /sluice: line 3: .* its timestamp 1700000000000000 is \d+ ms ahead .* \(records sent before: 1\)\n$/)
  const result = await startProvider(fixture, 'ahead', ...args, '--skip-bad').ended
  assert.is(result.code, 1, result.stderr)
  assert.match(result.stderr, /line 3: .*message\.timestamp\.after\.max\.ms\): skipped\n/)
  assert.match(result.stderr, /line 4: .* the topic allows \d+ \(max\.message\.bytes\): skipped\n/)
  const [summary] = linesOf(result)
  assert.equal([summary?.['records'], summary?.['badRows']], [2, 2])
  const records = await fixture.readAll('ahead')
  assert.equal(records.map(({ key }) => String(key)).sort(), ['a', 'a', 'd'])
})

test('records without a key for a compacted topic are refused by name', async ({ fixture, directory }) => {
  await fixture.createTopics({ compact: { partitions: 1, compact: true } })
  const file = join(directory, 'one.csv')
  await writeFile(file, 'amount\n1\n')
  const { code, stderr } = await startProvider(fixture, 'compact', 'send', file, '--data-type', 'orders', '--no-key').ended
  assert.is(code, 1)
  assert.match(stderr, /line 2: .* has no key, and the topic is compacted \(cleanup\.policy\) \(records sent before: 0\)\n$/)
})

test('--loop of a file without rows that can be sent ends, instead of reading it for ever', async ({ fixture, directory }) => {
  for (const [content, ...flags] of [['amount\n'], ['amount\nmuch\n', '--skip-bad']] as const) {
    const file = join(directory, 'none.csv')
    await writeFile(file, content)
    const { code, stderr } = await startProvider(fixture, 'none', 'send', file, '--data-type', 'orders', '--loop', ...flags).ended
    assert.is(code, 1)
    assert.match(stderr, /none\.csv has no row that can be sent again \(records sent before: 0\)\n$/)
  }
})

if (brokers !== undefined) test.run()
