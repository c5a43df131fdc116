import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RawRecord } from '../../../../topology/index.ts'
import { RecordQueue } from '../../../../topology/runtime/tasks/record-queue.ts'

const test = suite('record queue')

const record = (offset: number): RawRecord => ({
  key: null,
  value: null,
  timestamp: 1000 - offset,
  headers: undefined,
  topic: 'in',
  partition: 0,
  offset,
  source: undefined,
})

const filled = (...chunks: readonly (readonly number[])[]): RecordQueue => {
  const queue = new RecordQueue({ topic: 'in', partition: 0, bootstrap: false, position: 3, end: 3 })
  for (const offsets of chunks) queue.addRecords(offsets.map(record), 10 * offsets.length, (offsets.at(-1) ?? 0) + 1)
  return queue
}

for (const [name, chunks, to, left, consumed] of [
  ['before it has any', [], 7, [], 7],
  ['within a chunk', [[3, 4, 5], [6]], 5, [5, 6], 5],
  [
    'over chunks',
    [
      [3, 4, 5],
      [6, 7],
    ],
    7,
    [7],
    7,
  ],
  ['to an offset without a record', [[3, 4], [9]], 6, [9], 6],
  ['beyond all', [[3, 4], [6]], 20, [], 20],
  ['to where it is', [[3, 4]], 3, [3, 4], 3],
] as const) {
  test(`goes on at a later offset: ${name}`, () => {
    const queue = filled(...chunks)
    queue.skipTo(to)
    assert.is(queue.consumed, consumed)
    assert.is(queue.bytes, 10 * left.length)
    const taken: number[] = []
    while (queue.size > 0) taken.push(...queue.nextRecords(10, Infinity).map(({ offset }) => offset))
    assert.equal(taken, left)
    assert.ok(queue.position >= to)
  })
}

test('records that are replayed and records that are not never come in one run', () => {
  const queue = new RecordQueue({ topic: 'in', partition: 0, bootstrap: false, position: 3, end: 3, replayUntil: 5 })
  queue.addRecords([3, 4, 5, 6].map(record), 40, 7)
  assert.equal(
    queue.nextRecords(10, Infinity).map(({ offset }) => offset),
    [3, 4],
  )
  assert.equal([queue.replays(4), queue.replays(5)], [true, false])
  assert.equal(
    queue.nextRecords(10, Infinity).map(({ offset }) => offset),
    [5, 6],
  )
})

test('an input that is replayed does not skip what its rows say is committed: it replays that too', () => {
  const queue = new RecordQueue({ topic: 'in', partition: 0, bootstrap: false, position: 3, end: 3, replayUntil: 4 })
  queue.addRecords([3, 4, 5].map(record), 30, 6)
  queue.continueAt(5)
  assert.equal([queue.size, queue.consumed, queue.replays(4), queue.replays(5)], [3, 3, true, false])
})

test.run()
