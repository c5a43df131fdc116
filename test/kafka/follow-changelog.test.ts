import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, type Checkpoint, type ManagedStore } from '../../stores/index.ts'
import { followChangelog } from '../../topology/runtime/state/follow-changelog.ts'
import { encodeCommitNote } from '../../topology/runtime/group/commit-mark.ts'
import { newCluster } from '../../topology/runtime/kafka/kafka-client.ts'
import { topicIds } from '../../topology/runtime/kafka/kafkajs-mends/topic-ids.ts'
import { ChangelogLost } from '../../topology/runtime/topics/partition-standing.ts'
import { commitHeader } from '../../topology/runtime/topics/commit-header.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { deleteTopic, eagerCompaction, eventually, KafkaFixture, makeTopic } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const hour = 3_600_000

interface World {
  fixture: KafkaFixture
}

function run(brokers: string): void {
  const test = suite<World>('following a changelog')
  test.before.each(context => {
    context.fixture = new KafkaFixture(brokers)
  })
  test.after.each(({ fixture }) => fixture.close())

  /** Follows the changelog from a checkpoint to its end. Returns the reason if that is impossible, otherwise the keys of the store. */
  const follow = async (fixture: KafkaFixture, checkpoint: Checkpoint | undefined, tombstonesMs: number): Promise<string | string[]> => {
    const store = await storeWith(checkpoint)
    try {
      await followToEnd(fixture, store, tombstonesMs)
      return [...(await keysOf(store))]
    } catch (error) {
      if (error instanceof ChangelogLost) return error.reason
      throw error
    } finally {
      await store.close()
    }
  }

  test('rows are unusable if compaction has removed later deletions, unless the rows are younger than the retention of deletions', async ({
    fixture,
  }) => {
    await makeTopic(fixture, 'changelog', eagerCompaction)
    await fixture.produce('changelog', [row('held', '1'), row('kept', '1')])
    const topicId = await idOf(fixture)
    const now = Date.now()
    const held = (asOf: number): Checkpoint => ({ changelogOffset: 2, standing: { topicId, asOf } })
    assert.equal(await follow(fixture, held(now - 1000 * hour), 0), ['held'], 'nothing follows: whatever their age')
    await fixture.produce('changelog', [row('kept', '2'), row('held', null)])
    assert.equal(await follow(fixture, held(now - 1000 * hour), 0), ['kept'], 'nothing is missing: whatever their age')
    assert.equal(await follow(fixture, { changelogOffset: 2 }, 0), ['kept'], 'as former builds have written them')
    await untilForgotten(fixture, 'held')
    assert.equal(await follow(fixture, held(now - 1000 * hour), 24 * hour), 'stale')
    assert.equal(await follow(fixture, held(now - 23 * hour), 24 * hour), 'stale', 'near to the end of that time')
    assert.equal(await follow(fixture, held(now + 2 * hour), 24 * hour), 'stale', 'of a clock that was set back since')
    assert.equal(await follow(fixture, { changelogOffset: 2 }, 24 * hour), 'stale', 'of an unknown time')
    assert.equal(await follow(fixture, held(now - hour), 24 * hour), ['filler', 'held', 'kept'], 'Kafka is trusted in that')
    assert.equal(await follow(fixture, undefined, 0), ['filler', 'kept'], 'from the head')
  })

  test('rows of a deleted topic of the same name are unusable', async ({ fixture }) => {
    await makeTopic(fixture, 'changelog', { 'cleanup.policy': 'compact' })
    await fixture.produce('changelog', [row('old', '1')])
    const store = await storeWith(undefined)
    await followToEnd(fixture, store, hour)
    const { checkpoint } = store
    assert.is(checkpoint?.changelogOffset, 1)
    assert.is(checkpoint?.standing?.topicId, await idOf(fixture))
    assert.ok(Date.now() - (checkpoint?.standing?.asOf ?? 0) < hour)
    await store.close()
    await deleteTopic(fixture, 'changelog')
    await makeTopic(fixture, 'changelog', { 'cleanup.policy': 'compact' })
    await fixture.produce('changelog', [row('new', '1')])
    assert.is(await follow(fixture, checkpoint, hour), 'replaced', 'though the offset is right by chance')
  })

  test('rows whose last record is another one by now are of a changelog that was cut off', async ({ fixture }) => {
    await makeTopic(fixture, 'changelog', eagerCompaction)
    const named = (note: string) => ({ ...row('named', note), headers: { [commitHeader]: note } })
    await fixture.produce('changelog', [row('a', '1'), named('first'), row('b', '1')])
    const store = await storeWith(undefined)
    await followToEnd(fixture, store, hour)
    const { checkpoint } = store
    assert.equal(checkpoint?.commit, { offset: 1, note: 'first' })
    await store.close()
    const held = (offset: number, note: string, changelogOffset = 3): Checkpoint => ({
      ...(checkpoint as Checkpoint),
      changelogOffset,
      commit: { offset, note },
    })
    assert.equal(await follow(fixture, held(1, 'first'), hour), ['held'])
    assert.equal(await follow(fixture, held(1, 'first', 2), hour), ['b', 'held'], 'what follows is read on')
    assert.is(await follow(fixture, held(1, 'another'), hour), 'cut')
    assert.is(await follow(fixture, held(2, 'first'), hour), 'cut', 'the record names no commit')
    assert.is(await follow(fixture, held(1, 'another', 2), hour), 'cut')
    assert.is(await follow(fixture, held(3, 'first', 4), hour), 'changelog', 'the log ends before')
    await fixture.produce('changelog', [named('second')])
    await untilForgotten(fixture, 'a', row('a', null))
    const first = (await fixture.readAll('changelog')).find(({ offset }) => offset === 1)
    if (first === undefined) assert.not.equal(await follow(fixture, held(1, 'first'), hour), 'cut', 'compaction says nothing')
  })

  test('the last commit is that of the latest mark: a frozen member may write an earlier one behind it', async ({ fixture }) => {
    await makeTopic(fixture, 'changelog', { 'cleanup.policy': 'compact' })
    const named = (since: number, number: number) => {
      const note = encodeCommitNote({ mark: { since, number }, exact: false, inputs: [] })
      return { ...row('named', note), headers: { [commitHeader]: note } }
    }
    await fixture.produce('changelog', [named(1, 9), named(2, 1), named(1, 10)])
    const store = await storeWith(undefined)
    await followToEnd(fixture, store, hour)
    assert.is(store.checkpoint?.commit?.offset, 1)
    await store.close()
  })

  test('who follows a topic that is deleted and made anew is told so', async ({ fixture }) => {
    await makeTopic(fixture, 'changelog', { 'cleanup.policy': 'compact' })
    await fixture.produce('changelog', [row('old', '1')])
    const store = await storeWith(undefined)
    const lost = (async () => {
      const signal = AbortSignal.timeout(60_000)
      for await (const _ of followChangelog(fixture.kafka, store, {
        topic: fixture.topic('changelog'),
        partition: 0,
        tombstonesMs: hour,
        signal,
      }));
    })().catch((error: unknown) => error)
    await eventually(
      () => store.checkpoint?.changelogOffset,
      offset => offset === 1,
    )
    await deleteTopic(fixture, 'changelog')
    await makeTopic(fixture, 'changelog', { 'cleanup.policy': 'compact' })
    await fixture.produce('changelog', [row('a', '1'), row('b', '1'), row('c', '1')])
    assert.instance(await lost, ChangelogLost)
    await store.close()
  })

  test.run()
}

