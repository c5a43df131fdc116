import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { memberTransactionalId } from '../../topology/runtime/commit/index.ts'
import { decodeCommitNote, decodeOffsetNote, encodeCommitNote, encodeOffsetNote } from '../../topology/runtime/group/commit-mark.ts'
import { newCluster } from '../../topology/runtime/kafka/kafka-client.ts'
import { EpochTransactions } from '../../topology/runtime/kafka/transactions/index.ts'
import { commitHeader } from '../../topology/runtime/topics/commit-header.ts'
import { headerBytes, type Headers } from '../../topology/record-headers.ts'
import { counted } from './counted.ts'
import { CountingWorld, upTo } from './counting-world.ts'
import { eventually } from './fixture.ts'
import { type RawCluster, verify } from './forgetful.ts'

const brokers = process.env['KAFKA_BROKERS']

function run(brokers: string): void {
  const test = suite<{ world: CountingWorld }>('offsets and rows that do not agree at a takeover')
  test.before.each(async context => {
    context.world = await CountingWorld.open(brokers)
  })
  test.after.each(({ world }) => world.close())

  for (const place of ['one', 'two']) {
    test(`an offset that lost its end is brought forward to the rows of its commit, on ${place}`, async ({ world }) => {
      const one = await world.start()
      await world.send(3)
      const before = await eventually(
        () => world.committed(),
        ([found]) => found?.offset !== undefined && found.offset !== '-1',
      )
      await world.send(4)
      await one.stop()
      // What the group has where a broker forgot the end of a commit's offsets, and what came later aborted them.
      await world.commit(before)
      const again = await world.start('exactly_once', place)
      assert.equal(await world.send(2), upTo(9))
      assert.is(await counted(again, 'sluice_offsets_brought_forward_total'), 1)
      assert.ok(world.warnings.some(({ message, from, to }) => /behind the rows/.test(String(message)) && Number(from) < Number(to)))
    })
  }

  test('the end of the offsets that a broker forgot is written by the abort of what came next: nothing is doubled', async ({ world }) => {
    const { fixture } = world
    const one = await world.start()
    await world.send(3)
    await one.stop()
    const [last] = await world.committed()
    const { mark, topicId } = decodeOffsetNote(last?.metadata) ?? {}
    assert.ok(mark !== undefined && last !== undefined)
    const [cluster, admin, groupId] = [newCluster(fixture.kafka), fixture.kafka.admin(), fixture.id]
    await Promise.all([cluster.connect(), admin.connect()])
    await verify(admin, false)
    try {
      // A former member processes two more records, and dies in the transaction after that.
      await world.produce(2)
      const offset = Number(last.offset) + 2
      const note = { mark: { ...mark, number: mark.number + 1 }, exact: true, inputs: [{ topic: fixture.topic('in'), topicId, offset }] }
      const transactionalId = memberTransactionalId(groupId, 'former')
      const former = await EpochTransactions.open(cluster, { transactionalId, groupId, timeoutMs: 10_000 })
      const message = (value: string, headers?: Headers) => ({
        key: Buffer.from('k'),
        value: Buffer.from(value),
        timestamp: 1,
        headers: headerBytes(headers),
      })
      const of = (topic: string, messages: readonly ReturnType<typeof message>[]) => ({
        topic: fixture.topic(topic),
        partition: 0,
        messages,
      })
      await former.write([
        of('out', [message('4'), message('5')]),
        of('counts-changelog', [message('5', { [commitHeader]: encodeCommitNote(note) })]),
      ])
      const { producerId, epoch: producerEpoch } = former.identity
      const group = await (cluster as unknown as RawCluster).findGroupCoordinator({ groupId, coordinatorType: 0 })
      const metadata = encodeOffsetNote({ mark: note.mark, topicId, stores: ['counts'] }) ?? ''
      const topics = [{ topic: fixture.topic('in'), partitions: [{ partition: 0, offset: String(offset), metadata }] }]
      // The transaction's coordinator does not know of it: no end is written there.
      await group.txnOffsetCommit({ transactionalId, producerId: String(producerId), producerEpoch, groupId, topics })
      await former.end(true)
      await former.write([of('out', [message('lost')])])
      await former.commitOffsets({ memberId: '', generationId: -1, topics })
    } finally {
      await verify(admin, true)
      await Promise.all([cluster.disconnect(), admin.disconnect()])
    }
    const again = await world.start('exactly_once', 'two')
    assert.equal(await world.send(1), upTo(6))
    assert.is(await counted(again, 'sluice_offsets_brought_forward_total'), 1)
  })

  for (const place of ['one', 'two']) {
    test(`rows that lost their end stop the instance, which says where to go on, on ${place}`, async ({ world }) => {
      const one = await world.start()
      await world.send(3)
      await one.stop()
      const [last] = await world.committed()
      const [, since, number] = /commit:(\d+)\.(\d+)/.exec(last?.metadata ?? '') ?? []
      assert.match(last?.metadata ?? '', 'stores:counts')
      // Two more were processed, and the offsets of their commit ended otherwise than its rows.
      await world.produce(2)
      const metadata = (last?.metadata ?? '').replace(/commit:\S+/, `commit:${since}.${Number(number) + 1}`)
      await world.commit([{ partition: 0, offset: String(Number(last?.offset) + 2), metadata }])
      const failure = await world.failureOf(await world.start('exactly_once', place))
      assert.is(failure.code, 'STATE_UNCERTAIN')
      await world.setAsTold(failure)
      await world.start('exactly_once', place)
      assert.equal(await world.results(5), upTo(5))
    })
  }

  for (const [both, wants] of [
    [true, 'STATE_UNCERTAIN'],
    [false, 'the offset brought forward'],
  ] as const) {
    const lost = both ? 'one of the two changelogs that it wrote, and' : 'a changelog that it does not name, as an older build, and'
    test(`a commit that lost its end in ${lost} in the offsets: ${wants}`, async () => {
      const world = await CountingWorld.open(brokers, 'seen')
      const { fixture } = world
      const one = await world.start()
      await world.send(3)
      await one.stop()
      const [last] = await world.committed()
      const { mark, topicId, stores } = decodeOffsetNote(last?.metadata) ?? {}
      assert.ok(mark !== undefined && last !== undefined)
      assert.equal(stores, ['counts', 'seen'])
      const [before] = (await fixture.readAll('counts-changelog')).toReversed()
      const said = decodeCommitNote(String(before?.headers?.[commitHeader]))
      assert.equal(
        said?.stores?.map(({ store }) => store),
        ['counts', 'seen'],
      )
      const [cluster, admin, groupId] = [newCluster(fixture.kafka), fixture.kafka.admin(), fixture.id]
      await Promise.all([cluster.connect(), admin.connect()])
      await verify(admin, false)
      try {
        await world.produce(2)
        const offset = Number(last.offset) + 2
        const inputs = [{ topic: fixture.topic('in'), topicId, offset }]
        const note = { mark: { ...mark, number: mark.number + 1 }, exact: true, inputs, stores: both ? said?.stores : undefined }
        const headers = headerBytes({ [commitHeader]: encodeCommitNote(note) })
        const row = { key: Buffer.from('k'), value: Buffer.from('5'), timestamp: 1, headers }
        const of = (name: string) => ({ topic: fixture.topic(name), partition: 0, messages: [row] })
        const transactionalId = memberTransactionalId(groupId, 'former')
        const former = await EpochTransactions.open(cluster, { transactionalId, groupId, timeoutMs: 10_000 })
        await former.write([of('counts-changelog')])
        // The transaction's coordinator knows neither of the other changelog nor of the offsets: no end is written there.
        const { producerId, epoch: producerEpoch } = former.identity
        const own = { transactionalId, producerId: String(producerId), producerEpoch }
        const seen = fixture.topic('seen-changelog')
        await cluster.addTargetTopic(seen)
        const [leader = ''] = Object.keys(cluster.findLeaderForPartitions(seen, [0]))
        const messages = [{ key: row.key, value: row.value, timestamp: '1', headers: { [commitHeader]: encodeCommitNote(note) } }]
        const topicData = [{ topic: seen, partitions: [{ partition: 0, firstSequence: 0, messages }] }]
        const raw = cluster as unknown as RawCluster
        await (await raw.findBroker({ nodeId: leader })).produce({ ...own, acks: -1, timeout: 30_000, topicData })
        const metadata = encodeOffsetNote({ mark: note.mark, topicId, stores: ['counts', 'seen'] }) ?? ''
        const topics = [{ topic: fixture.topic('in'), partitions: [{ partition: 0, offset: String(offset), metadata }] }]
        await (await raw.findGroupCoordinator({ groupId, coordinatorType: 0 })).txnOffsetCommit({ ...own, groupId, topics })
        await former.end(true)
        // What comes next is aborted, there too.
        await former.write([of('seen-changelog')])
        await former.commitOffsets({ memberId: '', generationId: -1, topics })
        const two = await world.start('exactly_once', 'two')
        if (both) {
          const failure = await world.failureOf(two)
          assert.is(failure.code, 'STATE_UNCERTAIN')
          assert.match(failure.message, /rows in the changelog of store "counts" .* some of store "seen" too/)
          assert.equal(await world.results(3), upTo(3), 'nothing was processed')
          await world.setAsTold(failure)
          await world.start('exactly_once', 'two')
        }
        assert.equal(await world.send(1, 4), [...upTo(3), '6'])
        if (!both) assert.is(await counted(two, 'sluice_offsets_brought_forward_total'), 1)
      } finally {
        await verify(admin, true)
        await Promise.all([cluster.disconnect(), admin.disconnect()])
        await world.close()
      }
    })
  }

  test('an offset that somebody has set back is meant, and stays so after another start', async ({ world }) => {
    const one = await world.start()
    await world.send(3)
    await one.stop()
    await world.set(0)
    const two = await world.start()
    assert.equal(await world.results(6), upTo(6))
    assert.ok(world.warnings.some(({ message, to }) => /somebody has set/.test(String(message)) && to === 0))
    await two.stop()
    await world.start()
    assert.equal(await world.send(1, 7), upTo(7))
  })

  test('what agrees goes on over many starts, also where another instance takes over', async ({ world }) => {
    for (const place of ['one', 'two', 'one', 'three']) {
      const app = await world.start('exactly_once', place)
      await world.send(2)
      await app.stop()
    }
    assert.equal(await world.results(8), upTo(8))
    assert.equal(world.warnings, [])
  })

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)
