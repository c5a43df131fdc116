import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { InstanceMetrics } from '../../../../topology/runtime/metrics/instance-metrics.ts'
import { loadMendedKafkajs } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { noCounts } from '../../../../topology/runtime/metrics/streams-counters.ts'
import type { ThreadHandle, ThreadStatus } from '../../../../topology/runtime/threads/thread-handle.ts'
import { ThreadSupervisor } from '../../../../topology/runtime/threads/thread-supervisor.ts'

const test = suite('ThreadSupervisor')

/** A stream thread whose start ends as it is told. */
class Thread implements ThreadHandle {
  readonly fail: (error: unknown) => void
  readonly #outcome: unknown
  status: ThreadStatus = { joining: false, memberId: 'm', tasks: [], counters: noCounts }
  closed = false

  constructor(fail: (error: unknown) => void, outcome: unknown) {
    this.fail = fail
    this.#outcome = outcome
  }

  start(): Promise<void> {
    return this.#outcome === undefined ? Promise.resolve() : Promise.reject(this.#outcome)
  }

  close(): Promise<void> {
    this.closed = true
    return Promise.resolve()
  }

  metrics = (): Promise<[]> => Promise.resolve([])
  discard = (): Promise<void> => Promise.resolve()
  query = (): Promise<unknown> => Promise.resolve()
  queryStale = (): Promise<never> => Promise.reject(new Error('none'))
  queryPartitions = (): Promise<[]> => Promise.resolve([])
  queryVersions = (): Promise<never> => Promise.reject(new Error('none'))
  queryLatest = (): Promise<unknown> => Promise.resolve()
}

interface Watched {
  readonly supervisor: ThreadSupervisor
  readonly threads: Thread[]
  readonly told: (readonly [error: unknown, fatal: boolean])[]
  /** By code. */
  readonly counted: () => Record<string, number>
  /** The thread that comes as the `count`th. */
  readonly until: (count: number) => Promise<Thread>
  readonly untilFatal: () => Promise<void>
}

/** `starts`: what the start of each thread fails with, undefined: it does not; those after the last are like it. */
function watch(starts: readonly unknown[] = [], untilReachable = (): Promise<void> => Promise.resolve(), provenMs = 60_000): Watched {
  const threads: Thread[] = []
  const told: (readonly [unknown, boolean])[] = []
  const metrics = new InstanceMetrics()
  const waiting = new Set<() => void>()
  const changed = (): void => waiting.forEach(check => check())
  const supervisor = new ThreadSupervisor({
    metrics,
    restartDelayMs: 1,
    provenMs,
    makeThread: fail => {
      const thread = new Thread(fail, starts[Math.min(threads.length, starts.length - 1)])
      threads.push(thread)
      changed()
      return thread
    },
    untilReachable,
    onError: (error, fatal) => {
      told.push([error, fatal])
      changed()
    },
    onChange: () => undefined,
  })
  const when = (holds: () => boolean): Promise<void> =>
    new Promise(resolve => {
      const check = (): void => void (holds() && waiting.delete(check) && resolve())
      waiting.add(check)
      check()
    })
  const counted = (): Record<string, number> => {
    const { samples } = metrics.recorder.families().find(({ name }) => name === 'sluice_thread_failures_total') ?? { samples: [] }
    return Object.fromEntries(samples.map(({ labels, value }) => [String(labels[0]), value]))
  }
  return {
    supervisor,
    threads,
    told,
    counted,
    until: count => when(() => threads.length >= count).then(() => threads[count - 1] as Thread),
    untilFatal: () => when(() => told.some(([, fatal]) => fatal)),
  }
}

const full = new SluiceError('STORE_FAILED', 'no space')
const kafkajs = loadMendedKafkajs()
const refused = new kafkajs.KafkaJSConnectionError('refused', { broker: 'a:1', code: 'ECONNREFUSED' })

