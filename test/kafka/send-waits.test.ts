import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isAlive } from '../../cli/kafka/broker-record.ts'
import { SluiceError } from '../../base/index.ts'
import { InputTopic } from '../../topology/runtime/topics/index.ts'
import { freePort, startLocalKafka } from '../../cli/kafka/local-kafka.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { linesOf, startProvider } from './provider-process.ts'

const test = suite<{ dir: string }>('send: a broker that does not answer')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-send-waits-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

/** Waits for text that a process writes; returns after how many ms it was there. */
async function said(text: () => string, words: RegExp): Promise<number> {
  const from = performance.now()
  assert.match(await eventually(text, all => words.test(all)), words)
  return performance.now() - from
}

test('send says within seconds what it waits for, and since when, and that it goes on', async ({ dir }) => {
  const options = { dir: join(dir, 'kafka'), port: await freePort(), heapMb: 256, log: () => undefined }
  let kafka = await startLocalKafka(options)
  const fixture = new KafkaFixture(kafka.brokers)
  const { child, ended } = startProvider(fixture, 'orders', 'send', '-', '--data-type', 'orders')
  let stderr = ''
  child.stderr?.on('data', chunk => (stderr += String(chunk)))
  try {
    child.stdin?.write('amount\n1\n')
    await eventually(
      () => fixture.readAll('orders').catch(() => []),
      records => records.length === 1,
    )
    const waits =
      /waiting for Kafka at 127\.0\.0\.1:\d+ since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(\d+ s\) for the acknowledgement of 1 record of topic /
    process.kill(kafka.pid, 'SIGSTOP')
    child.stdin?.write('2\n')
    assert.ok((await said(() => stderr, waits)) < 6000)
    process.kill(kafka.pid, 'SIGCONT')
    await said(() => stderr, /Kafka at 127\.0\.0\.1:\d+ answers again, after \d+ s/)
    stderr = ''
    process.kill(kafka.pid, 'SIGKILL')
    await eventually(
      () => isAlive(kafka.pid),
      alive => !alive,
    )
    child.stdin?.write('3\n')
    assert.ok((await said(() => stderr, new RegExp(`${waits.source}.*: .*ECONNREFUSED`))) < 6000)
    await said(() => stderr, new RegExp(`${waits.source}[^]*${waits.source}`))
    kafka = await startLocalKafka(options)
    await said(() => stderr, /answers again, after/)
    child.stdin?.end('4\n')
    const end = await ended
    assert.is(end.code, 0, end.stderr)
    assert.is(linesOf(end).at(-1)?.['records'], 4)
    assert.is((await fixture.readAll('orders')).length, 4)
  } finally {
    child.kill('SIGKILL')
    await kafka.stop()
  }
})

test('a write of an application that is not acknowledged ends with BROKER_UNREACHABLE, and says that the record may still be written', async ({
  dir,
}) => {
  const kafka = await startLocalKafka({ dir: join(dir, 'kafka'), port: await freePort(), heapMb: 256, log: () => undefined })
  const fixture = new KafkaFixture(kafka.brokers)
  try {
    await fixture.createTopics({ controls: { partitions: 1 } })
    const config = { applicationId: 'app', deadLetterTopic: 'letters' }
    const input = new InputTopic({ kafka: fixture.kafka, topic: fixture.topic('controls'), config })
    const record = (text: string) => [{ key: Buffer.from('k'), value: Buffer.from(text) }]
    await input.write(record('first'))
    process.kill(kafka.pid, 'SIGSTOP')
    const failure: unknown = await input.write(record('second')).then(
      () => undefined,
      (error: unknown) => error,
    )
    assert.instance(failure, SluiceError)
    assert.is((failure as SluiceError).code, 'BROKER_UNREACHABLE')
    assert.match((failure as SluiceError).message, /has not answered for \d+ s: .* may still come/)
    process.kill(kafka.pid, 'SIGCONT')
    const place = await input.write(record('third'))
    assert.ok(place.offset > 0)
  } finally {
    await kafka.stop()
  }
})

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
