import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { GlobalStore } from '../../topology/runtime/state/global-store.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const globalStores = suite<{ fixture: KafkaFixture }>('GlobalStore')

globalStores.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  await context.fixture.createTopics({ changelog: { partitions: 2, compact: true }, inputs: { partitions: 2 } })
})
globalStores.after.each(({ fixture }) => fixture.close())

const row = (partition: number, key: string, value: string | null): WriterRecord => ({
  partition,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

async function withGlobalStore(
  fixture: KafkaFixture,
  use: (globalStore: GlobalStore, store: KeyValueStore<string, string>, failures: unknown[]) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  const globalStore = await GlobalStore.open({
    kafka: fixture.kafka,
    builder: keyValueStore({ name: 'words', key: stringSerde, value: stringSerde }),
    changelog: fixture.topic('changelog'),
    groupId: fixture.id,
    inputs: [fixture.topic('inputs')],
    onFailure: error => failures.push(error),
    onRetry: error => failures.push(error),
    log: undefined,
  })
  try {
    await use(globalStore, globalStore.store as KeyValueStore<string, string>, failures)
    assert.equal(failures, [])
  } finally {
    await globalStore.close()
  }
}

globalStores('holds and follows all partitions, and keeps a key as long as one partition has it', async ({ fixture }) => {
  await fixture.produce('changelog', [row(0, 'shared', 'x'), row(1, 'shared', 'x'), row(0, 'a', '1'), row(0, 'a', '2'), row(1, 'b', '3')])
  await withGlobalStore(fixture, async (globalStore, store) => {
    await globalStore.caughtUp()
    assert.equal(
      ['shared', 'a', 'b'].map(key => store.get(key)),
      ['x', '2', '3'],
    )
    await fixture.produce('changelog', [row(0, 'shared', null), row(0, 'a', null)])
    await globalStore.caughtUp()
    assert.equal(
      ['shared', 'a', 'b'].map(key => store.get(key)),
      ['x', undefined, '3'],
    )
    await fixture.produce('changelog', [row(1, 'shared', null)])
    assert.is(
      await eventually(
        () => store.get('shared'),
        value => value === undefined,
      ),
      undefined,
    )
  })
})

globalStores('has caught up only when the group has read the existing records of its inputs', async ({ fixture }) => {
  await fixture.produce('inputs', [row(0, 'k', 'one'), row(0, 'k', 'two')])
  await fixture.produce('changelog', [row(0, 'k', 'one')])
  await withGlobalStore(fixture, async (globalStore, store) => {
    let caughtUp = false
    const waiting = globalStore.caughtUp().then(() => (caughtUp = true))
    await eventually(
      () => store.get('k'),
      value => value === 'one',
    )
    const admin = fixture.kafka.admin()
    await admin.connect()
    const commit = (offset: string): Promise<unknown> =>
      admin.setOffsets({ groupId: fixture.id, topic: fixture.topic('inputs'), partitions: [{ partition: 0, offset }] })
    try {
      await commit('1')
      await fixture.produce('changelog', [row(0, 'k', 'two')])
      await eventually(
        () => store.get('k'),
        value => value === 'two',
      )
      assert.not(caughtUp, 'the second input is not committed yet')
      await commit('2')
      await waiting
      assert.is(store.get('k'), 'two')
    } finally {
      await admin.disconnect()
    }
  })
})

globalStores('can be closed while it waits', async ({ fixture }) => {
  await fixture.produce('inputs', [row(0, 'k', 'one')])
  await withGlobalStore(fixture, async globalStore => {
    void globalStore.caughtUp()
    await eventually(
      () => fixture.readAll('inputs'),
      records => records.length > 0,
    )
  })
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else globalStores.run()
