import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { KafkaFixture, eventually } from './fixture.ts'
import { linesOf, startProvider as start } from './provider-process.ts'

const brokers = process.env['KAFKA_BROKERS']

const providers = suite<{ fixture: KafkaFixture; directory: string }>('send and publish as providers')

providers.before(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.directory = await mkdtemp(join(tmpdir(), 'sluice-providers-'))
})

providers.after(async ({ fixture, directory }) => {
  await fixture.close()
  await rm(directory, { recursive: true })
})

providers('send: keys and times from columns, of JSON lines from standard input', async ({ fixture }) => {
  const args = ['send', '-', '--data-type', 'orders', '--key-column', 'id', '--timestamp', 'at', '--partitions', '2']
  const { child, ended } = start(fixture, 'columns', ...args)
  child.stdin?.end('{"id":"a","at":"2026-01-31T00:00:00Z","amount":1}\n{"id":"b","at":1700000000,"amount":2}\n')
  const { code, stderr } = await ended
  assert.is(code, 0, stderr)
  const records = await fixture.readAll('columns')
  assert.equal(
    records
      .map(({ key, value, timestamp }) => [String(key), String(value), timestamp])
      .sort((one, other) => String(one[0]).localeCompare(String(other[0]))),
    [
      ['a', '{"amount":1,"dataType":"orders"}', Date.UTC(2026, 0, 31)],
      ['b', '{"amount":2,"dataType":"orders"}', 1_700_000_000_000],
    ],
  )
})

providers('send --loop: sends the file until SIGTERM, which ends it with the totals and exit code 0', async ({ fixture, directory }) => {
  const file = join(directory, 'rows.csv')
  await writeFile(file, 'amount\n1\n2\n')
  const { child, ended } = start(fixture, 'loop', 'send', file, '--data-type', 'orders', '--loop', '--no-key', '--rate', '200')
  const seen = await eventually(
    () => fixture.readAll('loop').catch(() => []),
    records => records.length >= 20,
  )
  child.kill('SIGTERM')
  const result = await ended
  assert.is(result.code, 0, result.stderr)
  const [summary] = linesOf(result)
  const records = await fixture.readAll('loop')
  assert.ok(seen.length >= 20)
  assert.equal([summary?.['records'], records.every(({ key }) => key === null)], [records.length, true])
  assert.ok(new Set(records.map(({ partition }) => partition)).size > 1, 'records without a key go to the partitions in turn')
})

providers('send --skip-bad: bad rows are told and counted, the others sent; exit code 1', async ({ fixture, directory }) => {
  const file = join(directory, 'bad.csv')
  await writeFile(file, 'amount,at\n1,5\nmuch,5\n2,never\n3,5\n')
  const args = ['send', file, '--data-type', 'orders', '--timestamp', 'at']
  const result = await start(fixture, 'bad', ...args, '--skip-bad').ended
  assert.is(result.code, 1)
  assert.match(result.stderr, /line 3: amount is "much", not a number: skipped\n/)
  assert.match(result.stderr, /line 4: at is "never", not a time: .*: skipped\n/)
  assert.match(result.stderr, /sluice: 2 rows were not sent\n$/)
  const [summary] = linesOf(result)
  assert.equal([summary?.['records'], summary?.['badRows'], (await fixture.readAll('bad')).length], [2, 2, 2])
  const stopped = await start(fixture, 'bad', ...args).ended
  assert.equal([stopped.code, stopped.stdout], [1, ''])
  assert.match(stopped.stderr, /^sluice: line 3: amount is "much", not a number \(records sent before: 1\)\n$/)
})

providers('send: standard input cannot be repeated, and a key is one thing', async ({ fixture }) => {
  for (const [args, why] of [
    [['-', '--loop'], /standard input can be read only once: --loop needs a file/],
    [['-', '--key', 'a', '--key-column', 'b'], /cannot be used with/],
    [['-', '--no-key', '--key-column', 'b'], /cannot be used with/],
  ] as const) {
    const { child, ended } = start(fixture, 'usage', 'send', '--data-type', 'orders', ...args)
    child.stdin?.end()
    const { code, stderr } = await ended
    assert.is(code, 2, stderr)
    assert.match(stderr, why)
  }
})

