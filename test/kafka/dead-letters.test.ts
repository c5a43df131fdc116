import { execFile } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { stringSerde } from '../../records/serde.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { Topology, type Processor, type StreamRecord } from '../../topology/index.ts'
import { KafkaFixture } from './fixture.ts'

const test = suite('dead letters on the command line')

/** Fails on records whose value is "bad". */
class Picky implements Processor<string, string, string, string> {
  process({ value }: StreamRecord<string, string>): void {
    if (value === 'bad') throw new SluiceError('PROCESSING_FAILED', 'it is bad')
  }
}

function sluice(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

test('each is shown with its cause and its origin, and new ones are followed', async () => {
  const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  const brokers = fixture.brokers.join(',')
  await fixture.createTopics({ in: { partitions: 1 } })
  const texts = { key: stringSerde, value: stringSerde }
  const topology = new Topology().addSource('in', fixture.topic('in'), texts).addProcessor('picky', () => new Picky(), 'in')
  const app = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers })
  try {
    await app.start()
    const record = (key: string | null, value: string) => ({ key: key === null ? null : Buffer.from(key), value: Buffer.from(value) })
    await fixture.produce('in', [record('a', 'good'), record('b', 'bad'), record('c', 'good')])
    await fixture.readAtLeast('dead-letters', 1)
    const args = ['dead-letters', '--brokers', brokers, '--application-id', fixture.id]
    const { code, stdout, stderr } = await sluice(args)
    assert.equal([code, stderr], [0, ''])
    const [letter, ...more] = stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    assert.equal(more, [])
    const { timestamp, deadLetter, ...told } = letter as Record<string, unknown>
    assert.equal(told, {
      code: 'PROCESSING_FAILED',
      message: 'it is bad',
      topic: fixture.topic('in'),
      partition: 0,
      offset: 1,
      task: '0_0',
      key: 'b',
      bytes: 3,
    })
    assert.ok(Number(timestamp) > 1.6e12)
    assert.ok((deadLetter as { offset: number }).offset >= 0)
    const following = sluice([...args, '--follow', '--count', '2', '--dead-letter-topic', `${fixture.id}-dead-letters`])
    await fixture.produce('in', [record('d', 'bad')])
    const lines = (await following).stdout.split('\n').filter(line => line !== '')
    assert.equal(
      lines.map(line => (JSON.parse(line) as { key: unknown }).key),
      ['b', 'd'],
    )
    const none = await sluice(['dead-letters', '--brokers', brokers, '--application-id', `${fixture.id}-none`])
    assert.is(none.code, 1)
    assert.match(none.stderr, /^sluice: topic .*-none-dead-letters does not exist/)
  } finally {
    await app.stop()
    await fixture.close()
  }
})

test.run()
