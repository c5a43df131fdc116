import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RawRecord } from '../../../../topology/index.ts'
import { PartitionGroup } from '../../../../topology/runtime/tasks/partition-group.ts'
import { anHour, withClock } from '../../../support/set-clock.ts'
import { streamsConfig } from '../../../../topology/runtime/config/streams-config.ts'
import { RecordQueue } from '../../../../topology/runtime/tasks/record-queue.ts'

const record = (topic: string, offset: number, timestamp: number): RawRecord => ({
  key: null,
  value: null,
  timestamp,
  headers: undefined,
  topic,
  partition: 0,
  offset,
  source: undefined,
})

function queue(topic: string, options: { bootstrap?: boolean; position?: number; end?: number } = {}): RecordQueue {
  const { bootstrap = false, position = 0, end = 0 } = options
  return new RecordQueue({ topic, partition: 0, bootstrap, position, end })
}

function fill(target: RecordQueue, ...timestamps: number[]): void {
  const records = timestamps.map((timestamp, at) => record(target.topic, target.position + at, timestamp))
  target.addRecords(records, timestamps.length * 10, target.position + timestamps.length)
}

const drain = (group: PartitionGroup, max = 100, now = performance.now()): string[] => {
  const runs: string[] = []
  for (let run = group.nextRecords(max, now); run.length > 0; run = group.nextRecords(max, now))
    runs.push(`${run[0]?.topic}:${run.map(each => each.timestamp).join(',')}`)
  return runs
}

const queues = suite('RecordQueue')

queues('the consumed offset is that of the first record not taken, or the position if the queue is empty', () => {
  const own = queue('t', { position: 5 })
  assert.is(own.consumed, 5)
  own.addRecords([record('t', 7, 1), record('t', 9, 2)], 20, 12)
  assert.is(own.consumed, 7)
  own.nextRecords(1, Infinity)
  assert.is(own.consumed, 8)
  own.nextRecords(1, Infinity)
  assert.is(own.consumed, 12, 'markers after the last record count')
  own.addRecords([], 0, 15)
  assert.is(own.consumed, 15)
  assert.is(own.bytes, 0)
})

queues('returns at most max records of a chunk, and at least one', () => {
  const own = queue('t')
  fill(own, 1, 2, 3)
  fill(own, 4)
  assert.is(own.nextRecords(2, Infinity).length, 2)
  assert.is(own.nextRecords(5, Infinity).length, 1)
  assert.is(own.nextRecords(5, -1).length, 1)
  assert.is(own.size, 0)
})

queues('keeps deferred records in offset order, and releases only these', () => {
  const own = queue('t', { position: 3 })
  fill(own, 1, 2, 3, 4)
  own.nextRecords(10, Infinity)
  own.release(3)
  assert.equal([own.consumed, own.hasDeferred], [7, false], 'nothing is held')
  for (const offset of [5, 6, 4]) own.defer(offset)
  assert.is(own.consumed, 4, 'the first of them, in whatever order they came')
  for (const unknown of [3, 7]) own.release(unknown)
  for (const twice of [4, 4]) own.release(twice)
  assert.equal([own.consumed, own.hasDeferred], [5, true])
  own.release(6)
  assert.is(own.consumed, 5)
  own.release(5)
  assert.equal([own.consumed, own.hasDeferred], [7, false])
})

queues('the release of another offset is no progress of the deferred records', () => {
  const own = queue('t')
  fill(own, 1)
  own.nextRecords(10, Infinity)
  own.defer(0, 1000)
  own.release(8, 5000)
  assert.is(own.deferredFor(6000), 5000)
})

queues('a record that is deferred twice is deferred until both have finished', () => {
  const own = queue('t')
  fill(own, 1)
  own.nextRecords(10, Infinity)
  own.defer(0)
  own.defer(0)
  own.release(0)
  assert.is(own.consumed, 0)
  own.release(0)
  assert.is(own.consumed, 1)
})

queues.run()

const merged = suite('PartitionGroup')

merged('returns runs in timestamp order', () => {
  const [data, control] = [queue('data'), queue('control')]
  fill(data, 1, 2, 5, 6, 9)
  fill(control, 3, 7)
  assert.equal(drain(new PartitionGroup([control, data], 0, 10_000)), ['data:1,2', 'control:3', 'data:5,6', 'control:7', 'data:9'])
})

merged('a bootstrap input is processed first, to the end that it had at the start, whatever its timestamps', () => {
  const data = queue('data')
  const control = queue('control', { bootstrap: true, end: 2 })
  const group = new PartitionGroup([data, control], 0, 10_000)
  fill(data, 1, 2)
  assert.equal(drain(group), [])
  fill(control, 50)
  assert.equal(drain(group), ['control:50'])
  fill(control, 60, 70)
  assert.equal(drain(group), ['control:60,70', 'data:1,2'])
})

merged('a bootstrap input that is at its end does not delay others', () => {
  const data = queue('data')
  fill(data, 1)
  assert.equal(drain(new PartitionGroup([data, queue('control', { bootstrap: true, position: 4, end: 4 })], 0, 10_000)), ['data:1'])
})

merged('a deferred bootstrap record delays the first data for a limited time, which begins again with each that finishes', () => {
  const data = queue('data')
  const control = queue('control', { bootstrap: true, end: 3 })
  const group = new PartitionGroup([data, control], 0, 1000)
  fill(data, 1, 2)
  fill(control, 50, 60, 70)
  assert.is(group.nextRecords(100, performance.now()).length, 3)
  const started = Math.round(performance.now())
  control.defer(0, started)
  control.defer(1, started)
  assert.equal(drain(group, 100, started + 900), [])
  control.release(0, started + 900)
  assert.equal(drain(group, 100, started + 1800), [], 'something was finished since')
  assert.equal(drain(group, 100, started + 1900), ['data:1,2'])
  assert.is(control.consumed, 1, 'what is not finished is not committed')
})

