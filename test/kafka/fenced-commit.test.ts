import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import { endFormerTransactions, memberTransactionalId, ThreadTransactions } from '../../topology/runtime/commit/index.ts'
import { createKafka, type Cluster, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { endTxnKey } from './cut-request.ts'
import { closeTransactionTopic, openTransactionTopic, textsFor, visibleTexts, type TransactionTopic } from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']
const timeoutMs = 10_000

interface WithSockets {
  readonly brokerPool: {
    readonly brokers: Readonly<Record<string, { readonly connectionPool: { readonly pool: readonly { socket?: Socket }[] } }>>
  }
}

/** Holds back the next request of a kind, as if its sender were frozen. `held` resolves once there is one, which `release` sends. */
function holdRequest(cluster: Cluster, apiKey: number): { readonly held: Promise<void>; readonly release: () => void } {
  let release = (): void => undefined
  const held = new Promise<void>(resolve => {
    for (const { connectionPool } of Object.values((cluster as unknown as WithSockets).brokerPool.brokers)) {
      const { socket } = connectionPool.pool[0] ?? {}
      if (socket === undefined) continue
      const write = socket.write.bind(socket)
      socket.write = (bytes: Buffer, ...rest: []) => {
        if (bytes.readInt16BE(4) !== apiKey) return write(bytes, ...rest)
        socket.write = write
        release = () => void write(bytes, ...rest)
        resolve()
        return true
      }
    }
  })
  return { held, release: () => release() }
}

function run(kafka: Kafka): void {
  const test = suite<TransactionTopic>('a commit of a member that the group has gone on without')
  test.before.each(async context => {
    Object.assign(context, await openTransactionTopic(kafka, 'fenced'))
  })
  test.after.each(closeTransactionTopic)

  test('is fenced, also where only its end comes after the takeover', async ({ cluster, topic: app }) => {
    const member = () => ({ memberId: '', generationId: -1 })
    const options = { transactionalId: memberTransactionalId(app, 'frozen'), groupId: app, timeoutMs, member }
    const transactions = await ThreadTransactions.open(kafka, options)
    assert.ok(transactions)
    const position = (offset: number) => [{ topic: app, partition: 0, offset }]
    try {
      const { next } = await transactions.producer().commit([textsFor(app, 0, 'before')], position(1))
      const { held, release } = holdRequest(transactions.cluster, endTxnKey)
      const late = next.commit([textsFor(app, 0, 'late')], position(2)).then(
        () => 'done',
        (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
      )
      await held
      const own = memberTransactionalId(app, 'own')
      const former = { applicationId: app, members: [own], own, tasks: [], inputs: { [app]: [0] }, changelogs: {}, timeoutMs }
      await endFormerTransactions(cluster, former)
      release()
      assert.is(await late, 'TASK_FENCED')
      assert.equal(await visibleTexts(kafka, app, 'logEnd'), ['before'])
    } finally {
      await transactions.close()
    }
  })

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))
