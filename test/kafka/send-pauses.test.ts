import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually, KafkaFixture } from './fixture.ts'
import { startProvider } from './provider-process.ts'

const brokers = process.env['KAFKA_BROKERS']

const test = suite<{ fixture: KafkaFixture }>('send: pauses and refusals')

test.before(context => {
  context.fixture = new KafkaFixture(String(brokers))
})

test.after(({ fixture }) => fixture.close())

test('--rate holds after a pause of the input, too', async ({ fixture }) => {
  const { child, ended } = startProvider(fixture, 'paused', 'send', '-', '--data-type', 'orders', '--rate', '20')
  child.stdin?.write('amount\n0\n')
  await sleep(4000)
  child.stdin?.end(Array.from({ length: 20 }, (_, at) => `${at + 1}\n`).join(''))
  const { code, stderr } = await ended
  assert.is(code, 0, stderr)
  const times = (await fixture.readAll('paused')).map(({ timestamp }) => timestamp).toSorted((a, b) => a - b)
  assert.is(times.length, 21)
  const took = (times.at(-1) as number) - (times[1] as number)
  assert.ok(took >= 500, `20 records within ${took} ms`)
})

test('when Kafka refuses, it is told how many records are in the topic', async ({ fixture }) => {
  await fixture.createTopics({ shrunk: { partitions: 1 } })
  const { child, ended } = startProvider(fixture, 'shrunk', 'send', '-', '--data-type', 'orders', '--key-column', 'id')
  child.stdin?.write('amount,id\n1,a\n2,b\n')
  await eventually(
    () => fixture.readAll('shrunk'),
    records => records.length === 2,
  )
  const admin = fixture.kafka.admin()
  await admin.connect()
  const configEntries = [{ name: 'max.message.bytes', value: '1000' }]
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: fixture.topic('shrunk'), configEntries }] })
  await admin.disconnect()
  await sleep(2000)
  child.stdin?.end(`3,${'c'.repeat(3000)}\n`)
  const { code, stdout, stderr } = await ended
  assert.equal([code, stdout], [1, ''])
  assert.match(stderr, /sluice: cannot write to partition 0 of topic .* \(records acknowledged before: 2\)\n$/)
})

if (brokers !== undefined) test.run()
