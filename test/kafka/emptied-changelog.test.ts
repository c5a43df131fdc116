import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isAlive } from '../../cli/kafka/broker-record.ts'
import { freePort, startLocalKafka } from '../../cli/kafka/local-kafka.ts'
import { CountingWorld, upTo } from './counting-world.ts'

const test = suite<{ dir: string }>('a changelog whose brokers have lost all of it')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-emptied-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  test('stops the instance before it counts from one again, with and without the rows on its disk', async ({ dir }) => {
    const options = { dir: join(dir, 'kafka'), port: await freePort(), heapMb: 256, log: () => undefined }
    let kafka = await startLocalKafka(options)
    const world = await CountingWorld.open(kafka.brokers)
    try {
      const one = await world.start()
      await world.send(3)
      await one.stop()
      process.kill(kafka.pid, 'SIGKILL')
      while (isAlive(kafka.pid)) await sleep(20)
      await rm(join(options.dir, 'data', `${world.fixture.topic('counts-changelog')}-0`), { recursive: true })
      kafka = await startLocalKafka(options)
      for (const place of ['one', 'two']) {
        const failure = await world.failureOf(await world.start('exactly_once', place))
        assert.is(failure.code, 'STATE_UNCERTAIN')
        assert.match(failure.message, 'its changelog is empty')
      }
      // The state is built again from the input, as the message tells.
      await world.set(0)
      await world.start('exactly_once', 'three')
      assert.equal(await world.send(1, 7), [...upTo(3), ...upTo(4)])
    } finally {
      await world.close()
      await kafka.stop()
    }
  })

  test.run()
}
