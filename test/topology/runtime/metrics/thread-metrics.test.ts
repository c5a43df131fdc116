import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { keyValueStore } from '../../../../stores/index.ts'
import { bytesSerde } from '../../../../records/serde.ts'
import { type MetricFamily, type MetricSample, MetricsRecorder } from '../../../../topology/metrics/metrics-recorder.ts'
import { RecordQueue } from '../../../../topology/runtime/tasks/record-queue.ts'
import { StateManager } from '../../../../topology/runtime/state/state-manager.ts'
import { TaskMetrics } from '../../../../topology/runtime/metrics/task-metrics.ts'
import { ThreadMetrics } from '../../../../topology/runtime/metrics/thread-metrics.ts'
import type { RawRecord } from '../../../../topology/stream-record.ts'

const test = suite('thread and task metrics')

function samplesOf(families: readonly MetricFamily[], name: string): readonly MetricSample[] {
  const family = families.find(each => each.name === name)
  assert.ok(family, name)
  return family.samples
}

const recordsFrom = (first: number, count: number, timestamp: (at: number) => number): RawRecord[] =>
  Array.from({ length: count }, (_, at) => ({
    key: null,
    value: Buffer.alloc(10),
    timestamp: timestamp(at),
    headers: undefined,
    topic: 'data',
    partition: 0,
    offset: first + at,
    source: undefined,
  }))

const queueAt = (position: number, end: number): RecordQueue =>
  new RecordQueue({ topic: 'data', partition: 3, bootstrap: false, position, end })

async function stateWithRows(rows: number): Promise<StateManager> {
  const builder = keyValueStore({ name: 'counts', key: bytesSerde, value: bytesSerde, logged: false, persistent: false })
  const state = await StateManager.open({
    applicationId: 'test',
    task: '0_3',
    partition: 3,
    sub: { id: 0, nodes: [], sourceTopics: [], stores: [{ builder, processors: [] }], globalStores: [] },
    directoryOf: () => undefined,
    onRestore: () => undefined,
    onRebuild: () => undefined,
    onDropped: () => undefined,
  })
  const changed = Array.from({ length: rows }, (_, at) => ({ key: Buffer.of(at), value: Buffer.of(at) }))
  await state.stores.get('counts')?.restore(changed, { changelogOffset: rows })
  return state
}

test('gauges of tasks: lag, buffered records, restores, rows, standbys', async () => {
  const metrics = new ThreadMetrics()
  const queue = queueAt(100, 150)
  const stateManager = await stateWithRows(5)
  const standbys = [
    { id: '0_1', lag: 12, stateManager: undefined },
    { id: '0_2', lag: undefined, stateManager: undefined },
  ]
  const task = { id: '0_3', state: 'restoring', stateManager, inputs: { queues: [queue] } }
  metrics.restored({ task: '0_3', store: 'counts', records: 5, milliseconds: 300, share: 0.25, done: false })
  const before = metrics.families({ tasks: [task], standbys })
  assert.equal(samplesOf(before, 'sluice_input_lag_records'), [{ labels: ['0_3', 'data', '3'], value: 50 }])
  assert.equal(samplesOf(before, 'sluice_restore_progress_ratio'), [{ labels: ['0_3', 'counts'], value: 0.25 }])
  assert.equal(samplesOf(before, 'sluice_standby_lag_records'), [{ labels: ['0_1'], value: 12 }])
  assert.equal(samplesOf(before, 'sluice_store_rows'), [{ labels: ['0_3', 'counts'], value: 5 }])
  assert.equal(samplesOf(before, 'sluice_restore_seconds'), [])

  metrics.restored({ task: '0_3', store: 'counts', records: 5, milliseconds: 400, share: 1, done: true })
  queue.addRecords(
    recordsFrom(100, 20, () => 1),
    200,
    120,
  )
  queue.nextRecords(5, Infinity)
  const after = metrics.families({ tasks: [{ ...task, state: 'running' }], standbys: [] })
  assert.equal(samplesOf(after, 'sluice_input_lag_records'), [{ labels: ['0_3', 'data', '3'], value: 45 }])
  assert.equal(samplesOf(after, 'sluice_buffered_records'), [{ labels: ['0_3'], value: 15 }])
  assert.equal(samplesOf(after, 'sluice_buffered_bytes'), [{ labels: ['0_3'], value: 150 }])
  assert.equal(samplesOf(after, 'sluice_restore_progress_ratio'), [{ labels: ['0_3', 'counts'], value: 1 }])
  assert.equal(samplesOf(after, 'sluice_standby_lag_records'), [])
  const [restored] = samplesOf(after, 'sluice_restore_seconds')
  assert.equal([restored?.labels, restored?.value, total(restored)], [['counts'], 0.4, 1])
  queue.nextRecords(100, Infinity)
  queue.addRecords([], 0, 150)
  assert.equal(samplesOf(metrics.families({ tasks: [task], standbys }), 'sluice_input_lag_records')[0]?.value, 0)
  assert.equal(structuredClone(after), after)
  await stateManager.close()
})

