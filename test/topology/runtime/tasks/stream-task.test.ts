import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Serde, stringSerde } from '../../../../records/serde.ts'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { keyValueStore, type KeyValueStore } from '../../../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type RawRecord, type StreamRecord } from '../../../../topology/index.ts'
import { unreadableRecord } from '../../../../topology/unreadable-records.ts'
import { RecordQueue } from '../../../../topology/runtime/tasks/record-queue.ts'
import type { OutgoingBatch } from '../../../../topology/runtime/topics/send-batch.ts'
import { StateManager } from '../../../../topology/runtime/state/state-manager.ts'
import { StreamTask } from '../../../../topology/runtime/tasks/stream-task.ts'
import { streamsConfig } from '../../../../topology/runtime/config/streams-config.ts'
import type { Committed, TaskProducer } from '../../../../topology/runtime/commit/task-producer.ts'
import type { ConsumedOffset } from '../../../../topology/runtime/group/consumed-offset.ts'
import { ThreadMetrics } from '../../../../topology/runtime/metrics/thread-metrics.ts'

const texts = { key: stringSerde, value: stringSerde }

/** A commit under way, to be ended by the test. */
interface Commit {
  readonly records: number
  readonly topics: readonly string[]
  readonly offsets: readonly ConsumedOffset[]
  succeed(): void
  fail(): void
}

type Guarantee = 'exactly_once' | 'at_least_once'

type OnRecord = (record: StreamRecord<string, string>, context: ProcessorContext<string, string>) => void | Promise<void>

/** One task with one input and one store. Its commits wait for the test; what they do to Kafka is tested on Kafka. */
class Rig {
  readonly commits: Commit[] = []
  closed = 0
  /** Values of the records that were announced to the processor on arrival, call by call. */
  readonly arrivals: string[][] = []
  onArrival: () => void = () => undefined
  onRecord: OnRecord = (record, context) => context.forward(record)
  readonly #state: StateManager
  readonly task: StreamTask
  queue = new RecordQueue({ topic: 'in', partition: 0, bootstrap: false, position: 0, end: 0 })

