import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { BrokersView } from '../../cli/commands/broker-view.ts'
import { isAlive } from '../../cli/kafka/broker-record.ts'
import { kafkaVersion } from '../../cli/kafka/kafka-jars.ts'
import { localBrokers } from '../../cli/kafka/cluster-record.ts'
import { runCommand } from '../../cli/kafka/run-command.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { topicSetting } from '../../topology/runtime/topics/topic-setting.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { threePorts } from './three-ports.ts'

const test = suite<{ dir: string }>('sluice broker start --brokers 3', { dir: '' })
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'local-cluster-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

const noneRuns = (dir: string): boolean => localBrokers(dir).every(({ running }) => running === undefined)

/** Runs `sluice broker` in a separate process. */
async function sluice(dir: string, ...args: readonly string[]): Promise<{ view: BrokersView; output: string; code: number | undefined }> {
  const command = pathToFileURL(join(import.meta.dirname, '../../cli/commands/broker-command.ts')).href
  const program = `import { brokerCommand } from '${command}'; await brokerCommand().parseAsync(process.argv.slice(1), { from: 'user' })`
  const node = ['--import', 'tsx', '--input-type=module', '-e', program, '--', ...args, '--dir', dir]
  const { code, output } = await runCommand({ file: process.execPath, args: node })
  const json = output.split('\n').find(line => line.startsWith('{'))
  return { view: JSON.parse(json ?? '{}') as BrokersView, output, code }
}

test('three brokers start, each topic has three replicas, one dies and comes back, all stop, and their data stays', async ({ dir }) => {
  const port = await threePorts()
  try {
    const started = await sluice(dir, 'start', '--brokers', '3', '--port', String(port))
    assert.is(started.code, 0, started.output)
    const addresses = [port, port + 1, port + 2].map(each => `127.0.0.1:${each}`)
    assert.equal([started.view.running, started.view.version, started.view.brokers], [true, kafkaVersion, addresses.join(',')])
    assert.match(started.output, `To stop it: sluice broker stop --dir ${dir}`)
    const fixture = new KafkaFixture(started.view.brokers!)
    await useAll(fixture)
    process.kill(started.view.nodes[1]!.pid!, 'SIGKILL')
    while (isAlive(started.view.nodes[1]!.pid!)) await new Promise(done => setTimeout(done, 20))
    const { view } = await sluice(dir, 'status')
    assert.equal(
      [view.running, view.brokers, view.nodes.map(({ running }) => running)],
      [false, `${addresses[0]},${addresses[2]}`, [true, false, true]],
    )
    await eventually(
      () => inSync(fixture),
      replicas => !replicas.includes(2),
    )
    await fixture.produce('t', [{ value: Buffer.from('with one dead') }])
    assert.match((await sluice(dir, 'start', '--brokers', '1')).output, 'has the data of 3 brokers, which cannot become 1')
    const again = await sluice(dir, 'start')
    assert.equal([again.view.running, again.view.brokers], [true, started.view.brokers])
    assert.equal(
      [0, 2].map(index => again.view.nodes[index]!.pid),
      [0, 2].map(index => started.view.nodes[index]!.pid),
    )
    const stopped = await sluice(dir, 'stop')
    assert.match(stopped.output, `stopped Kafka ${kafkaVersion} on ${started.view.brokers}`)
    assert.equal([stopped.view.running, noneRuns(dir), again.view.nodes.some(({ pid }) => isAlive(pid!))], [false, true, false])
    const last = await sluice(dir, 'start', '--port', String(port))
    assert.is(last.view.nodes.length, 3)
    assert.is((await fixture.readAll('t')).length, 2)
  } finally {
    await sluice(dir, 'stop')
  }
})

/** Writes a record in a topic in a transaction, so that Kafka's internal topics exist too. */
async function useAll(fixture: KafkaFixture): Promise<void> {
  const admin = fixture.kafka.admin()
  const producer = fixture.kafka.producer({ transactionalId: fixture.id, maxInFlightRequests: 1, idempotent: true })
  try {
    await admin.connect()
    await createTopics(admin, [{ topic: fixture.topic('t'), numPartitions: 1 }])
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.send({ topic: fixture.topic('t'), messages: [{ value: 'one' }] })
    await transaction.sendOffsets({
      consumerGroupId: fixture.id,
      topics: [{ topic: fixture.topic('t'), partitions: [{ partition: 0, offset: '1' }] }],
    })
    await transaction.commit()
    const { topics } = await admin.fetchTopicMetadata({ topics: [fixture.topic('t'), '__transaction_state', '__consumer_offsets'] })
    assert.ok(topics.every(({ partitions }) => partitions.every(({ replicas }) => replicas.length === 3)))
    for (const topic of [fixture.topic('t'), '__transaction_state', '__consumer_offsets'])
      assert.is(await topicSetting(admin, topic, 'min.insync.replicas'), '2', topic)
  } finally {
    await producer.disconnect()
    await admin.disconnect()
  }
}

/** The in-sync replicas of the topic's partition. */
async function inSync(fixture: KafkaFixture): Promise<readonly number[]> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  try {
    return (await admin.fetchTopicMetadata({ topics: [fixture.topic('t')] })).topics[0]!.partitions[0]!.isr
  } finally {
    await admin.disconnect()
  }
}

test.run()