test('a repeated rebalance is counted once', () => {
  const metrics = new ThreadMetrics()
  metrics.rebalancing()
  metrics.rebalancing()
  metrics.rebalanced()
  metrics.rebalanced()
  assert.is(total(samplesOf(metrics.families({ tasks: [], standbys: [] }), 'sluice_rebalance_seconds')[0]), 1)
})

test('records are measured once, when their commit is acknowledged; records without a commit are forgotten', () => {
  const recorder = new MetricsRecorder()
  const metrics = new TaskMetrics(recorder, '0_3')
  const queue = queueAt(0, 100)
  const now = Date.now()
  const run = (first: number, count: number, ageMs: number): void => {
    queue.addRecords(
      recordsFrom(first, count, () => now - ageMs),
      0,
      first + count,
    )
    metrics.ran(queue.nextRecords(100, Infinity), [queue], performance.now())
  }
  run(0, 10, 3000)
  run(10, 1, 700_000)
  const leaving = metrics.leave()
  run(11, 4, 0)
  const latency = (): readonly MetricSample[] => samplesOf(recorder.families(), 'sluice_end_to_end_seconds')
  assert.is(total(latency()[0]), 0, 'nothing before the acknowledgement')
  metrics.acknowledged(leaving)
  metrics.committed(leaving)
  const [sample] = latency()
  assert.equal(sample?.labels, ['0_3', 'data'])
  assert.equal([total(sample), sample?.buckets?.at(-1)], [11, 1])
  assert.ok((sample?.value ?? 0) >= 730)
  metrics.forget()
  metrics.acknowledged(metrics.leave())
  assert.is(total(latency()[0]), 11)
  const families = recorder.families()
  assert.is(samplesOf(families, 'sluice_batch_records')[0]?.value, 15)
  for (const name of ['sluice_batch_records', 'sluice_queue_wait_seconds', 'sluice_process_seconds'])
    assert.is(total(samplesOf(families, name)[0]), 3, name)
  assert.equal(
    ['sluice_transaction_seconds', 'sluice_commit_seconds'].map(name => total(samplesOf(families, name)[0])),
    [2, 1],
  )
})

test('dead letters are counted by the code of their cause, once they are in their topic', () => {
  const recorder = new MetricsRecorder()
  const metrics = new TaskMetrics(recorder, '0_3')
  for (const cause of [new SluiceError('RECORD_UNDECODABLE', 'x'), new Error('x'), 'x']) metrics.deadLetter(cause)
  const leaving = metrics.leave()
  metrics.deadLetter('of the next commit')
  assert.not(recorder.families().some(({ name }) => name === 'sluice_dead_letters_by_code_total'))
  metrics.acknowledged(leaving)
  assert.equal(samplesOf(recorder.families(), 'sluice_dead_letters_by_code_total'), [
    { labels: ['0_3', 'RECORD_UNDECODABLE'], value: 1 },
    { labels: ['0_3', 'PROCESSING_FAILED'], value: 2 },
  ])
})

/** How many were observed. */
function total(sample: MetricSample | undefined): number {
  return sample?.buckets?.reduce((sum, count) => sum + count, 0) ?? 0
}

test.run()
