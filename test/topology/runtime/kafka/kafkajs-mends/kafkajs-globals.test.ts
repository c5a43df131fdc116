import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createKafka } from '../../../../../topology/runtime/kafka/index.ts'
import { hrtime } from '../../../../../topology/runtime/kafka/kafkajs-mends/kafkajs-globals.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { inFakeEnv, systemTimersMadeIn, type FakeEnv } from '../../../../support/fake-env.ts'
import { anHour } from '../../../../support/set-clock.ts'

const test = suite('the clocks, timers and random numbers of kafkajs')

interface Seen {
  readonly asked: readonly string[]
  readonly ended: unknown
}

/** A client that tries for minutes to reach a broker that refuses; what it asked, and how it ended. */
const refusedFor = (world: FakeEnv, ms: number): Promise<Seen> => {
  const admin = createKafka({ brokers: ['nobody:9092'], clientId: 'c' }).admin()
  let ended: unknown
  void admin.connect().then(
    () => (ended = 'connected'),
    (error: Error) => (ended = error.name),
  )
  return world.run(ms).then(() => ({ asked: world.asked, ended }))
}

test('a client uses the clock, timers, random numbers and connections of the Env', async () => {
  let seen: Seen = { asked: [], ended: undefined }
  const started = performance.now()
  const made = await systemTimersMadeIn(async () => {
    seen = await inFakeEnv(world => refusedFor(world, 600_000))
  })
  assert.is(made, 0)
  assert.is(seen.asked.length, 1001)
  assert.is(seen.ended, 'KafkaJSNumberOfRetriesExceeded')
  assert.ok(performance.now() - started < 60_000, 'minutes have not passed')
  assert.equal(await inFakeEnv(world => refusedFor(world, 600_000)), seen)
})

test('a connection that is never made is given up after the time of the Env', () =>
  inFakeEnv(async world => {
    world.refusesAfterMs = 10 * anHour
    const { asked } = await refusedFor(world, 2999)
    assert.is(asked.length, 1)
    await world.run(1000)
    assert.is(asked.length, 2)
  }))

test('kafkajs uses the clock of the Env, and its monotonic clock for durations', () =>
  inFakeEnv(async world => {
    const Event = mendedModule('src/instrumentation/event.js') as new (type: string, payload: object) => { readonly timestamp: number }
    const Request = mendedModule('src/network/requestQueue/socketRequest.js') as new (options: object) => {
      send(): void
      readonly sentAt: number
    }
    const sentAt = (): number => {
      const request = new Request({ entry: {}, broker: 'b', expectResponse: false, send: () => undefined, timeout: () => undefined })
      request.send()
      return request.sentAt
    }
    const [event, sent] = [new Event('x', {}).timestamp, sentAt()]
    assert.is(event, world.now())
    world.setClock(-anHour)
    await world.run(5)
    assert.is(new Event('x', {}).timestamp, event + 5 - anHour)
    assert.is(sentAt(), sent + 5)
    assert.equal(hrtime(), [0, 6_000_000])
    await world.run(1500)
    assert.equal(hrtime([0, 6_000_000]), [1, 500_000_000])
    assert.equal(hrtime([0, 999_000_000]), [0, 507_000_000])
  }))

test('kafkajs uses the random numbers of the Env for shuffling and for the first partition', async () => {
  const drawn = (): Promise<unknown> =>
    inFakeEnv(async () => {
      const shuffle = mendedModule('src/utils/shuffle.js') as (list: number[]) => number[]
      const createPartitioner = mendedModule('src/producer/partitioners/default/index.js') as () => (facts: object) => number
      const partitions = Array.from({ length: 1000 }, (_, partitionId) => ({ partitionId, leader: 0 }))
      const partition = createPartitioner()({ topic: 't', partitionMetadata: partitions, message: { key: null } })
      return [shuffle(partitions.map(({ partitionId }) => partitionId)), partition]
    })
  assert.equal(await drawn(), await drawn())
})

test.run()
