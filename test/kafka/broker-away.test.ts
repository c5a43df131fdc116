import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isAlive } from '../../cli/kafka/broker-record.ts'
import { freePort, startLocalKafka, type LocalKafka } from '../../cli/kafka/local-kafka.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { countedAtLeast } from './counted.ts'
import { createTopology } from './counting-topology.ts'
import { KafkaFixture } from './fixture.ts'

const test = suite<{ dir: string }>('a broker that goes away')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-away-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

async function kill({ pid }: LocalKafka): Promise<void> {
  process.kill(pid, 'SIGKILL')
  while (isAlive(pid)) await sleep(20)
}

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  /** The session is longer than any wait of this test: no instance may wait for members from before the crash. */
  const sessionTimeoutMs = 300_000

  test('is killed and comes back: two instances continue without waiting for former sessions, and count each record once', async ({
    dir,
  }) => {
    const options = { dir: join(dir, 'kafka'), port: await freePort(), heapMb: 256, log: () => undefined }
    let kafka = await startLocalKafka(options)
    const fixture = new KafkaFixture(kafka.brokers)
    const failures: unknown[] = []
    const instances = ['a', 'b'].map(name => {
      const topology = createTopology({ input: fixture.topic('words'), output: fixture.topic('out') })
      return new SluiceStreams(topology, {
        applicationId: fixture.id,
        brokers: fixture.brokers,
        stateDir: join(dir, name),
        sessionTimeoutMs,
        listener: { onError: (error, fatal) => fatal && failures.push(error) },
      })
    })
    try {
      await fixture.createTopics({ words: {}, out: {} })
      await Promise.all(instances.map(instance => instance.start()))
      const words = Array.from({ length: 40 }, (_, at) => ({ key: Buffer.from(`k${at % 8}`), value: Buffer.from('x'), partition: at % 4 }))
      await fixture.produce('words', words)
      await fixture.readAtLeast('out', words.length)
      await kill(kafka)
      // Whether or not a thread fails because of it, the outage is counted in seconds.
      for (const instance of instances) assert.ok((await countedAtLeast(instance, 'sluice_broker_away_seconds_total')) >= 3)
      kafka = await startLocalKafka(options)
      await fixture.produce('words', words)
      const out = await fixture.readAtLeast('out', 2 * words.length)
      assert.equal(failures, [])
      assert.is(out.length, 2 * words.length)
      const counts = new Map<string, string[]>()
      for (const { key, value } of out) counts.set(String(key), [...(counts.get(String(key)) ?? []), String(value)])
      for (const seen of counts.values())
        assert.equal(
          seen,
          seen.map((_, at) => String(at + 1)),
        )
    } finally {
      await Promise.all(instances.map(instance => instance.stop()))
      await kafka.stop()
    }
  })

  test.run()
}
