import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { DeferredRecords } from '../../../../topology/runtime/tasks/deferred-records.ts'
import { PartitionGroup } from '../../../../topology/runtime/tasks/partition-group.ts'
import { RecordQueue } from '../../../../topology/runtime/tasks/record-queue.ts'
import type { RawRecord } from '../../../../topology/stream-record.ts'

const record = (topic: string, offset: number): RawRecord => ({
  key: null,
  value: null,
  timestamp: offset,
  headers: undefined,
  topic,
  partition: 0,
  offset,
  source: undefined,
})

function queueOf(topic: string, count: number, bootstrap = false): RecordQueue {
  const queue = new RecordQueue({ topic, partition: 0, bootstrap, position: 0, end: count })
  queue.addRecords(
    Array.from({ length: count }, (_, offset) => record(topic, offset)),
    count,
    count,
  )
  return queue
}

/** A task of two inputs, both in the state that a run of control records leaves. */
class Task {
  readonly control = queueOf('control', 3, true)
  readonly data = queueOf('data', 5)
  inputs = new PartitionGroup([this.control, this.data], 0, 10_000)
  running = true
  readonly letters: string[] = []
  counted = 0
  readonly late = new DeferredRecords({
    inputs: () => this.inputs,
    running: () => this.running,
    settled: () => undefined,
    count: change => (this.counted += change),
    deadLetter: ({ offset }, cause) => void this.letters.push(`${offset}: ${(cause as Error).message}`),
  })

  take(): string {
    return this.inputs
      .nextRecords(10, 0)
      .map(({ topic, offset }) => `${topic} ${offset}`)
      .join()
  }
}

/** Work that is ended from outside. */
function work(): { readonly promise: Promise<() => void>; end(finish: () => void): Promise<void>; fail(error: unknown): Promise<void> } {
  let resolve: (finish: () => void) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<() => void>((good, bad) => {
    resolve = good
    reject = bad
  })
  const settled = (): Promise<void> => new Promise(done => setImmediate(done))
  return {
    promise,
    end: finish => {
      resolve(finish)
      return settled()
    },
    fail: error => {
      reject(error)
      return settled()
    },
  }
}

const late = suite('records that finish later')

late('their input is paused and not committed beyond them; other inputs continue after the bootstrap', async () => {
  const task = new Task()
  assert.is(task.take(), 'control 0,control 1,control 2')
  const [first, second] = [work(), work()]
  task.late.add(record('control', 0), first.promise)
  task.late.add(record('control', 2), second.promise)
  assert.equal([task.control.consumed, task.control.bootstrapped, task.inputs.resting], [0, false, true])
  assert.is(task.take(), '', 'the control input is not read to its end yet')
  const order: number[] = []
  await second.end(() => order.push(2))
  assert.equal([order, task.control.consumed], [[], 0], 'the second waits for the first')
  await first.end(() => order.push(0))
  assert.equal([order, task.control.consumed, task.inputs.resting, task.counted], [[0, 2], 3, false, 0])
  assert.is(task.take(), 'data 0,data 1,data 2,data 3,data 4')
})

late('while one input is paused the other is processed, and only it counts', () => {
  const task = new Task()
  task.take()
  assert.is(task.inputs.nextRecords(1, 0).length, 1)
  task.control.addRecords([record('control', 3)], 1, 4)
  task.late.add(record('control', 2), work().promise)
  assert.equal([task.inputs.size, task.control.size], [4, 1])
  assert.is(task.take(), 'data 1,data 2,data 3,data 4')
  assert.equal([task.take(), task.control.consumed, task.data.consumed], ['', 2, 5])
})

late('a failed deferred record becomes a dead letter between two runs, and only then is committed', async () => {
  for (const how of ['work', 'finish'] as const) {
    const task = new Task()
    task.take()
    const [first, second] = [work(), work()]
    task.late.add(record('control', 0), first.promise)
    task.late.add(record('control', 1), second.promise)
    const error = new SluiceError('MODEL_LOAD_FAILED', 'no model')
    if (how === 'work') await first.fail(error)
    else
      await first.end(() => {
        throw error
      })
    await second.end(() => undefined)
    assert.equal([task.letters, task.control.consumed], [[], 0])
    task.late.refuse()
    assert.equal([task.letters, task.control.consumed, task.counted], [['0: no model'], 3, 0])
    task.late.refuse()
    assert.is(task.letters.length, 1)
  }
})

late('an error that is not caused by the record fails the task', async () => {
  const task = new Task()
  const failing = work()
  task.late.add(record('control', 0), failing.promise)
  await failing.fail(new SluiceError('STORE_FAILED', 'the disk'))
  assert.throws(() => task.late.refuse(), /the disk/)
})

late('deferred work that ends after the task was revoked, or in its next assignment, has no effect', async () => {
  for (const leave of [
    (task: Task): unknown => (task.running = false),
    (task: Task): unknown => (task.inputs = new PartitionGroup([], 0, 10_000)),
  ]) {
    const task = new Task()
    task.take()
    const [first, second] = [work(), work()]
    task.late.add(record('control', 0), first.promise)
    task.late.add(record('control', 1), second.promise)
    leave(task)
    await first.end(() => assert.unreachable('it was finished'))
    await second.fail(new Error('refused'))
    task.late.refuse()
    assert.equal([task.letters, task.control.consumed, task.counted], [[], 0, -2], 'they are counted when they come again')
  }
})

late('a work that never ends holds up no record of the next assignment, and whoever deferred it is told', async () => {
  const task = new Task()
  task.take()
  const [endless, behind, next] = [work(), work(), work()]
  const dropped: number[] = []
  task.late.add(record('control', 0), endless.promise, () => dropped.push(0))
  task.late.add(record('control', 1), behind.promise, () => dropped.push(1))
  await behind.end(() => assert.unreachable('it was finished'))
  task.late.forget()
  task.inputs = new PartitionGroup([queueOf('control', 3, true)], 0, 10_000)
  assert.equal(dropped, [0, 1])
  const finished: number[] = []
  task.late.add(record('control', 0), next.promise, () => dropped.push(2))
  await next.end(() => finished.push(0))
  task.late.forget()
  assert.equal([finished, dropped], [[0], [0, 1]])
})

late.run()