test('a failure is counted once, whatever the thread reports after it; the next thread counts again', async () => {
  const { supervisor, threads, told, counted, until } = watch()
  await supervisor.start()
  assert.equal(counted(), {})
  threads[0]?.fail(full)
  threads[0]?.fail(new Error('and this came of it'))
  const second = await until(2)
  threads[0]?.fail(new Error('late'))
  assert.equal(counted(), { STORE_FAILED: 1 })
  second.fail(full)
  const third = await until(3)
  third.fail(new Error('unknown'))
  await until(4)
  assert.equal(counted(), { STORE_FAILED: 2, OTHER: 1 })
  assert.is(told.length, 3)
  assert.ok(threads.slice(0, 3).every(({ closed }) => closed))
  await supervisor.stop()
})

test('what a failed thread tells of itself until it has closed is counted, then and later', async () => {
  const { supervisor, threads, until } = watch()
  await supervisor.start()
  const first = threads[0] as Thread
  first.fail(full)
  first.status = { ...first.status, counters: { ...noCounts, recordsIn: 7 } }
  assert.is(supervisor.counters().recordsIn, 7)
  const second = await until(2)
  second.status = { ...second.status, counters: { ...noCounts, recordsIn: 2 } }
  assert.is(supervisor.counters().recordsIn, 9)
  await supervisor.stop()
})

test('a failed start is counted and thrown, and nothing after it', async () => {
  const { supervisor, threads, told, counted } = watch([full])
  const failure = await supervisor.start().catch((error: unknown) => error)
  assert.is(failure, full)
  threads[0]?.fail(new Error('and this came of it'))
  assert.equal([counted(), told], [{ STORE_FAILED: 1 }, []])
  await supervisor.stop()
  assert.equal([threads.length, threads[0]?.closed], [1, true])
})

test('a start without a broker is counted and retried', async () => {
  const { supervisor, counted, threads } = watch([refused, undefined])
  await supervisor.start()
  assert.equal([counted(), threads.length], [{ BROKER_UNREACHABLE: 1 }, 2])
  await supervisor.stop()
})

test('an error of the wait for a broker is a separate failure', async () => {
  let refusals = 1
  const { supervisor, threads, counted, until } = watch([], () =>
    refusals-- > 0 ? Promise.reject(new SluiceError('BROKER_FAILED', 'wrong password')) : Promise.resolve(),
  )
  await supervisor.start()
  threads[0]?.fail(full)
  await until(2)
  assert.equal(counted(), { STORE_FAILED: 1, BROKER_FAILED: 1 })
  await supervisor.stop()
})

test('after ten failures in a row the thread is replaced, after the next it is not; all are counted', async () => {
  const { supervisor, threads, told, counted, untilFatal } = watch([undefined, full])
  await supervisor.start()
  threads[0]?.fail(full)
  await untilFatal()
  assert.equal([counted(), told.length, threads.length], [{ STORE_FAILED: 11 }, 11, 11])
  await supervisor.stop()
  assert.is(supervisor.failure, full)
})

test('errors during the stop are no failures', async () => {
  const { supervisor, threads, counted, told } = watch()
  await supervisor.start()
  const stopped = supervisor.stop()
  threads[0]?.fail(full)
  await stopped
  assert.equal([counted(), told], [{}, []])
})

/** Fails threads one after the other, each after a commit; how many there were when it gave up, or `most`. */
async function failAfterCommits({ supervisor, told, until }: Watched, error: unknown, most: number): Promise<number> {
  await supervisor.start()
  for (let count = 1; ; count++) {
    const thread = await until(count)
    thread.status = { ...thread.status, counters: { ...noCounts, commits: 1 } }
    thread.fail(error)
    const gaveUp = told.at(-1)?.[1] === true
    if (gaveUp || count === most) {
      await supervisor.stop()
      return count
    }
  }
}

test('commits of other partitions do not keep a thread restarting for ever', async () => {
  assert.is(await failAfterCommits(watch(), new SluiceError('BATCH_UNREADABLE', 'data-0, offset 7'), 30), 11)
})

test('the count of failures starts again after a long run, or after a commit if the brokers caused the failure', async () => {
  assert.is(await failAfterCommits(watch([], undefined, 0), full, 30), 30)
  assert.is(await failAfterCommits(watch(), refused, 30), 30)
})

test.run()
