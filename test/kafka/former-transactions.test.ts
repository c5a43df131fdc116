import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import {
  endFormerTransactions,
  memberTransactionalId,
  ThreadTransactions,
  type FormerTransactions,
  type GroupMember,
  writeMissingEnds,
} from '../../topology/runtime/commit/index.ts'
import { createKafka, type Consumer, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { type JoinedGroup, loadMendedKafkajs } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { openPartitions } from '../../topology/runtime/commit/open-partitions.ts'
import { EpochTransactions } from '../../topology/runtime/kafka/transactions/index.ts'
import type { WireBroker } from '../../topology/runtime/kafka/wire/index.ts'
import { readTopic } from '../../topology/runtime/topics/topic-reader.ts'
import { briefFetches, eventually, holds } from './fixture.ts'
import { forgetful, verify } from './forgetful.ts'
import { promised, throughGates } from './through-gates.ts'
import {
  closeTransactionTopic,
  committedOffset,
  openTransactionTopic,
  textsFor,
  textsForBoth,
  visibleTexts,
  type TransactionTopic,
} from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']
const timeoutMs = 10_000

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

interface Context extends TransactionTopic {
  /** The application's id, which is also the name of the topic. */
  app: string
  /** Closed at the end of the test. */
  opened: ThreadTransactions[]
}

interface WithBrokers {
  readonly brokerPool: { readonly brokers: Readonly<Record<string, WireBroker>> }
}

/** While a group has no members, Kafka accepts offsets from a client that is not a member. */
const anybody = { memberId: '', generationId: -1 }

function run(kafka: Kafka): void {
  const test = suite<Context>('transactions of a thread, and of former members')

  test.before.each(async context => {
    context.opened = []
    Object.assign(context, await openTransactionTopic(kafka, 'former'))
    context.app = context.topic
  })
  test.after.each(async context => {
    for (const each of context.opened) await each.close()
    await closeTransactionTopic(context)
  })

  /** Begins a transaction: a record in each partition, and an offset of the first. */
  const begin = async ({ cluster, app }: Context, transactionalId: string, text: string): Promise<EpochTransactions> => {
    const begun = await EpochTransactions.open(cluster, { transactionalId, groupId: app, timeoutMs })
    await begun.write(textsForBoth(app, text))
    await begun.commitOffsets({ ...anybody, topics: [{ topic: app, partitions: [{ partition: 0, offset: '1' }] }] })
    return begun
  }
  const endFormer = ({ cluster, app }: Context, former: Partial<FormerTransactions>): Promise<void> =>
    endFormerTransactions(cluster, {
      applicationId: app,
      members: [],
      own: memberTransactionalId(app, 'own'),
      tasks: [],
      inputs: { [app]: [0, 1] },
      changelogs: {},
      timeoutMs,
      ...former,
    })
  const seen = ({ app }: Context): Promise<string[]> => visibleTexts(kafka, app, 'logEnd')
  const open = async ({ app, opened }: Context, member: typeof anybody | undefined = anybody): Promise<ThreadTransactions> => {
    const options = { transactionalId: memberTransactionalId(app, randomUUID()), groupId: app, timeoutMs, member: () => member }
    const transactions = await ThreadTransactions.open(kafka, options)
    assert.ok(transactions)
    opened.push(transactions)
    return transactions
  }
  const batch = (topic: string, partition: number, ...texts: string[]) => [textsFor(topic, partition, ...texts)]
  const position = (topic: string, partition: number, offset: number) => [{ topic, partition, offset }]
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      error => (error instanceof SluiceError ? error.code : String(error)),
    )

  test('an open transaction of a former member is aborted, and the offsets are stable then', async context => {
    const { app } = context
    const former = await begin(context, memberTransactionalId(app, 'former'), 'lost')
    await endFormer(context, { members: [memberTransactionalId(app, 'own')] })
    assert.equal(await seen(context), [])
    assert.match(await former.end(true).then(String, String), /PRODUCER_EPOCH|FENCED|INVALID_TXN_STATE/)
  })

  for (const [name, ownMs] of [
    ['that of a transaction which makes a commit once more', 600_001],
    ['a millisecond longer than that of the next owner', timeoutMs + 1],
    ['a millisecond shorter', timeoutMs - 1],
  ] as const)
    test(`so it is where its owner's timeout is ${name}`, async context => {
      const { app, cluster } = context
      const former = await EpochTransactions.open(cluster, {
        transactionalId: memberTransactionalId(app, 'former'),
        groupId: app,
        timeoutMs: ownMs,
      })
      await former.write(textsForBoth(app, 'half of a commit'))
      await endFormer(context, { members: [memberTransactionalId(app, 'own')] })
      assert.equal(await seen(context), [])
    })

  test('transactions of members, of other applications and of tasks that are not taken over are left alone', async context => {
    const { app } = context
    const ids = [memberTransactionalId(app, 'other'), memberTransactionalId(`${app}-2`, 'own'), `${app}-0_1`]
    const begun = await Promise.all(
      ids.map(id => EpochTransactions.open(context.cluster, { transactionalId: id, groupId: app, timeoutMs })),
    )
    await Promise.all(begun.map((each, at) => each.write([textsFor(app, 0, `${at}`)])))
    await endFormer(context, { members: [memberTransactionalId(app, 'own'), memberTransactionalId(app, 'other')], tasks: ['0_0'] })
    for (const each of begun) await each.end(true)
    assert.equal(await seen(context), ['0', '1', '2'])
  })

  for (const ending of ['commit', 'abort'] as const) {
    test(`if a broker has forgotten an end marker, it is written with the outcome of the transaction: ${ending}`, async context => {
      const { admin, cluster, app } = context
      await verify(admin, false)
      try {
        await cluster.addTargetTopic(app)
        await forgetful({ cluster, topic: app, id: memberTransactionalId(app, 'former') }, ending)
        await endFormer(context, { members: [memberTransactionalId(app, 'own')], changelogs: { [app]: [0, 1] }, timeoutMs: 2000 })
      } finally {
        await verify(admin, true)
      }
      assert.equal(await seen(context), ending === 'commit' ? ['in 0', 'in 1'] : [])
      assert.is(await committedOffset(admin, app), ending === 'commit' ? '7' : '-1')
    })
  }

  for (const ending of ['commit', 'abort'] as const) {
    test(`an end that a broker has forgotten in an output is written, whoever made the transaction: ${ending}`, async context => {
      const { admin, cluster, app } = context
      const id = memberTransactionalId(app, 'idle')
      await verify(admin, false)
      try {
        await cluster.addTargetTopic(app)
        await forgetful({ cluster, topic: app, id }, ending)
      } finally {
        await verify(admin, true)
      }
      const look = (isOwn: (id: string) => boolean): Promise<void> =>
        writeMissingEnds({ cluster, groupId: app, timeoutMs, isOwn }, { [app]: [0, 1] })
      const stable = async (): Promise<number> => (await openPartitions(cluster, { [app]: [0, 1] })).length
      await look(each => each !== id)
      assert.is(await stable(), 1)
      await look(each => each === id)
      assert.is(await eventually(stable, open => open === 0), 0)
      assert.equal(await seen(context), ending === 'commit' ? ['in 0', 'in 1'] : [])
    })
  }

  test('open transactions are no missing ends', async context => {
    const { app, cluster } = context
    const former = await begin(context, memberTransactionalId(app, 'slow'), 'kept')
    await writeMissingEnds({ cluster, groupId: app, timeoutMs, isOwn: () => true }, { [app]: [0, 1] })
    await former.end(true)
    assert.equal(await seen(context), ['kept', 'kept'])
  })

  test('after the connection to the coordinator was lost, the last commit is written once more before the next transaction', async context => {
    const { app } = context
    const transactions = await open(context)
    const records = (...partitions: number[]) => partitions.flatMap(partition => batch(app, partition, `in ${partition}`))
    const { next } = await transactions.producer().commit(records(0, 1), position(app, 0, 1))
    await holds(async () => assert.equal((await ends(context)).highest, [2, 2]))
    for (const { connectionPool } of Object.values((transactions.cluster as unknown as WithBrokers).brokerPool.brokers))
      for (const { socket } of connectionPool.pool) socket?.destroy()
    const { sent } = await next.commit(records(0), position(app, 0, 2))
    // A record, its end, the same end once more, a record.
    assert.equal(sent, new Map([[`${app}-0`, 4]]))
    const found = await eventually(
      () => ends(context),
      ({ highest }) => highest[0] === 5,
    )
    assert.equal(found.highest, [5, 3])
    assert.equal(await seen(context), ['in 0', 'in 0', 'in 1'])
  })

  // One member has seen how the transaction ended, and takes its id only after the other has begun to make that end once more, at one of its steps.
  for (const step of ['addPartitionsToTxn', 'addOffsetsToTxn', 'endTxn'] as const)
    for (const first of ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'endTxn'] as const)
      test(`two members that write the same forgotten end at once do not abort it: one before ${step}, the other from ${first} on`, async context => {
        const { admin, cluster, app } = context
        await verify(admin, false)
        await cluster.addTargetTopic(app)
        await forgetful({ cluster, topic: app, id: memberTransactionalId(app, 'former') }, 'commit')
        await verify(admin, true)
        const [there, over] = [promised(), promised()]
        const one = throughGates(cluster, {
          [step]: () => {
            there.resolve()
            return Promise.race([over.promise, sleep(400)])
          },
        })
        // A description of the last transaction is not that old when the id is taken.
        const most = first === 'initProducerId' ? 40 : 300
        const other = throughGates(cluster, { [first]: () => Promise.race([there.promise, sleep(most)]) })
        const former = { members: [memberTransactionalId(app, 'own')], changelogs: { [app]: [0, 1] }, timeoutMs: 2000 }
        await Promise.all([
          endFormer({ ...context, cluster: one }, former),
          endFormer({ ...context, cluster: other }, former).finally(() => over.resolve()),
        ])
        assert.equal(await seen(context), ['in 0', 'in 1'])
        assert.is(await committedOffset(admin, app), '7')
      })

  test('if the leader does not send the members, no transaction is ended because its owner is not among them', async context => {
    const { app } = context
    const other = await EpochTransactions.open(context.cluster, {
      transactionalId: memberTransactionalId(app, 'other'),
      groupId: app,
      timeoutMs,
    })
    await other.write([textsFor(app, 0, 'kept')])
    await endFormer(context, {})
    await other.end(true)
    assert.equal(await seen(context), ['kept'])
  })

  test('a member that was frozen in its takeover ends nothing of members that came after it', async context => {
    const { app, cluster } = context
    const assigned: GroupMember[] = []
    const join = async (): Promise<Consumer> => {
      const { roundRobin } = loadMendedKafkajs().PartitionAssigners
      const onPartitionsAssigned = ({ memberId, generationId }: JoinedGroup): Promise<void> =>
        Promise.resolve(void assigned.push({ memberId, generationId }))
      const consumer = kafka.consumer({
        groupId: app,
        ...briefFetches,
        partitionAssigners: [config => ({ ...roundRobin(config), onPartitionsAssigned })],
      })
      await consumer.connect()
      await consumer.subscribe({ topic: app })
      await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
      return consumer
    }
    const frozen = await join()
    const [member] = await eventually(
      () => assigned,
      found => found.length > 0,
    )
    const newer: { begun?: EpochTransactions; consumer?: Consumer } = {}
    // The takeover stands still where it is about to list transactions, and the group goes on.
    const thaw = async (): Promise<void> => {
      if (newer.begun !== undefined) return
      await frozen.disconnect()
      newer.consumer = await join()
      await eventually(
        () => assigned,
        found => found.length > 1,
      )
      newer.begun = await EpochTransactions.open(cluster, { transactionalId: memberTransactionalId(app, 'newer'), groupId: app, timeoutMs })
      await newer.begun.write([textsFor(app, 0, 'kept')])
    }
    const standing = new Proxy(cluster, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name)
        if (typeof found !== 'function') return found
        if (name === 'refreshMetadataIfNecessary') return () => thaw().then(() => Reflect.apply(found, target, []) as Promise<void>)
        return found.bind(target) as unknown
      },
    })
    const own = memberTransactionalId(app, 'own')
    const outcome = await codeOf(endFormer({ ...context, cluster: standing }, { members: [own], own, member }))
    await newer.consumer?.disconnect()
    assert.is(outcome, 'TASK_FENCED')
    await newer.begun?.end(true)
    assert.equal(await seen(context), ['kept'])
  })

  test('a member of the present generation ends what former members left open', async context => {
    await begin(context, memberTransactionalId(context.app, 'former'), 'lost')
    const consumer = kafka.consumer({ groupId: context.app, ...briefFetches })
    await consumer.connect()
    await consumer.subscribe({ topic: context.app })
    const joined = new Promise<string>(resolve => consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => resolve(payload.memberId)))
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
    const own = memberTransactionalId(context.app, 'own')
    await endFormer(context, { members: [own], own, member: { memberId: await joined, generationId: 1 } })
    await consumer.disconnect()
    assert.equal(await seen(context), [])
  })

  test('a task that is taken over from a member of an older build', async context => {
    await begin(context, `${context.app}-0_0`, 'lost')
    await endFormer(context, { tasks: ['0_0'] })
    assert.equal(await seen(context), [])
  })

  test('commits of several tasks in one turn are one transaction, also for the same partition', async context => {
    const { app } = context
    const transactions = await open(context)
    const [first, second] = [transactions.producer(), transactions.producer()]
    const committed = await Promise.all([
      first.commit(batch(app, 0, 'a', 'b'), position(app, 0, 2)),
      second.commit([...batch(app, 0, 'c'), ...batch(app, 1, 'd')], position(app, 1, 1)),
    ])
    assert.equal(
      committed[0].sent,
      new Map([
        [`${app}-0`, 3],
        [`${app}-1`, 1],
      ]),
    )
    await committed[1].next.commit([], position(app, 1, 2))
    await committed[0].next.commit(batch(app, 1, 'e'), position(app, 0, 3))
    assert.equal(await codeOf(first.commit([], position(app, 0, 4))), 'COMMIT_FAILED')
    await transactions.close()
    assert.equal(await seen(context), ['a', 'b', 'c', 'd', 'e'])
    const { highest } = await ends(context)
    // Three records and a marker; two records and a marker each.
    assert.equal(highest, [4, 4])
  })

  test('after a failed commit no producer can commit', async context => {
    const { app } = context
    const transactions = await open(context, { memberId: 'nobody', generationId: 1 })
    const [one, other] = [transactions.producer(), transactions.producer()]
    const failed = [
      one.commit(batch(app, 0, 'a'), position(app, 0, 1)),
      transactions.producer().commit(batch(app, 1, 'b'), position(app, 1, 1)),
    ]
    assert.equal(await Promise.all(failed.map(codeOf)), ['TASK_FENCED', 'TASK_FENCED'])
    assert.ok(transactions.failed)
    assert.equal(await codeOf(other.commit([], position(app, 0, 5))), 'TASK_FENCED')
    await transactions.close()
    assert.equal(await seen(context), [])
  })

  test('records that do not fit in one request are written in several, in order', async context => {
    const { app } = context
    const transactions = await open(context)
    const texts = Array.from({ length: 2500 }, (_, at) => `${String(at).padStart(5, '0')}${'x'.repeat(1000)}`)
    const { sent } = await transactions.producer().commit([...batch(app, 0, ...texts), ...batch(app, 1, 'one')], position(app, 0, 9))
    await transactions.close()
    assert.is(sent.get(`${app}-0`), 2500)
    const read: string[] = []
    for await (const found of readTopic(kafka, { topic: app, partitions: [0], from: 'beginning', until: 'logEnd' }))
      for (const { value } of found.records) read.push(String(value))
    assert.equal(read, texts)
  })

  async function ends({ admin, app }: Context): Promise<{ readonly highest: readonly number[] }> {
    const offsets = await admin.fetchTopicOffsets(app)
    return { highest: offsets.toSorted((a, b) => a.partition - b.partition).map(({ high }) => Number(high)) }
  }

  test.run()
}
