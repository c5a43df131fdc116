import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startRestServer } from '../../rest/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { get } from '../rest/two-instances.ts'
import { createTopology as createCounting } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const test = suite('queries')
const keys = Array.from({ length: 20 }, (_, at) => `k${String(at).padStart(2, '0')}`)
const round = keys.map(key => ({ key: Buffer.from(key), value: Buffer.from('x') }))

/** An application that commits once, and then not for minutes. */
function rarelyCommitting(fixture: KafkaFixture, threads: number): SluiceStreams {
  const options: StreamsOptions = {
    applicationId: fixture.id,
    brokers: fixture.brokers,
    guarantee: 'at_least_once',
    commitIntervalMs: 600_000,
    threads,
  }
  if (threads === 0) return new SluiceStreams(createCounting({ input: fixture.topic('in'), output: fixture.topic('out') }), options)
  const module = new URL('counting-topology.ts', import.meta.url)
  return new SluiceStreams({ module, options: { input: fixture.topic('in'), output: fixture.topic('out') } }, options)
}

/** Repeats the query until the answer has stayed the same for a while. */
async function settled(ask: () => Promise<number>): Promise<number> {
  let [last, same] = [await ask(), 0]
  while (same < 10) {
    await new Promise(resolve => setTimeout(resolve, 100))
    const now = await ask()
    same = now === last ? same + 1 : 0
    last = now
  }
  return last
}

for (const threads of [0, 2]) {
  test(`committed values, and the latest values on request: ${threads} worker threads`, async () => {
    const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
    await fixture.createTopics({ in: {}, out: {} })
    const app = rarelyCommitting(fixture, threads)
    const rest = await startRestServer({ streams: app, port: 0 })
    app.advertise({ host: rest.host, port: rest.port })
    try {
      await app.start()
      const value = async (key: string, read: string): Promise<unknown> =>
        (await get(rest, `/state/counts/keys/${key}?read=${read}`)).body['value']
      const latest = (of: number): Promise<unknown> =>
        eventually(
          async () => (await Promise.all(keys.map(key => value(key, 'latest')))).every(each => each === of),
          reached => reached,
        )
      await fixture.produce('in', round)
      assert.is(await latest(1), true)
      // The first commit of a task may still be in progress.
      const committed = await settled(async () => (await app.queryAll('counts')).length)
      await fixture.produce('in', round)
      assert.is(await latest(2), true)
      const all = (await get(rest, '/state/counts/all?read=latest')).body['entries']
      assert.equal(
        all,
        keys.map(key => ({ key, value: 2 })),
      )
      assert.equal((await get(rest, '/state/counts/count?read=latest')).body, { store: 'counts', count: keys.length })
      assert.equal((await get(rest, '/state/counts/count')).body, { store: 'counts', count: committed })
      for (const entry of await app.queryAll('counts')) assert.is(entry.value, 1, 'not committed again')
      const page = (await get(rest, '/state/counts/all?read=latest&prefix=k1&limit=4&after=k12')).body
      assert.equal(page, {
        store: 'counts',
        entries: ['k13', 'k14', 'k15', 'k16'].map(key => ({ key, value: 2 })),
        next: 'k16',
      })
    } finally {
      await app.stop()
      await rest.close()
      await fixture.close()
    }
  })
}

test.run()