providers(
  'publish --every --loop: the models of a directory in turn until SIGINT; what is no model is told',
  async ({ fixture, directory }) => {
    const models = join(directory, 'models')
    await rm(models, { recursive: true, force: true })
    await mkdir(models)
    await copyFile('examples/wine/wine-linear.onnx', join(models, 'a.onnx'))
    await copyFile('examples/wine/wine-mlp.onnx', join(models, 'b.onnx'))
    await writeFile(join(models, 'notes.txt'), 'no model')
    const { child, ended } = start(fixture, 'data', 'publish', models, '--data-type', 'wine', '--every', '200ms', '--loop')
    const seen = await eventually(
      () => fixture.readAll('models').catch(() => []),
      records => records.length >= 4,
    )
    child.kill('SIGINT')
    const result = await ended
    assert.is(result.code, 1, result.stderr)
    assert.match(result.stderr, /notes\.txt is not published: .*\n/)
    assert.match(result.stderr, /models published: \d+\n.*1 file was not published\n$/s)
    assert.is(result.stderr.split('notes.txt is not published').length, 2, 'told once')
    const names = seen.map(({ value }) => sluice.ModelDescriptor.decode(value as Buffer).name)
    assert.equal(names.slice(0, 4), ['a', 'b', 'a', 'b'])
    assert.equal(
      linesOf(result)
        .slice(0, 2)
        .map(line => line['name']),
      ['a', 'b'],
    )
  },
)

providers('publish --every --loop: goes on while the directory is away, and publishes what it has when a turn comes', async context => {
  const { fixture } = context
  const models = join(context.directory, 'changing')
  await mkdir(models)
  await copyFile('examples/wine/wine-linear.onnx', join(models, 'a.onnx'))
  const { child, ended } = start(fixture, 'data', 'publish', models, '--data-type', 'changing', '--every', '300ms', '--loop')
  const published = async (): Promise<readonly sluice.IModelDescriptor[]> => {
    const records = await fixture.readAll('models').catch(() => [])
    return records.map(({ value }) => sluice.ModelDescriptor.decode(value as Buffer)).filter(({ dataType }) => dataType === 'changing')
  }
  await eventually(published, found => found.length >= 2)
  await rename(models, `${models}-away`)
  await sleep(1500)
  const before = (await published()).length
  await copyFile('examples/wine/wine-mlp.onnx', join(`${models}-away`, 'a.onnx'))
  await rename(`${models}-away`, models)
  const found = await eventually(published, all => all.length >= before + 2)
  child.kill('SIGTERM')
  const { code, stderr } = await ended
  assert.is(code, 0, stderr)
  assert.is(stderr.split('changing cannot be read: ENOENT').length, 2, stderr)
  const sizes = new Set(found.map(({ data }) => data?.length))
  assert.is(sizes.size, 2)
})

providers('publish --every: once through the directory; --loop alone is refused', async ({ fixture, directory }) => {
  const result = await start(fixture, 'data', 'publish', join(directory, 'models/a.onnx'), '--data-type', 'wine', '--every', '5m').ended
  assert.is(result.code, 0, result.stderr)
  assert.match(result.stderr, /models published: 1\n$/)
  const refused = await start(fixture, 'data', 'publish', 'x', '--data-type', 'wine', '--loop').ended
  assert.equal([refused.code, refused.stderr], [2, 'sluice: --loop needs --every: the time between two models\n'])
  const empty = await start(fixture, 'data', 'publish', 'docs', '--data-type', 'wine', '--every', '1ms').ended
  assert.is(empty.code, 1)
  assert.match(empty.stderr, /docs has no model that can be published\n$/)
})

if (brokers !== undefined) providers.run()
