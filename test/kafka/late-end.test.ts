import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createKafka, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { CoordinatorLookup, EpochTransactions } from '../../topology/runtime/kafka/transactions/index.ts'
import { endTransaction } from '../../topology/runtime/kafka/wire/index.ts'
import type { RawBroker } from './forgetful.ts'
import { closeTransactionTopic, openTransactionTopic, textsForBoth, visibleTexts, type TransactionTopic } from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']
/** How often the end of a transaction arrives after the next one has begun. */
const rounds = Number(process.env['SLUICE_TEST_LATE_ENDS'] ?? 20)

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

/** One transaction at a time. `end` returns a function that sends the same request again. */
interface Transactions {
  write(text: string): Promise<void>
  end(commit: boolean): Promise<() => Promise<unknown>>
}

const soon = (): number => performance.now() + 20_000

/** By `transaction.version` 2: each transaction has its own epoch. */
async function withEpochs({ cluster, topic }: TransactionTopic): Promise<Transactions> {
  const transactions = await EpochTransactions.open(cluster, { transactionalId: topic, groupId: topic, timeoutMs: 20_000 })
  const coordinator = new CoordinatorLookup(cluster, 'transaction', topic)
  return {
    async write(text) {
      await transactions.write(textsForBoth(topic, text))
    },
    async end(commit) {
      const { identity } = transactions
      await transactions.end(commit)
      return () => coordinator.ask(each => endTransaction(each, topic, identity, commit), soon())
    },
  }
}

/** By the former protocol: all transactions of a producer have one epoch. */
async function withOneEpoch({ cluster, topic }: TransactionTopic): Promise<Transactions> {
  const coordinator = new CoordinatorLookup(cluster, 'transaction', topic)
  const ask = <T>(request: (broker: RawBroker) => Promise<T>): Promise<T> =>
    coordinator.ask(each => request(each as unknown as RawBroker), soon())
  const { producerId, producerEpoch } = await ask(each => each.initProducerId({ transactionalId: topic, transactionTimeout: 20_000 }))
  const own = { transactionalId: topic, producerId, producerEpoch }
  await cluster.addTargetTopic(topic)
  let firstSequence = 0
  return {
    async write(text) {
      await ask(each => each.addPartitionsToTxn({ ...own, topics: [{ topic, partitions: [0, 1] }] }))
      for (const [nodeId, partitions] of Object.entries(cluster.findLeaderForPartitions(topic, [0, 1]))) {
        const leader = (await cluster.findBroker({ nodeId })) as unknown as RawBroker
        const written = partitions.map(partition => ({
          partition,
          firstSequence,
          messages: [{ value: Buffer.from(text), timestamp: String(Date.now()) }],
        }))
        await leader.produce({ ...own, acks: -1, timeout: 20_000, topicData: [{ topic, partitions: written }] })
      }
      firstSequence++
    },
    async end(commit) {
      const request = { ...own, transactionResult: commit }
      await ask(each => each.endTxn(request))
      return () => ask(each => each.endTxn(request))
    },
  }
}

function run(kafka: Kafka): void {
  const test = suite<TransactionTopic>('a late end of a transaction')

  test.before.each(async context => {
    Object.assign(context, await openTransactionTopic(kafka, 'late'))
  })
  test.after.each(closeTransactionTopic)

  /**
   * Each round commits a transaction, begins and writes another one, repeats the end of the first, and aborts the second. Returns the numbers of
   * visible records of both kinds.
   */
  const play = async (
    { topic }: TransactionTopic,
    transactions: Transactions,
  ): Promise<{ readonly committed: number; readonly aborted: number }> => {
    for (let round = 0; round < rounds; round++) {
      await transactions.write('committed')
      const late = await transactions.end(true)
      await transactions.write('aborted')
      await late().catch(() => undefined)
      await transactions.end(false).catch(() => undefined)
    }
    const texts = await visibleTexts(kafka, topic, 'logEnd')
    const count = (text: string): number => texts.filter(each => each === text).length
    return { committed: count('committed'), aborted: count('aborted') }
  }

  test(`ends only its own transaction, ${rounds} times`, async context => {
    assert.equal(await play(context, await withEpochs(context)), { committed: 2 * rounds, aborted: 0 })
  })

  test('commits records that should be aborted if all transactions of a producer have one epoch', async context => {
    const { aborted } = await play(context, await withOneEpoch(context))
    assert.ok(aborted > 0, `${aborted}`)
  })

  test.run()
}
