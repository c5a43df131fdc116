import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { env, SluiceError } from '../../base/index.ts'
import { settleHangingTransaction } from '../../topology/runtime/commit/hanging-transaction.ts'
import {
  endFormerTransactions,
  fenceTaskOwners,
  memberTransactionalId,
  openTransactionalProducer,
  type TaskProducer,
  taskTransactionalId,
  writeMissingEnds,
} from '../../topology/runtime/commit/index.ts'
import { openPartitions } from '../../topology/runtime/commit/open-partitions.ts'
import { createKafka, type Cluster, type Kafka, type KafkaLog } from '../../topology/runtime/kafka/kafka-client.ts'
import { TransactionSession } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { longSettlingTimeoutMs } from '../../topology/runtime/kafka/transactions/index.ts'
import type { WireBroker } from '../../topology/runtime/kafka/wire/index.ts'
import { eventually, holds } from './fixture.ts'
import { forgetful, patiently, type RawBroker, type RawCluster, verify } from './forgetful.ts'
import { promised, throughGates, withAbsentBroker, withAbsentCoordinator, withMethod } from './through-gates.ts'
import {
  closeTransactionTopic,
  committedOffset,
  openTransactionTopic,
  textsFor,
  visibleTexts,
  type TransactionTopic,
} from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']
const timeoutMs = 4000

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

interface Context extends TransactionTopic {
  /** The application's id, which is also the name of the topic. */
  app: string
  /** Of a member that is gone, whose commit a broker has forgotten in a partition and in the offsets. */
  id: string
  told: string[]
  log: KafkaLog
}

interface WithBrokers {
  readonly brokerPool: { readonly brokers: Readonly<Record<string, WireBroker>> }
}

function loseConnections(cluster: Cluster): void {
  for (const { connectionPool } of Object.values((cluster as unknown as WithBrokers).brokerPool.brokers))
    for (const { socket } of connectionPool.pool) socket?.destroy()
}

const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    error => (error instanceof SluiceError ? error.code : String(error)),
  )

