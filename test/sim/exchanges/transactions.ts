import {
  addPartition,
  batches,
  commitWithin,
  committed,
  completed,
  coordinator,
  end,
  ends,
  fetch,
  makeTopic,
  state,
  take,
} from './asking.ts'
import { write } from './client.ts'
import type { Exchange } from './exchange.ts'

/** From this version of Produce on, a write adds its partition to the transaction (KIP-890). */
const adds = 12

export const transactionExchanges: readonly Exchange[] = [
  {
    title: 'a transaction of its own epoch, its end, and who asks again',
    async run(client, topic) {
      await makeTopic(client, topic)
      const taken = await take(client, topic)
      const own = { transactionalId: topic, producerId: taken.producerId, epoch: taken.epoch }
      const lines = [`written ${await write(client, adds, own, { topic })}`]
      const during = await state(client, topic)
      lines.push(`${during.state} epoch +${during.epoch - own.epoch} in ${during.partitions}`, `ends ${await ends(client, topic)}`)
      lines.push(`open: ${batches((await fetch(client, topic, 1)).records)} / ${batches((await fetch(client, topic, 0)).records)}`)
      const ended = await end(client, 5, own, true)
      lines.push(
        `ended ${ended.error} +${ended.epoch - own.epoch} same ${ended.producerId === own.producerId}`,
        await completed(client, topic),
      )
      const again = await end(client, 5, own, true)
      lines.push(`again ${again.error} +${again.epoch - own.epoch}`, `otherwise ${(await end(client, 5, own, false)).error}`)
      lines.push(`ends ${await ends(client, topic)}: ${batches((await fetch(client, topic, 1)).records)}`)
      const next = { ...own, epoch: ended.epoch }
      lines.push(
        `a late record ${await write(client, adds, own, { topic, sequence: 1 })}`,
        `the same record ${await write(client, adds, own, { topic })}`,
      )
      lines.push(`of the next, in the middle ${await write(client, adds, next, { topic, sequence: 1 })}`)
      lines.push(`of the next ${await write(client, adds, next, { topic })}`, `late end ${(await end(client, 5, own, true)).error}`)
      lines.push(`too early ${(await end(client, 5, { ...own, epoch: next.epoch + 1 }, true)).error}`)
      const aborted = await end(client, 5, next, false)
      lines.push(`aborted ${aborted.error} +${aborted.epoch - own.epoch}`, await completed(client, topic))
      const nothing = await end(client, 5, { ...own, epoch: aborted.epoch }, false)
      lines.push(`abort of nothing ${nothing.error} +${nothing.epoch - own.epoch}`, await completed(client, topic))
      lines.push(`commit of nothing ${(await end(client, 5, { ...own, epoch: nothing.epoch }, true)).error}`)
      const { records, aborted: list } = await fetch(client, topic, 1)
      lines.push(`${batches(records)} aborted ${list!.map(({ firstOffset }) => firstOffset).join()}`, `ends ${await ends(client, topic)}`)
      return lines
    },
    answers: [
      'written 0 0',
      'Ongoing epoch +0 in 1',
      'ends 0 of 1',
      'open:  / 0+1',
      'ended 0 +1 same true',
      'CompleteCommit',
      'again 0 +1',
      'otherwise 48',
      'ends 2 of 2: 0+1 1+1c',
      'a late record 47 -1',
      'the same record 47 -1',
      'of the next, in the middle 45 -1',
      'of the next 0 2',
      'late end 90',
      'too early 90',
      'aborted 0 +2',
      'CompleteAbort',
      'abort of nothing 0 +3',
      'CompleteAbort',
      'commit of nothing 48',
      '0+1 1+1c 2+1 3+1a aborted 2',
      'ends 4 of 4',
    ],
  },
  {
    title: 'who is fenced while a transaction is open',
    async run(client, topic) {
      await makeTopic(client, topic)
      const first = { transactionalId: topic, ...(await take(client, topic)) }
      const lines = [`written ${await write(client, adds, first, { topic })}`]
      const asked = { transactionalId: topic, timeoutMs: 60_000, producerId: -1, epoch: -1 }
      lines.push(`taken ${(await client.ask('initProducerId', 4, asked)).error}`, await completed(client, topic))
      lines.push(`epoch then +${(await state(client, topic)).epoch - first.epoch}`)
      const second = { transactionalId: topic, ...(await take(client, topic)) }
      lines.push(`taken +${second.epoch - first.epoch}`, `record ${await write(client, adds, first, { topic, sequence: 1 })}`)
      lines.push(`end ${(await end(client, 5, first, true)).error}`, `end, version 1: ${(await end(client, 1, first, true)).error}`)
      await coordinator(client, topic, 0)
      lines.push(`offsets ${await commitWithin(client, 5, first, topic, 1, { groupId: topic })}`)
      lines.push(`offsets, version 3: ${await commitWithin(client, 3, first, topic, 1, { groupId: topic })}`)
      lines.push(`partitions, version 1: ${await addPartition(client, 1, first, topic)}, 3: ${await addPartition(client, 3, first, topic)}`)
      const stranger = { ...second, producerId: second.producerId + 500_000 }
      lines.push(
        `another producer: end ${(await end(client, 5, stranger, true)).error} partitions ${await addPartition(client, 3, stranger, topic)}`,
      )
      lines.push(
        `record ${await write(client, adds, stranger, { topic })} offsets ${await commitWithin(client, 5, stranger, topic, 1, { groupId: topic })}`,
      )
      const unknown = { ...second, transactionalId: `${topic}-unknown` }
      lines.push(`another id: end ${(await end(client, 5, unknown, true)).error} record ${await write(client, adds, unknown, { topic })}`)
      const { records, aborted } = await fetch(client, topic, 1)
      lines.push(`${batches(records)} aborted ${aborted!.map(({ firstOffset }) => firstOffset).join()}`)
      return lines
    },
    answers: [
      'written 0 0',
      'taken 51',
      'CompleteAbort',
      'epoch then +1',
      'taken +2',
      'record 47 -1',
      'end 90',
      'end, version 1: 47',
      'offsets 47',
      'offsets, version 3: 47',
      'partitions, version 1: 47, 3: 90',
      'another producer: end 49 partitions 49',
      'record 49 -1 offsets 49',
      'another id: end 49 record 49 -1',
      '0+1 1+1a aborted 0',
    ],
  },
  {
    title: 'a transaction of the older protocol',
    async run(client, topic) {
      await makeTopic(client, topic)
      const own = { transactionalId: topic, ...(await take(client, topic)) }
      await coordinator(client, topic, 0)
      const lines = [`not added, version 7: ${await write(client, 7, own, { topic })}, 11: ${await write(client, 11, own, { topic })}`]
      lines.push(`offsets that were not added ${await commitWithin(client, 3, own, topic, 5, { groupId: topic })}`)
      lines.push(`added ${await addPartition(client, 1, own, topic)}, again ${await addPartition(client, 1, own, topic)}`)
      lines.push(
        `record ${await write(client, 7, own, { topic })}`,
        `without a transaction ${await write(client, 7, { producerId: own.producerId, epoch: own.epoch }, { topic, sequence: 1 })}`,
      )
      const offsets = await client.ask('addOffsetsToTxn', 1, { ...own, groupId: topic })
      lines.push(`offsets added ${offsets.error}, written ${await commitWithin(client, 1, own, topic, 5, { groupId: topic })}`)
      lines.push(`stable ${await committed(client, topic, topic, true)}, any ${await committed(client, topic, topic, false)}`)
      const open = await state(client, topic)
      lines.push(`${open.state} in ${open.partitions}`, `ended ${(await end(client, 1, own, true)).error}`, await completed(client, topic))
      lines.push(`again ${(await end(client, 1, own, true)).error} otherwise ${(await end(client, 1, own, false)).error}`)
      lines.push(`epoch +${(await state(client, topic)).epoch - own.epoch}`, `stable ${await committed(client, topic, topic, true)}`)
      lines.push(`a late record ${await write(client, 7, own, { topic, sequence: 1 })}`)
      lines.push(`next: added ${await addPartition(client, 1, own, topic)} record ${await write(client, 7, own, { topic, sequence: 1 })}`)
      lines.push(`aborted ${(await end(client, 1, own, false)).error}`, await completed(client, topic))
      const { records, aborted } = await fetch(client, topic, 1)
      lines.push(`${batches(records)} aborted ${aborted!.map(({ firstOffset }) => firstOffset).join()} ends ${await ends(client, topic)}`)
      return lines
    },
    answers: [
      'not added, version 7: 48 -1, 11: 120 -1',
      'offsets that were not added 48',
      'added 0, again 0',
      'record 0 0',
      'without a transaction 48 -1',
      'offsets added 0, written 0',
      'stable 0 88 -1, any 0 0 -1',
      'Ongoing in 2',
      'ended 0',
      'CompleteCommit',
      'again 0 otherwise 48',
      'epoch +0',
      'stable 0 0 5',
      'a late record 48 -1',
      'next: added 0 record 0 2',
      'aborted 0',
      'CompleteAbort',
      '0+1 1+1c 2+1 3+1a aborted 2 ends 4 of 4',
    ],
  },
  {
    title: 'offsets within a transaction',
    async run(client, topic) {
      await makeTopic(client, topic)
      const first = { transactionalId: topic, ...(await take(client, topic)) }
      const group = { groupId: topic }
      await coordinator(client, topic, 0)
      const lines = [
        `none ${await committed(client, topic, topic, true)}`,
        `offset 1 ${await commitWithin(client, 5, first, topic, 1, group)}`,
      ]
      lines.push(`in ${(await state(client, topic)).partitions}, stable ${await committed(client, topic, topic, true)}`)
      const ended = await end(client, 5, first, true)
      lines.push(await completed(client, topic), `stable ${await committed(client, topic, topic, true)}`)
      const second = { ...first, epoch: ended.epoch }
      lines.push(
        `offset 2 ${await commitWithin(client, 5, second, topic, 2, group)}`,
        `late offset 3 ${await commitWithin(client, 5, first, topic, 3, group)}`,
      )
      await end(client, 5, second, false)
      lines.push(await completed(client, topic), `stable ${await committed(client, topic, topic, true)}`)
      const third = { transactionalId: topic, ...(await take(client, topic)) }
      lines.push(`of a member that is none ${await commitWithin(client, 5, third, topic, 4, { ...group, generation: 3, memberId: 'm' })}`)
      lines.push(
        `of a group that is none ${await commitWithin(client, 5, third, topic, 4, { groupId: `${topic}-none`, generation: 3, memberId: 'm' })}`,
      )
      lines.push(`then ${(await state(client, topic)).state} in ${(await state(client, topic)).partitions}`)
      return lines
    },
    answers: [
      'none 0 0 -1',
      'offset 1 0',
      'in 1, stable 0 88 -1',
      'CompleteCommit',
      'stable 0 0 1',
      'offset 2 0',
      'late offset 3 47',
      'CompleteAbort',
      'stable 0 0 1',
      'of a member that is none 25',
      'of a group that is none 22',
      'then Ongoing in 2',
    ],
  },
  {
    title: 'a transaction whose time is over',
    async run(client, topic) {
      await makeTopic(client, topic)
      const own = { transactionalId: topic, ...(await take(client, topic, undefined, 1000)) }
      const lines = [`written ${await write(client, adds, own, { topic })}`]
      for (let tries = 0; tries < 60 && (await state(client, topic)).state === 'Ongoing'; tries++) await client.sleep(500)
      lines.push(await completed(client, topic), `epoch +${(await state(client, topic)).epoch - own.epoch}`)
      lines.push(`end ${(await end(client, 5, own, true)).error}, version 1: ${(await end(client, 1, own, true)).error}`)
      lines.push(`abort ${(await end(client, 5, own, false)).error}`, `record ${await write(client, adds, own, { topic, sequence: 1 })}`)
      const from = await take(client, topic, own)
      lines.push(`taken from it ${from.error} +${from.epoch - own.epoch}`, `taken +${(await take(client, topic)).epoch - own.epoch}`)
      const { records, aborted } = await fetch(client, topic, 1)
      lines.push(`${batches(records)} aborted ${aborted!.map(({ firstOffset }) => firstOffset).join()}`)
      return lines
    },
    answers: [
      'written 0 0',
      'CompleteAbort',
      'epoch +1',
      'end 48, version 1: 47',
      'abort 0',
      'record 47 -1',
      'taken from it 0 +1',
      'taken +2',
      '0+1 1+1a aborted 0',
    ],
  },
]
