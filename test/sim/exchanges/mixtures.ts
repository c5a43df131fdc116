import { addPartition, batches, completed, coordinator, end, ends, fetch, makeTopic, state, take } from './asking.ts'
import { type Client, patiently, write } from './client.ts'
import type { Exchange } from './exchange.ts'

/** Fetches with a minimum number of bytes; returns the result, and whether the broker delayed the answer. */
async function wait(client: Client, topic: string, offset: number, maxWaitMs: number): Promise<string> {
  const started = client.now()
  const partitions = [{ index: 0, leaderEpoch: -1, offset, logStart: -1, maxBytes: 1_000_000 }]
  const body = { replicaId: -1, maxWaitMs, minBytes: 1, maxBytes: 1_000_000, isolation: 1, sessionId: 0, sessionEpoch: -1 }
  const { topics } = await client.ask('fetch', 11, { ...body, topics: [{ name: topic, partitions }], forgotten: [], rack: '' }, 'reader')
  const waited = client.now() - started >= maxWaitMs - 1
  return `${batches(topics[0]!.partitions[0]!.records)}${waited ? ' at last' : ''}`
}

export const mixedExchanges: readonly Exchange[] = [
  {
    title: 'both protocols on one transactional id',
    async run(client, topic) {
      await makeTopic(client, topic)
      const own = { transactionalId: topic, ...(await take(client, topic)) }
      const lines = [`older: added ${await addPartition(client, 3, own, topic)} record ${await write(client, 7, own, { topic })}`]
      lines.push(
        `the same again ${await write(client, 7, own, { topic })}, newer: record ${await write(client, 12, own, { topic, sequence: 1 })}`,
      )
      const ended = await end(client, 5, own, true)
      lines.push(`newer: end ${ended.error} +${ended.epoch - own.epoch}`, await completed(client, topic))
      const next = { ...own, epoch: ended.epoch }
      lines.push(`older: not added ${await write(client, 7, next, { topic })}, newer: record ${await write(client, 12, next, { topic })}`)
      lines.push(`older: end ${(await end(client, 1, next, true)).error}`, await completed(client, topic))
      lines.push(`+${(await state(client, topic)).epoch - own.epoch}, again ${(await end(client, 1, next, true)).error}`)
      lines.push(`newer: again ${(await end(client, 5, next, true)).error}`)
      lines.push(`newer: record ${await write(client, 12, next, { topic, sequence: 1 })}`)
      const asked = { transactionalId: topic, timeoutMs: 60_000, producerId: -1, epoch: -1 }
      lines.push(`older: taken ${(await client.ask('initProducerId', 1, asked)).error}`, await completed(client, topic))
      const last = await patiently(
        client,
        () => client.ask('initProducerId', 1, asked),
        ({ error }) => error,
      )
      lines.push(`then ${last.error} +${last.epoch - own.epoch}`, `ends ${await ends(client, topic)}`)
      return lines
    },
    answers: [
      'older: added 0 record 0 0',
      'the same again 0 0, newer: record 0 1',
      'newer: end 0 +1',
      'CompleteCommit',
      'older: not added 48 -1, newer: record 0 3',
      'older: end 0',
      'CompleteCommit',
      '+1, again 0',
      'newer: again 48',
      'newer: record 0 5',
      'older: taken 51',
      'CompleteAbort',
      'then 0 +3',
      'ends 7 of 7',
    ],
  },
  {
    title: 'partitions that are not there, and topics that are deleted meanwhile',
    async run(client, topic) {
      await makeTopic(client, topic)
      const own = { transactionalId: topic, ...(await take(client, topic)) }
      const topics = [
        { name: topic, partitions: [0] },
        { name: `${topic}-none`, partitions: [0] },
      ]
      const added = await client.ask('addPartitionsToTxn', 3, { ...own, topics })
      const errorsOf = (from: typeof added) =>
        from.topics.map(({ name, partitions }) => `${name === topic ? 'there' : 'not there'} ${partitions[0]!.error}`).sort()
      const lines = [`added ${errorsOf(added).join()}`, (await state(client, topic)).state]
      lines.push(`record ${await write(client, 12, own, { topic: `${topic}-none` })}`)
      lines.push(`good ${await write(client, 12, own, { topic })}`)
      await client.ask('deleteTopics', 1, { names: [topic], timeoutMs: 5000 })
      await client.sleep(500)
      const ended = await end(client, 5, own, true)
      lines.push(`end ${ended.error} +${ended.epoch - own.epoch}`, await completed(client, topic))
      return lines
    },
    answers: ['added not there 3,there 55', 'Empty', 'record 3 -1', 'good 0 0', 'end 0 +1', 'CompleteCommit'],
  },
  {
    title: 'readers that wait, and open transactions that are listed',
    async run(client, topic) {
      await makeTopic(client, topic)
      const own = { transactionalId: topic, ...(await take(client, topic)) }
      const lines = [`nothing ${await wait(client, topic, 0, 200)}`]
      await write(client, 12, own, { topic, values: ['a', 'b'] })
      lines.push(`of an open transaction ${await wait(client, topic, 0, 200)}`)
      const listed = async (...states: string[]) =>
        (await client.ask('listTransactions', 0, { states, producerIds: [own.producerId] })).transactions.map(found => found.state).join()
      lines.push(
        `listed ${await listed()}, open ${await listed('Ongoing', 'PrepareCommit', 'PrepareAbort')}, complete ${await listed('CompleteCommit')}`,
      )
      const reading = wait(client, topic, 0, 5000)
      await client.sleep(50)
      await end(client, 5, own, true)
      lines.push(`once it ends ${await reading}`)
      lines.push(await completed(client, topic), `listed ${await listed('CompleteCommit')}`)
      lines.push(`the marker alone ${await wait(client, topic, 2, 200)}`, `from within a batch ${await wait(client, topic, 1, 200)}`)
      const both = wait(client, topic, 3, 5000)
      await client.sleep(50)
      lines.push(`plain ${await write(client, 7, { producerId: -1, epoch: -1 }, { topic })}`, `then ${await both}`)
      await coordinator(client, topic, 0)
      const { error, aborted } = await fetch(client, topic, 1)
      lines.push(`${error} ${aborted?.length}`)
      return lines
    },
    answers: [
      'nothing  at last',
      'of an open transaction  at last',
      'listed Ongoing, open Ongoing, complete ',
      'once it ends 0+2 2+1c',
      'CompleteCommit',
      'listed CompleteCommit',
      'the marker alone 2+1c',
      'from within a batch 0+2 2+1c',
      'plain 0 3',
      'then 3+1',
      '0 0',
    ],
  },
]