function run(kafka: Kafka): void {
  const test = suite<Context>('forgotten ends that are written in spite of others, of interruptions and of brokers that are away')

  test.before.each(async context => {
    Object.assign(context, await openTransactionTopic(kafka, 'settled'))
    context.app = context.topic
    context.id = memberTransactionalId(context.app, 'former')
    context.told = []
    context.log = (level, message) => void context.told.push(`${level} ${message}`)
  })
  test.after.each(closeTransactionTopic)

  const forget = async ({ admin, cluster, app }: Context, id: string): Promise<void> => {
    await cluster.addTargetTopic(app)
    await verify(admin, false)
    await forgetful({ cluster, topic: app, id }, 'commit').finally(() => verify(admin, true))
  }
  const settle = ({ app, id }: Context, cluster: Cluster): Promise<void> => {
    const lookup = cluster as unknown as ConstructorParameters<typeof TransactionSession>[0]
    const targets = [0, 1].map(partition => ({ topic: app, partition }))
    const former = { transactionalId: id, groupId: app, targets, timeoutMs, deadline: env.monotonic() + 10_000, shared: true }
    return settleHangingTransaction(new TransactionSession(lookup, { transactionalId: id, timeoutMs }), former)
  }
  const isWhole = async ({ admin, app }: Context): Promise<void> => {
    await holds(async () => assert.equal(await visibleTexts(kafka, app, 'end'), ['in 0', 'in 1']))
    await holds(async () => assert.is(await committedOffset(admin, app), '7'))
  }
  const openIn = async ({ cluster, app }: Context): Promise<number> => (await openPartitions(cluster, { [app]: [0, 1] })).length
  const look = ({ app, log }: Context, cluster: Cluster): Promise<void> =>
    writeMissingEnds({ cluster, groupId: app, timeoutMs, isOwn: () => true, log }, { [app]: [0, 1] })

  /** Somebody has taken the id to make the commit once more. */
  const taken = async ({ cluster, id }: Context): Promise<{ coordinator: RawBroker; own: object }> => {
    const coordinator = await (cluster as unknown as RawCluster).findGroupCoordinator({ groupId: id, coordinatorType: 1 })
    const identity = await patiently(() => coordinator.initProducerId({ transactionalId: id, transactionTimeout: longSettlingTimeoutMs }))
    return { coordinator, own: { ...identity, transactionalId: id } }
  }

  for (const begun of ['addOffsetsToTxn', 'endTxn'] as const)
    test(`whoever sees that an id was taken waits for a third member that has not seen it: until before ${begun}`, async context => {
      const { cluster, id } = context
      await forget(context, id)
      const [described, took, there, late] = [promised(), promised(), promised(), promised()]
      // It has described the commit, and takes the id once the transaction of the others is open; in 40 ms, as old as its description may be.
      const third = throughGates(cluster, {
        initProducerId: () => {
          described.resolve()
          return took.promise.then(() => Promise.race([there.promise, sleep(40)])).then(() => void setTimeout(late.resolve, 20))
        },
      })
      const taker = throughGates(cluster, {}, { initProducerId: () => took.resolve() })
      const joiner = throughGates(cluster, {
        [begun]: () => {
          there.resolve()
          return Promise.race([late.promise, sleep(400)])
        },
      })
      const settling = [outcomeOf(settle(context, third))]
      await described.promise
      settling.push(outcomeOf(settle(context, taker)))
      await took.promise
      settling.push(outcomeOf(settle(context, joiner)))
      const outcomes = await Promise.all(settling)
      await isWhole(context)
      assert.equal(outcomes, ['done', 'done', 'done'])
    })

  test('what a transaction that made a commit once more has not ended is committed, though somebody has aborted it', async context => {
    const { app, cluster, id } = context
    await forget(context, id)
    const { coordinator, own } = await taken(context)
    // This partition has its end already.
    await coordinator.addPartitionsToTxn({ ...own, topics: [{ topic: app, partitions: [0] }] })
    await coordinator.endTxn({ ...own, transactionResult: false })
    await settle(context, cluster)
    await isWhole(context)
  })

  test('an end in an output that somebody was writing who did not come to its end is written, without a takeover', async context => {
    const { app, cluster, id } = context
    await forget(context, id)
    const { coordinator, own } = await taken(context)
    await coordinator.addPartitionsToTxn({ ...own, topics: [{ topic: app, partitions: [1] }] })
    assert.is(await openIn(context), 1)
    await look(context, cluster)
    assert.is(
      await eventually(
        () => openIn(context),
        open => open === 0,
      ),
      0,
    )
    await isWhole(context)
  })

  test('it is written in the same look although the connection is lost before it is begun', async context => {
    const { cluster, id } = context
    await forget(context, id)
    let lost = 0
    const losing = throughGates(cluster, {
      addPartitionsToTxn: () => {
        if (lost++ === 0) loseConnections(cluster)
      },
    })
    await look(context, losing)
    assert.is(
      await eventually(
        () => openIn(context),
        open => open === 0,
      ),
      0,
    )
    await isWhole(context)
    assert.ok(lost > 1)
  })

  test('it is written although another broker does not answer', async context => {
    await forget(context, context.id)
    await look(context, withAbsentBroker(context.cluster))
    assert.is(
      await eventually(
        () => openIn(context),
        open => open === 0,
      ),
      0,
    )
    await isWhole(context)
  })

  test('a takeover writes a missing end although another broker does not answer, and says so', async context => {
    const { app, cluster, id, log, told } = context
    await forget(context, id)
    const own = memberTransactionalId(app, 'own')
    const former = { applicationId: app, members: [own], own, tasks: [], inputs: { [app]: [0, 1] }, changelogs: { [app]: [0, 1] } }
    await endFormerTransactions(withAbsentBroker(cluster), { ...former, timeoutMs: 2000, log })
    await isWhole(context)
    assert.match(told.join('\n'), /not all brokers say which transactions are open/)
  })

  /** The producer of a task of somebody who commits each task by itself, which has committed once. */
  const taskOwner = async ({ app }: Context, task: string): Promise<TaskProducer> => {
    const targets = [0, 1].map(partition => ({ topic: app, partition }))
    const owner = await openTransactionalProducer(kafka, {
      transactionalId: taskTransactionalId(app, task),
      groupId: app,
      timeoutMs,
      targets,
    })
    return (await owner.commit([textsFor(app, 0, task)], [{ topic: app, partition: 0, offset: 1 }])).next
  }
  const commitLate = ({ app }: Context, owner: TaskProducer): Promise<string> =>
    outcomeOf(owner.commit([textsFor(app, 0, 'late')], [{ topic: app, partition: 0, offset: 2 }]))
  const fence = ({ app, log }: Context, cluster: Cluster, ownMs = timeoutMs): Promise<void> => {
    const targetsOf = () => [0, 1].map(partition => ({ topic: app, partition }))
    return fenceTaskOwners(cluster, { applicationId: app, tasks: ['0_0'], targetsOf, timeoutMs: ownMs, member: undefined, log })
  }

  test('the owner of a task is fenced although no broker lists its id: its own coordinator is asked', async context => {
    const owner = await taskOwner(context, '0_0')
    try {
      await fence(
        context,
        withMethod(context.cluster, 'findBroker', () => () => Promise.reject(new Error('nobody listens'))),
      )
      assert.is(await commitLate(context, owner), 'TASK_FENCED')
    } finally {
      await owner.close()
    }
  })

  test('a takeover goes on while the coordinator of a task is away, and fences its owner as soon as that is back', async context => {
    const { app, cluster, told } = context
    const owner = await taskOwner(context, '0_0')
    let isBack = false
    try {
      await fence(
        context,
        withAbsentCoordinator(cluster, taskTransactionalId(app, '0_0'), () => isBack),
      )
      assert.match(told.join('\n'), /warn a takeover went on/)
      isBack = true
      assert.ok(await eventually(() => told.some(line => line.includes('only after its takeover')), Boolean))
      assert.is(await commitLate(context, owner), 'TASK_FENCED')
    } finally {
      await owner.close()
    }
  })

  test('it does not where the application is known to commit task by task: it fails, and succeeds once the coordinator is back', async context => {
    const { app, cluster } = context
    const owners = [await taskOwner(context, '0_0'), await taskOwner(context, '0_1')] as const
    let isBack = false
    const away = withAbsentCoordinator(cluster, taskTransactionalId(app, '0_0'), () => isBack)
    try {
      assert.is(await outcomeOf(fence(context, away, 2000)), 'COMMIT_FAILED')
      setTimeout(() => (isBack = true), 2500)
      await fence(context, away)
      assert.is(await commitLate(context, owners[0]), 'TASK_FENCED')
      assert.is(await commitLate(context, owners[1]), 'done')
    } finally {
      await Promise.all(owners.map(each => each.close()))
    }
  })

  test.run()
}
