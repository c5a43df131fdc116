import { end, fetch, makeTopic, take } from './asking.ts'
import { nobody, patiently, write } from './client.ts'
import type { Exchange } from './exchange.ts'

export const producerExchanges: readonly Exchange[] = [
  {
    title: 'sequences of an idempotent producer',
    async run(client, topic) {
      await makeTopic(client, topic)
      const asked = { transactionalId: null, timeoutMs: 1000, producerId: -1, epoch: -1 }
      const { producerId } = await patiently(
        client,
        () => client.ask('initProducerId', 4, asked),
        ({ error }) => error,
      )
      const own = { producerId, epoch: 0 }
      const at = (sequence: number, epoch = 0, values = ['x']) => write(client, 7, { producerId, epoch }, { topic, sequence, values })
      const lines = [`first ${await at(0)}`, `again ${await at(0)}`, `next two ${await at(1, 0, ['a', 'b'])}`, `a gap ${await at(5)}`]
      lines.push(`within a batch ${await at(2)}`)
      for (let sequence = 3; sequence < 8; sequence++) lines.push(`${sequence}: ${await at(sequence)}`)
      lines.push(`the fifth before ${await at(3)}`, `the sixth before ${await at(1, 0, ['a', 'b'])}`)
      lines.push(`a new epoch in the middle ${await at(8, 1)}`, `a new epoch ${await at(0, 1)}`, `the old epoch ${await at(8)}`)
      lines.push(
        `an unknown producer in the middle ${await write(client, 7, { producerId: producerId + 500_000, epoch: 3 }, { topic, sequence: 9 })}`,
      )
      lines.push(`without an id ${await write(client, 7, nobody, { topic })}`, `epoch ${own.epoch}`)
      return lines
    },
    answers: [
      'first 0 0',
      'again 0 0',
      'next two 0 1',
      'a gap 45 -1',
      'within a batch 45 -1',
      '3: 0 3',
      '4: 0 4',
      '5: 0 5',
      '6: 0 6',
      '7: 0 7',
      'the fifth before 0 3',
      'the sixth before 45 -1',
      'a new epoch in the middle 45 -1',
      'a new epoch 0 8',
      'the old epoch 47 -1',
      'an unknown producer in the middle 0 9',
      'without an id 0 10',
      'epoch 0',
    ],
  },
  {
    title: 'limits of topics',
    async run(client, topic) {
      await makeTopic(client, topic, {
        'max.message.bytes': '200',
        'message.timestamp.after.max.ms': '1000',
        'message.timestamp.before.max.ms': '5000',
      })
      await makeTopic(client, `${topic}-c`, { 'cleanup.policy': 'compact' })
      const hour = 3_600_000
      const lines = [
        `large ${await write(client, 7, nobody, { topic, values: ['x'.repeat(200)] })}`,
        `late ${await write(client, 7, nobody, { topic, timestamp: client.now() - hour })}`,
        `early ${await write(client, 7, nobody, { topic, timestamp: client.now() + hour })}`,
        `good ${await write(client, 7, nobody, { topic })}`,
        `no key ${await write(client, 7, nobody, { topic: `${topic}-c`, key: Buffer.alloc(0) })}`,
        `a key ${await write(client, 7, nobody, { topic: `${topic}-c` })}`,
        `no topic ${await write(client, 7, nobody, { topic: `${topic}-none` })}`,
        `no partition ${await write(client, 7, nobody, { topic, partition: 7 })}`,
      ]
      for (const offset of [0, 1, 2, -3]) {
        const { error, highWatermark, lastStable, logStart } = await fetch(client, topic, 1, offset)
        lines.push(`fetch ${offset}: ${error} ${highWatermark} ${lastStable} ${logStart}`)
      }
      const deleted = await client.ask('deleteRecords', 1, {
        topics: [{ name: topic, partitions: [{ index: 0, offset: 1 }] }],
        timeoutMs: 1000,
      })
      lines.push(`deleted ${JSON.stringify(deleted.topics[0]!.partitions)}`)
      const { error, logStart } = await fetch(client, topic, 1, 0)
      lines.push(`fetch what is deleted: ${error} ${logStart}`)
      return lines
    },
    answers: [
      'large 10 -1',
      'late 32 -1',
      'early 32 -1',
      'good 0 0',
      'no key 87 -1',
      'a key 0 0',
      'no topic 3 -1',
      'no partition 3 -1',
      'fetch 0: 0 1 1 0',
      'fetch 1: 0 1 1 0',
      'fetch 2: 1 -1 -1 -1',
      'fetch -3: 1 -1 -1 -1',
      'deleted [{"index":0,"lowWatermark":1,"error":0}]',
      'fetch what is deleted: 1 -1',
    ],
  },
  {
    title: 'a transactional id is taken, and from whom',
    async run(client, id) {
      const first = await take(client, id)
      const second = await take(client, id, first)
      const again = await take(client, id, first)
      const lines = [
        `first ${first.error} ${first.epoch}`,
        `from it ${second.error} ${second.epoch}`,
        `again ${again.error} ${again.epoch}`,
      ]
      const third = await take(client, id)
      lines.push(`from nobody ${third.error} ${third.epoch} same ${third.producerId === first.producerId}`)
      const stale = await take(client, id, second)
      lines.push(`from a former one ${stale.error} ${stale.epoch}`)
      const old = await client.ask('initProducerId', 3, {
        transactionalId: id,
        timeoutMs: 60_000,
        producerId: second.producerId,
        epoch: second.epoch,
      })
      lines.push(`the same in version 3: ${old.error}`)
      const other = await take(client, id, { producerId: first.producerId + 500_000, epoch: 0 })
      lines.push(`from another producer ${other.error}`)
      const long = await client.ask('initProducerId', 4, { transactionalId: id, timeoutMs: 1_000_000, producerId: -1, epoch: -1 })
      lines.push(`for too long ${long.error}`)
      for (const [version, isCommit] of [
        [1, true],
        [1, false],
        [5, true],
      ] as const)
        lines.push(
          `end of nothing, version ${version}, ${isCommit}: ${(await end(client, version, { transactionalId: id, ...third }, isCommit)).error}`,
        )
      const empty = await end(client, 5, { transactionalId: id, ...third }, false)
      lines.push(`abort of nothing ${empty.error} ${empty.epoch - third.epoch}`)
      return lines
    },
    answers: [
      'first 0 0',
      'from it 0 1',
      'again 0 1',
      'from nobody 0 2 same true',
      'from a former one 90 -1',
      'the same in version 3: 47',
      'from another producer 90',
      'for too long 50',
      'end of nothing, version 1, true: 48',
      'end of nothing, version 1, false: 48',
      'end of nothing, version 5, true: 48',
      'abort of nothing 0 1',
    ],
  },
]