const row = (key: string, value: string | null) => ({
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  partition: 0,
})

/** A store in memory; if it has a checkpoint, it has a row "held". */
async function storeWith(checkpoint: Checkpoint | undefined): Promise<ManagedStore> {
  const store = await keyValueStore({ name: 'rows', key: stringSerde, value: stringSerde }).open(undefined)
  if (checkpoint !== undefined) await store.restore([row('held', '1')], checkpoint)
  return store
}

async function followToEnd(fixture: KafkaFixture, store: ManagedStore, tombstonesMs: number): Promise<void> {
  const { signal } = new AbortController()
  const followed = { topic: fixture.topic('changelog'), partition: 0, tombstonesMs, until: 'end', signal } as const
  for await (const _ of followChangelog(fixture.kafka, store, followed));
}

async function keysOf({ store }: ManagedStore): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.queryAll()) keys.push(key)
  return keys
}

async function idOf(fixture: KafkaFixture): Promise<string | undefined> {
  const cluster = newCluster(fixture.kafka)
  await cluster.connect()
  try {
    const topic = fixture.topic('changelog')
    const ids = await topicIds(cluster, [topic, fixture.topic('none')])
    assert.equal(
      [...(ids ?? [])].map(([name]) => name),
      [topic],
      'only what exists has an id',
    )
    return ids?.get(topic)
  } finally {
    await cluster.disconnect()
  }
}

/** Writes on until the changelog holds nothing of the key any more, its deletion neither. */
async function untilForgotten(fixture: KafkaFixture, key: string, ...last: readonly WriterRecord[]): Promise<void> {
  await fixture.produce('changelog', last)
  const left = await eventually(
    async () => {
      await fixture.produce('changelog', [row('filler', 'x')])
      return (await fixture.readAll('changelog')).filter(record => record.key?.toString() === key).length
    },
    found => found === 0,
  )
  assert.is(left, 0, 'Kafka compacts')
}