  private constructor(
    state: StateManager,
    sub: ConstructorParameters<typeof StreamTask>[0]['sub'],
    { processor, guarantee }: { readonly processor: { rig?: Rig }; readonly guarantee: Guarantee },
  ) {
    processor.rig = this
    this.#state = state
    this.task = new StreamTask({
      id: '0_0',
      instance: 'test',
      sub,
      partition: 0,
      config: streamsConfig({ applicationId: 'test', brokers: ['b:1'], guarantee }),
      state,
      globalStores: new Map(),
      openProducer: () => Promise.resolve(this.#producer()),
      partitionCounts: new Map([
        ['in', 1],
        ['out', 1],
        ['test-dead-letters', 1],
      ]),
      metrics: new ThreadMetrics().recorder,
      onDeadLetter: () => undefined,
    })
  }

  static async open(
    serdes: { readonly key: Serde<string>; readonly value: Serde<string> } = texts,
    guarantee: Guarantee = 'exactly_once',
  ): Promise<Rig> {
    const processor: { rig?: Rig } = {}
    const supplier = (): Processor<string, string, string, string> => {
      let context!: ProcessorContext<string, string>
      return {
        init: given => void (context = given),
        process: record => processor.rig?.onRecord(record, context),
        arrived: records => {
          processor.rig?.arrivals.push(records.map(({ value }) => value))
          processor.rig?.onArrival()
        },
      }
    }
    const [sub] = new Topology()
      .addSource('in', 'in', serdes)
      .addProcessor('p', supplier, 'in')
      .addStateStore(keyValueStore({ name: 'store', ...texts }), 'p')
      .addSink('out', 'out', texts, 'p')
      .build().subTopologies
    if (sub === undefined) throw new Error('no sub-topology')
    const state = await StateManager.open({
      applicationId: 'test',
      task: '0_0',
      partition: 0,
      sub,
      directoryOf: () => undefined,
      onRestore: () => undefined,
      onRebuild: () => undefined,
      onDropped: () => undefined,
    })
    const rig = new Rig(state, sub, { processor, guarantee })
    await rig.assign(0)
    return rig
  }

  /** `replayUntil`: what is committed of an input that is read from `position` on again. */
  async assign(position: number, replayUntil?: number): Promise<void> {
    await this.task.initialize()
    this.queue = new RecordQueue({ topic: 'in', partition: 0, bootstrap: false, position, end: position, replayUntil })
    this.task.assign([this.queue])
    await this.task.run()
  }

  push(...values: readonly string[]): void {
    const from = this.queue.position
    const records = values.map((value, at): RawRecord => ({
      key: Buffer.from('k'),
      value: Buffer.from(value),
      timestamp: from + at,
      headers: undefined,
      topic: 'in',
      partition: 0,
      offset: from + at,
      source: undefined,
    }))
    this.queue.addRecords(records, 100, from + values.length)
  }

  get stored(): string | null | undefined {
    const managed = this.#state.stores.get('store')
    return (managed?.store as KeyValueStore<string, string> | undefined)?.get('k')
  }

  #producer(): TaskProducer {
    return {
      commit: (batch: OutgoingBatch, offsets) =>
        new Promise<Committed>((resolve, reject) => {
          this.commits.push({
            records: batch.reduce((sum, { messages }) => sum + messages.length, 0),
            topics: batch.map(({ topic }) => topic),
            offsets: offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
            succeed: () => resolve({ sent: new Map(), next: this.#producer() }),
            fail: () => reject(new SluiceError('SEND_FAILED', 'refused')),
          })
        }),
      close: () => {
        this.closed++
        return Promise.resolve()
      },
    }
  }
}

const refusal = (work: Promise<unknown> | undefined): Promise<unknown> =>
  (work ?? Promise.resolve()).then(
    () => undefined,
    (error: unknown) => error,
  )

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const test = suite('a stream task')

test('after a failed commit nothing is committed any more', async () => {
  const rig = await Rig.open()
  rig.push('a', 'b')
  await rig.task.step(0)
  const commit = refusal(rig.task.maybeCommit(1))
  rig.push('c')
  await rig.task.step(2)
  rig.commits[0]?.fail()
  assert.is(((await commit) as SluiceError).code, 'SEND_FAILED')
  assert.is(rig.task.state, 'failed')
  assert.is(rig.task.maybeCommit(3), undefined)
  assert.is(((await refusal(rig.task.commit())) as SluiceError).code, 'COMMIT_FAILED')
  assert.is(((await refusal(rig.task.suspend())) as SluiceError).code, 'COMMIT_FAILED')
  assert.is(rig.commits.length, 1)
  await rig.task.close()
  assert.is(rig.closed, 1, 'its producer is closed')
})

test('at_least_once: rows are sent once the outputs that they tell of are acknowledged, and the offsets with them', async () => {
  const rig = await Rig.open(texts, 'at_least_once')
  rig.onRecord = (record, context) => {
    context.getStateStore<KeyValueStore<string, string>>('store').put('k', record.value)
    void context.forward(record)
  }
  rig.push('a', 'b')
  await rig.task.step(0)
  const committing = rig.task.commit()
  await new Promise(resolve => setImmediate(resolve))
  // What is processed meanwhile belongs to the next commit.
  rig.push('c')
  await rig.task.step(0)
  assert.equal(
    rig.commits.map(({ topics, records, offsets }) => [topics, records, offsets.length]),
    [[['out'], 2, 0]],
  )
  rig.commits[0]?.succeed()
  await new Promise(resolve => setImmediate(resolve))
  const [, rows] = rig.commits
  assert.ok(rows?.topics.every(topic => topic.endsWith('-changelog')))
  assert.equal(rows?.offsets, [{ topic: 'in', partition: 0, offset: 2 }])
  rows?.succeed()
  await committing
  assert.is(rig.commits.length, 2)
  await rig.task.close()
})

test('outputs are counted once they are in Kafka; those of a failed commit are not, and their records are consumed again', async () => {
  for (const succeeds of [true, false]) {
    const rig = await Rig.open()
    rig.onRecord = (record, context) => {
      if (record.value === 'bad') throw new Error('bad')
      return context.forward(record)
    }
    rig.push('a', 'bad')
    await rig.task.step(0)
    const commit = refusal(rig.task.maybeCommit(1))
    assert.equal([rig.task.counts.recordsOut, rig.task.counts.deadLetters], [0, 0])
    if (succeeds) rig.commits[0]?.succeed()
    else rig.commits[0]?.fail()
    await commit
    assert.equal([rig.task.counts.recordsOut, rig.task.counts.deadLetters], succeeds ? [2, 1] : [0, 0])
    await rig.task.close()
  }
})

test('a task that fails in the middle of a record commits nothing of the record', async () => {
  for (const waits of [false, true]) {
    const rig = await Rig.open()
    const failure = new SluiceError('STORE_FAILED', 'made to fail')
    rig.onRecord = async (record, context) => {
      await context.forward(record)
      if (waits) await turn()
      throw failure
    }
    if (!waits)
      rig.onRecord = (record, context) => {
        void context.forward(record)
        throw failure
      }
    rig.push('a')
    const stepped = await refusal((async () => rig.task.step(0))())
    assert.is(stepped, failure)
    assert.is(rig.task.state, 'failed')
    assert.is(((await refusal(rig.task.suspend())) as SluiceError).code, 'COMMIT_FAILED')
    assert.equal(rig.commits, [])
    await rig.task.close()
  }
})

test('a deferred record that finishes during the last commit is consumed again, and applied once', async () => {
  const rig = await Rig.open()
  const finish: (() => void)[] = []
  rig.onRecord = (record, context) => {
    const store = context.getStateStore<KeyValueStore<string, string>>('store')
    if (record.value === 'now') store.put('other', 'x')
    else
      context.finishLater(new Promise<void>(resolve => finish.push(resolve)), () =>
        store.put('k', `${store.get('k') ?? ''}${record.value}`),
      )
  }
  rig.push('now', 'a')
  await rig.task.step(0)
  const suspended = rig.task.suspend()
  await turn()
  assert.equal(rig.commits[0]?.offsets, [{ topic: 'in', partition: 0, offset: 1 }], 'the record that finishes later is not committed')
  finish[0]?.()
  await turn()
  rig.commits[0]?.succeed()
  await suspended
  assert.is(rig.task.state, 'suspended')
  assert.ok(rig.stored === undefined || rig.stored === null, 'nothing of it is left')
  await rig.assign(1)
  rig.push('a')
  await rig.task.step(0)
  finish[1]?.()
  await turn()
  assert.is(rig.stored, 'a')
  await rig.task.close()
})

test('a deferred record that finishes before the last commit is part of it', async () => {
  const rig = await Rig.open()
  let finish: () => void = () => undefined
  rig.onRecord = (record, context) => {
    const store = context.getStateStore<KeyValueStore<string, string>>('store')
    if (record.value === 'now') void context.forward(record)
    else context.finishLater(new Promise<void>(resolve => (finish = resolve)), () => store.put('k', record.value))
  }
  rig.push('now', 'a')
  await rig.task.step(0)
  const first = rig.task.commit()
  const suspended = rig.task.suspend()
  finish()
  await turn()
  rig.commits[0]?.succeed()
  await first
  await turn()
  assert.equal(rig.commits[1]?.offsets, [{ topic: 'in', partition: 0, offset: 2 }])
  rig.commits[1]?.succeed()
  await suspended
  assert.is(rig.stored, 'a')
  await rig.task.close()
})

test('a deferred record does not build on writes that are undone afterwards: it finishes when what is in the middle of its work has ended', async () => {
  const rig = await Rig.open()
  let finish: () => void = () => undefined
  let fail: () => void = () => undefined
  let store: KeyValueStore<string, string> | undefined
  const add = (text: string): void => store?.put('k', `${store.get('k') ?? ''}${text}`)
  rig.onRecord = (record, context) => {
    store = context.getStateStore<KeyValueStore<string, string>>('store')
    if (record.value === 'later') return context.finishLater(new Promise<void>(resolve => (finish = resolve)), () => add('later'))
    context.schedule(1, 'wall-clock', async () => {
      add('undone')
      await new Promise<void>((_resolve, reject) => (fail = () => reject(new Error('made to fail'))))
    })
  }
  rig.push('schedule', 'later')
  await rig.task.step(0)
  const punctuated = rig.task.punctuate(Date.now() + 1000)
  await turn()
  assert.is(store?.get('k'), 'undone')
  finish()
  await turn()
  assert.is(store?.get('k'), 'undone', 'the punctuation is in the middle of its work')
  fail()
  await punctuated
  await turn()
  assert.is(store?.get('k'), 'later')
  await rig.task.close()
})

test('a deferred record finishes in the middle of work that has written nothing yet', async () => {
  const rig = await Rig.open()
  let finish: () => void = () => undefined
  let store: KeyValueStore<string, string> | undefined
  rig.onRecord = (record, context) => {
    store = context.getStateStore<KeyValueStore<string, string>>('store')
    if (record.value === 'later')
      return context.finishLater(new Promise<void>(resolve => (finish = resolve)), () => store?.put('k', 'later'))
    context.schedule(1, 'wall-clock', async () => {
      while (store?.get('k') === undefined) await turn()
      store.put('k', `${store.get('k')} and undone`)
      throw new Error('made to fail')
    })
  }
  rig.push('schedule', 'later')
  await rig.task.step(0)
  const punctuated = rig.task.punctuate(Date.now() + 1000)
  await turn()
  finish()
  await punctuated
  assert.is(store?.get('k'), 'later')
  await rig.task.close()
})

test('what a deferred record has written before it failed is committed with its dead letter and its offset, or not yet', async () => {
  const rig = await Rig.open()
  let finish: () => void = () => undefined
  rig.onRecord = (record, context) => {
    const store = context.getStateStore<KeyValueStore<string, string>>('store')
    const refuse = (): never => {
      store.put('k', 'refused')
      throw new Error('refused')
    }
    if (record.value === 'now') void context.forward(record)
    else context.finishLater(new Promise<void>(resolve => (finish = resolve)), refuse)
  }
  rig.push('now', 'a')
  await rig.task.step(0)
  finish()
  await turn()
  // A commit may begin before the next step.
  const committed = rig.task.commit()
  await turn()
  assert.equal(
    rig.commits.map(({ records, offsets }) => [records, offsets[0]?.offset]),
    [[3, 2]],
    'what now forwarded, the row and the dead letter of a',
  )
  rig.commits[0]?.succeed()
  await committed
  await rig.task.close()
})

test('an input that is replayed is processed from its beginning, and what was committed of it writes nothing again', async () => {
  const rig = await Rig.open()
  await rig.task.suspend()
  await rig.assign(0, 3)
  const seen: string[] = []
  const late: (() => void)[] = []
  rig.onRecord = async (record, context) => {
    seen.push(record.value)
    await context.forward(record)
    if (record.value.startsWith('bad')) throw new Error('refused')
    if (record.value.startsWith('late'))
      context.finishLater(new Promise<void>(resolve => late.push(resolve)), () => {
        throw new Error('refused later')
      })
  }
  rig.push('a', 'bad', 'late')
  await rig.task.step(0)
  late.pop()?.()
  await turn()
  await rig.task.step(0)
  assert.is(rig.task.pending.records, 0, 'their outputs and dead letters were written before')
  assert.not(rig.task.uncommitted)
  rig.push('d', 'bad', 'late')
  await rig.task.step(0)
  void rig.task.maybeCommit(1)
  assert.equal(
    rig.commits.map(({ records, offsets }) => [records, offsets[0]?.offset]),
    [[3, 5]],
    'what d and late forwarded, and the dead letter of bad',
  )
  assert.equal([...new Set(seen)], ['a', 'bad', 'late', 'd'])
  rig.commits[0]?.succeed()
  await turn()
  await rig.task.close()
})

test('a processor is told of records that have arrived, also in the middle of another', async () => {
  const rig = await Rig.open()
  let goOn: () => void = () => undefined
  rig.onRecord = () => new Promise(resolve => (goOn = resolve))
  rig.push('a', 'b')
  const step = rig.task.step(0)
  rig.push('c')
  assert.equal(rig.arrivals, [['a', 'b'], ['c']])
  rig.onRecord = () => undefined
  goOn()
  await step
  assert.is(rig.queue.size, 1)
  // A failure there is not the records' fault.
  rig.onArrival = () => {
    throw new Error('not ready')
  }
  rig.push('d')
  await rig.task.step(0)
  await rig.task.step(0)
  assert.is(rig.queue.size, 0)
  assert.is(rig.queue.consumed, 4)
  await rig.task.close()
})

test('a processor is not told of records that cannot be deserialized, or not yet', async () => {
  const deserialize = (bytes: Uint8Array): string => {
    const text = stringSerde.deserialize(bytes)
    if (text === 'bad') throw new Error('no such record')
    if (text === 'away') throw new SluiceError('REGISTRY_UNREACHABLE', 'nobody answers')
    return text
  }
  const pending = (bytes: Uint8Array): string | undefined => (stringSerde.deserialize(bytes) === 'waits' ? 'a schema' : undefined)
  const rig = await Rig.open({ key: stringSerde, value: { ...stringSerde, deserialize, pending } })
  rig.push('a', 'bad', 'waits', 'away', 'b')
  assert.equal(rig.arrivals, [['a', 'b']])
  const unreadable = { topic: 'in', partition: 0, first: 5, last: 6, timestamp: 0, error: new Error('cannot be unpacked') }
  rig.queue.addRecords([unreadableRecord(unreadable)], 100, 7)
  rig.push('waits')
  assert.is(rig.arrivals.length, 1)
  await rig.task.close()
})

test('records that come while the task is being restored are not told, but processed', async () => {
  const rig = await Rig.open()
  const seen: string[] = []
  rig.onRecord = ({ value }) => void seen.push(value)
  await rig.task.initialize()
  rig.queue = new RecordQueue({ topic: 'in', partition: 0, bootstrap: false, position: 0, end: 0 })
  const suspending = rig.task.suspend()
  await suspending
  rig.task.assign([rig.queue])
  rig.push('a')
  assert.equal(rig.arrivals, [])
  await rig.task.run()
  await rig.task.step(0)
  assert.equal(seen, ['a'])
  await rig.task.close()
})

test.run()
