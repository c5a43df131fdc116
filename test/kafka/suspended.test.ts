import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { type RestServer, startRestServer } from '../../rest/index.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { get } from '../rest/two-instances.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const test = suite('tasks that a rebalance has suspended')

const texts = { key: stringSerde, value: stringSerde }
const keys = Array.from({ length: 20 }, (_, at) => `k${at}`)

/** Stores the newest value of each key. The value "wait" blocks its instance, and so the group when it rebalances. */
function keeping(input: string, wait: () => Promise<void>): Topology {
  const keeper = (): Processor<string, string> => {
    let store: KeyValueStore<string, string>
    return {
      init: context => void (store = context.getStateStore('kept')),
      process({ key, value }) {
        store.put(key, value)
        return value === 'wait' ? wait() : undefined
      },
    }
  }
  return new Topology()
    .addSource('in', input, texts)
    .addProcessor('keeper', keeper, 'in')
    .addStateStore(keyValueStore({ name: 'kept', ...texts }), 'keeper')
}

interface Instance {
  readonly streams: SluiceStreams
  readonly rest: RestServer
}

test('suspended tasks answer with committed values, marked stale, until the group has settled', async () => {
  const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  await fixture.createTopics({ in: {} })
  let [goOn, waiting] = [(): void => {}, false]
  const gate = new Promise<void>(resolve => (goOn = resolve))
  const opened: Instance[] = []
  const open = async (): Promise<Instance> => {
    const wait = (): Promise<void> => {
      waiting = true
      return gate
    }
    const options = { applicationId: fixture.id, brokers: fixture.brokers, sessionTimeoutMs: 30_000 }
    const streams = new SluiceStreams(keeping(fixture.topic('in'), wait), options)
    const rest = await startRestServer({ streams, port: 0, retryMs: 0 })
    streams.advertise({ host: rest.host, port: rest.port })
    opened.push({ streams, rest })
    return { streams, rest }
  }
  const produce = (of: readonly string[], value: string): Promise<void> =>
    fixture.produce(
      'in',
      of.map(key => ({ key: Buffer.from(key), value: Buffer.from(value) })),
    )
  try {
    const [one, two] = [await open(), await open()]
    await one.streams.start()
    await two.streams.start()
    await produce(keys, 'x')
    const ask = (from: Instance, key: string): ReturnType<typeof get> => get(from.rest, `/state/kept/keys/${key}`)
    const whole = await eventually(
      async () => (await Promise.all(keys.map(key => ask(one, key)))).map(({ body }) => body['value']),
      values => values.every(value => value === 'x'),
    )
    assert.is(whole.length, keys.length)
    const portOf = async (key: string): Promise<unknown> => (await one.streams.ownerOf('kept', key))?.port
    const owners = new Map(await Promise.all(keys.map(async key => [key, await portOf(key)] as const)))
    const keyOf = (instance: Instance): string => keys.find(key => owners.get(key) === instance.rest.port) as string
    const [own, theirs] = [keyOf(one), keyOf(two)]

    await produce([theirs], 'wait')
    await eventually(
      () => waiting,
      yes => yes,
    )
    const three = await open()
    const joining = three.streams.start()
    // The first instance has sent its join, the second cannot yet.
    await eventually(
      async () => (await one.streams.tasks()).every(({ state }) => state === 'suspended'),
      yes => yes,
    )
    const marked = { store: 'kept', key: own, value: 'x', host: one.rest.host, port: one.rest.port, stale: true }
    for (const asked of [one, two]) {
      const answer = await eventually(
        () => ask(asked, own),
        ({ status }) => status === 200,
      )
      assert.equal(answer.body, marked)
    }
    const partial = (await get(one.rest, '/state/kept/all?partial=true')).body
    const entries = partial['entries'] as { readonly stale?: boolean }[]
    assert.ok(entries.length > 0 && entries.every(({ stale }) => stale === true))
    for (const partition of partial['stale'] as object[]) assert.not('lag' in partition, 'what is not known is not told')

    goOn()
    await joining
    for (const asked of [one, two, three]) {
      const answer = await eventually(
        () => ask(asked, own),
        ({ status, body }) => status === 200 && body['stale'] === undefined,
      )
      assert.is(answer.body['value'], 'x')
    }
    for (const asked of [one, two, three]) {
      const path = '/state/kept/count'
      const answer = await eventually(
        () => get(asked.rest, path),
        ({ status, body }) => status === 200 && body['stale'] === undefined,
      )
      assert.equal(answer.body, { store: 'kept', count: keys.length }, 'of three instances, over hops')
    }
  } finally {
    goOn()
    for (const { streams, rest } of opened) {
      await streams.stop()
      await rest.close()
    }
    await fixture.close()
  }
})

test.run()