merged('the wait for an empty input with unread records has a limit', () => {
  const [left, right] = [queue('left'), queue('right', { end: 1 })]
  const group = new PartitionGroup([left, right], 0, 10_000)
  fill(left, 5)
  assert.equal(drain(group), [])
  assert.equal(drain(group, 100, performance.now() + 2000), ['left:5'])
  fill(left, 6)
  fill(right, 1)
  assert.equal(drain(group), ['right:1', 'left:6'])
})

merged('maxTaskIdleMs is the wait for an empty input, even at its end', () => {
  const [left, right] = [queue('left'), queue('right')]
  const group = new PartitionGroup([left, right], 500, 10_000)
  fill(left, 5)
  assert.equal(drain(group), [])
  assert.equal(drain(group, 100, performance.now() + 1000), ['left:5'])
})

merged('no wait becomes longer if the clock is set back', async () => {
  const [left, right] = [queue('left'), queue('right')]
  const group = new PartitionGroup([left, right], 20, 10_000)
  fill(left, 5)
  fill(right, 6)
  assert.equal(drain(group), ['left:5'], 'which leaves it empty now')
  await new Promise(resolve => setTimeout(resolve, 30))
  await withClock(-anHour, () => assert.equal(drain(group), ['right:6']))
  const deferring = queue('control', { bootstrap: true, end: 1 })
  fill(deferring, 1)
  deferring.nextRecords(1, Infinity)
  deferring.defer(0)
  await new Promise(resolve => setTimeout(resolve, 30))
  await withClock(-anHour, () => assert.ok(deferring.deferredFor(performance.now()) >= 29))
})

merged('the merge of any two sorted inputs is sorted and complete', () => {
  const times = fc.array(fc.nat(50), { maxLength: 30 }).map(list => list.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(times, times, fc.integer({ min: 1, max: 8 }), (a, b, max) => {
      const [left, right] = [queue('left'), queue('right')]
      fill(left, ...a)
      fill(right, ...b)
      const taken = drain(new PartitionGroup([left, right], 0, 10_000), max).flatMap(run => run.split(':')[1]?.split(',').map(Number) ?? [])
      assert.equal(
        taken,
        [...a, ...b].toSorted((x, y) => x - y),
      )
    }),
  )
})

merged.run()

const waits = suite('records whose serde has to ask somebody')

waits('a run ends before a record that cannot be decoded yet, and none comes before it', () => {
  const asked = new Set([2])
  const own = new RecordQueue({ topic: 'a', partition: 0, bootstrap: false, position: 0, end: 0, pending: ({ key }) => why(key, asked) })
  own.addRecords(
    [0, 1, 2, 3].map(offset => ({ ...record('a', offset, offset), key: Buffer.from([offset]) })),
    40,
    4,
  )
  const other = queue('b')
  fill(other, 1, 2, 9)
  const group = new PartitionGroup([own, other], 0, 0)
  assert.equal(drain(group), ['a:0,1', 'b:1,2'])
  assert.is(own.waiting?.why, 'asking for 2')
  assert.equal([own.consumed, own.size, group.nextRecords(1, 0).length], [2, 2, 0])
  asked.clear()
  assert.equal(drain(group), ['a:2,3', 'b:9'])
  assert.is(own.waiting, undefined)
})

waits('the wait is told once it has lasted a second, each minute, and when it is over', () => {
  const asked = new Set([0])
  const told: string[] = []
  const log = (level: string, message: string, fields: Readonly<Record<string, unknown>>): void =>
    void told.push(`${level} ${message} ${JSON.stringify(fields)}`)
  const config = streamsConfig({ applicationId: 'a', brokers: ['b:1'], listener: { log } })
  const own = new RecordQueue({ topic: 'a', partition: 3, bootstrap: false, position: 0, end: 0, pending: ({ key }) => why(key, asked) })
  own.addRecords([{ ...record('a', 0, 0), key: Buffer.from([0]) }], 10, 1)
  const group = PartitionGroup.of([own], { id: '0_3', config })
  const now = performance.now()
  for (const seconds of [0, 0.5, 2, 3, 61, 63]) group.nextRecords(1, now + seconds * 1000)
  asked.clear()
  group.nextRecords(1, now + 64_000)
  const fields = (seconds: number, reason = ',"why":"asking for 0"'): string =>
    `{"task":"0_3","topic":"a","partition":3,"seconds":${seconds}${reason}}`
  assert.equal(told, [
    `warn an input waits: its next record cannot be decoded yet ${fields(2)}`,
    `warn an input waits: its next record cannot be decoded yet ${fields(63)}`,
    `info an input that waited goes on ${fields(64, '')}`,
  ])
})

waits('records below the committed offset are dropped without a question', () => {
  const own = new RecordQueue({ topic: 'a', partition: 0, bootstrap: false, position: 0, end: 0, pending: () => 'for ever' })
  fill(own, 1, 2, 3)
  own.skipTo(2)
  assert.equal([own.size, own.consumed], [1, 2])
})

function why(key: Uint8Array | null, asked: ReadonlySet<number>): string | undefined {
  const [id = -1] = key ?? []
  return asked.has(id) ? `asking for ${id}` : undefined
}

waits.run()
