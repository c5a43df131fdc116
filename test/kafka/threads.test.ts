import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { decodeAssignment } from '../../topology/runtime/group/group-protocol.ts'
import { partitionForKey, SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { counted } from './counted.ts'
import { eventually, holds, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, readResults, storeName, wineFor } from './serving-app.ts'
import { createTopology, signal, type ThreadTopologyOptions } from './thread-topology.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const module = new URL('thread-topology.ts', import.meta.url)
const failures = 'sluice_thread_failures_total'
const keys = Array.from({ length: 40 }, (_, at) => `k${at}`)

interface Context {
  fixture: KafkaFixture
  dir: string
  signals: Int32Array
}

function run(brokers: string): void {
  const threads = suite<Context>('stream threads')
  threads.before.each(async context => {
    context.fixture = new KafkaFixture(brokers)
    context.dir = await mkdtemp(join(tmpdir(), 'sluice-threads-'))
    context.signals = new Int32Array(new SharedArrayBuffer(16))
    await context.fixture.createTopics({ words: {}, out: {} })
  })
  threads.after.each(async ({ fixture, dir }) => {
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  const optionsOf = ({ fixture, signals }: Context): ThreadTopologyOptions => ({
    words: fixture.topic('words'),
    out: fixture.topic('out'),
    signals: signals.buffer as SharedArrayBuffer,
  })

  const instance = (context: Context, options: Partial<StreamsOptions> = {}): SluiceStreams =>
    new SluiceStreams(
      { module, options: optionsOf(context) },
      { applicationId: context.fixture.id, brokers: context.fixture.brokers, stateDir: context.dir, threads: 2, ...options },
    )

  const word = (key: string, value = 'x'): { key: Buffer; value: Buffer } => ({ key: Buffer.from(key), value: Buffer.from(value) })
  const rounds = (count: number): { key: Buffer; value: Buffer }[] => Array.from({ length: count }, () => keys.map(key => word(key))).flat()

  const running = (app: SluiceStreams): Promise<string> =>
    eventually(
      () => app.state,
      state => state === 'running',
    )

  /** The partitions of each member of the group. */
  const members = async (fixture: KafkaFixture): Promise<(readonly number[])[]> => {
    const admin = fixture.kafka.admin()
    await admin.connect()
    try {
      const { groups } = await admin.describeGroups([fixture.id])
      return (groups[0]?.members ?? []).map(({ memberAssignment }) => decodeAssignment(memberAssignment)[fixture.topic('words')] ?? [])
    } finally {
      await admin.disconnect()
    }
  }

  const sharedByTwo = (fixture: KafkaFixture): Promise<void> =>
    holds(async () =>
      assert.equal(
        (await members(fixture)).map(partitions => partitions.length),
        [2, 2],
      ),
    )

  /** Waits until the instance answers this count for each key: the rows of a commit are there a moment after its results. */
  const counts = (app: SluiceStreams, each: number): Promise<void> =>
    holds(async () => {
      const found = await Promise.all(keys.map(async key => [key, await app.query('counts', key)] as const))
      assert.equal(new Map(found), new Map(keys.map(key => [key, each])))
    })

  /** Checks the results of each key: 1, 2, … up to this count. */
  const checkResults = async ({ fixture }: Context, each: number): Promise<void> => {
    const out = await fixture.readAtLeast('out', each * keys.length)
    for (const key of keys) {
      const counts = out.filter(record => String(record.key) === key).map(record => Number(record.value))
      assert.equal(
        counts,
        Array.from({ length: each }, (_, at) => at + 1),
        key,
      )
    }
  }

  threads('two members of the group, one instance: tasks, answers, counters and state are those of both', async context => {
    const { fixture } = context
    const app = instance(context)
    await app.start()
    assert.is(await running(app), 'running')
    await sharedByTwo(fixture)
    await fixture.produce('words', rounds(25))
    await checkResults(context, 25)
    await counts(app, 25)
    const all = await app.queryAll('counts')
    assert.equal(all.map(({ key }) => key).sort(), keys.toSorted())
    assert.is((await app.queryAll('counts', { limit: 1 })).length, 4, 'one of each partition')
    const instances = await app.instances()
    assert.is(instances.length, 1)
    assert.equal(instances[0]?.activeTasks.toSorted(), ['0_0', '0_1', '0_2', '0_3'])
    assert.equal(
      (await app.tasks()).map(({ task, state }) => `${task} ${state}`),
      ['0_0', '0_1', '0_2', '0_3'].map(task => `${task} running`),
    )
    await app.stop()
    assert.is(app.state, 'stopped')
    const { recordsIn, recordsOut, deadLetters, commits } = app.counters()
    // The output is the results and, for each key once per commit, its row in the changelog.
    assert.equal([recordsIn, deadLetters, commits > 0, recordsOut >= 1000], [1000, 0, true, true])
    assert.equal(await members(fixture), [])

    const again = instance(context, { threads: 3 })
    await again.start()
    await running(again)
    await counts(again, 25)
    assert.is(again.counters().restoredRecords, 0, 'the disk had everything')
    await again.stop()
  })

  threads('queries of other tasks are answered while a thread is in a long computation', async context => {
    const { fixture, signals } = context
    const app = instance(context)
    await app.start()
    await running(app)
    await fixture.produce('words', rounds(1))
    await checkResults(context, 1)
    // A busy thread sends nothing, so its earlier counts must have been received before.
    await eventually(
      () => app.counters().recordsIn,
      count => count === 40,
    )
    await counts(app, 1)
    const busyKey = keys[0] as string
    await fixture.produce('words', [word(busyKey, 'long')])
    await eventually(
      () => Atomics.load(signals, signal.busy),
      busy => busy === 1,
    )
    const busyPartitions = (await members(fixture)).find(partitions => partitions.includes(partitionForKey(Buffer.from(busyKey), 4))) ?? []
    const [busy, free] = [keys, keys].map((all, at) =>
      all.filter(key => busyPartitions.includes(partitionForKey(Buffer.from(key), 4)) === (at === 0)),
    ) as [string[], string[]]
    assert.ok(busy.length > 0 && free.length > 0)
    const order: string[] = []
    const ofBusy = Promise.all(busy.map(key => app.query('counts', key))).then(() => order.push('busy thread'))
    await Promise.all(free.map(async key => assert.is(await app.query('counts', key), 1)))
    assert.is((await app.instances()).length, 1)
    assert.is((await app.tasks()).length, 4)
    assert.is(app.counters().recordsIn, 40)
    assert.ok(await app.ownerOf('counts', busyKey))
    order.push('others')
    Atomics.store(signals, signal.go, 1)
    Atomics.notify(signals, signal.go)
    await ofBusy
    assert.equal(order, ['others', 'busy thread'])
    assert.is(
      await eventually(
        () => app.query('counts', busyKey),
        count => count === 2,
      ),
      2,
    )
    await app.stop()
  })

  for (const crash of ['throw', 'exit']) {
    threads(`a worker that ends (${crash}) is replaced: nothing is lost or doubled, and the instance continues`, async context => {
      const { fixture, signals } = context
      const told: unknown[] = []
      const lines: string[] = []
      const app = instance(context, {
        sessionTimeoutMs: 120_000,
        listener: { onError: (error, fatal) => told.push(error, fatal), log: (_level, message) => lines.push(message) },
      })
      await app.start()
      await running(app)
      await fixture.produce('words', rounds(5))
      await checkResults(context, 5)
      await fixture.produce('words', [...rounds(5), ...keys.map((key, at) => word(key, at === 7 ? crash : 'x')), ...rounds(4)])
      await checkResults(context, 15)
      assert.ok(Atomics.load(signals, signal.crashes) > 1, 'the record came again')
      assert.is(await running(app), 'running')
      await sharedByTwo(fixture)
      await counts(app, 15)
      assert.is(told.length, 2, 'one failure')
      assert.match((told[0] as Error).message, crash === 'throw' ? 'nobody catches this' : 'exited with code 7')
      assert.is(told[1], false)
      const code = crash === 'throw' ? 'OTHER' : 'PROCESSING_FAILED'
      assert.equal([await counted(app, failures, { code }), await counted(app, failures)], [1, 1])
      assert.is(await counted(app, 'sluice_members_evicted_total', { reason: 'failed' }), 1)
      assert.ok(lines.includes('removed a dead member'), 'the group did not have to wait for its session')
      await app.stop()
      assert.equal(await members(fixture), [])
      assert.is((await fixture.readAll('out')).length, 600)
    })
  }

  threads('errors of a worker keep their code and message', async context => {
    const app = instance(context)
    await app.start()
    await running(app)
    for (const ask of [app.query('counts-2', 'a'), app.queryAll('counts-2'), app.queryLatest('counts-2')]) {
      const error = await ask.then(
        () => undefined,
        (failure: unknown) => failure,
      )
      assert.instance(error, SluiceError)
      assert.is((error as SluiceError).code, 'STORE_UNKNOWN')
    }
    await app.stop()
  })

  const refusal = async (make: () => SluiceStreams): Promise<string> => {
    try {
      const app = make()
      await app.start().finally(() => app.stop())
    } catch (error) {
      assert.instance(error, SluiceError)
      assert.is((error as SluiceError).code, 'CONFIG_INVALID')
      return (error as SluiceError).message
    }
    return 'accepted'
  }

  threads('topologies and options that cannot be used in worker threads are refused with the reason', async context => {
    const { id, brokers: list } = context.fixture
    const options = { applicationId: id, brokers: list, threads: 2 }
    const topology = createTopology(optionsOf(context))
    assert.match(await refusal(() => new SluiceStreams(topology, options)), /^threads: 2 needs the topology as \{ module/)
    assert.match(await refusal(() => new SluiceStreams({ module, options: { words: () => 'w' } }, options)), /plain data only/)
    for (const count of [-1, 65, 1.5])
      assert.match(
        await refusal(() => instance(context, { threads: count })),
        `threads ${count} (option of SluiceStreams) is not allowed; allowed: a whole number from 0 to 64`,
      )
    const missing = new URL('no-such-module.ts', import.meta.url)
    assert.match(await refusal(() => new SluiceStreams({ module: missing }, options)), /no-such-module\.ts cannot be loaded/)
    const other = new URL('fixture.ts', import.meta.url)
    assert.match(await refusal(() => new SluiceStreams({ module: other }, options)), /exports neither createTopology nor a default/)
  })

  threads('a module can also run in the main thread', async context => {
    const app = instance(context, { threads: 0 })
    await app.start()
    await running(app)
    await context.fixture.produce('words', rounds(2))
    await checkResults(context, 2)
    await counts(app, 2)
    await app.stop()
  })

  threads(
    'sluice serve --threads 2 scores with the models of both threads, answers for each, and ends with 0',
    async ({ fixture, dir }) => {
      await fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
      await fixture.produce(
        'models',
        keys.map((type, at) => modelFor(type, { name: type, bytes: shiftedSum(at) })),
      )
      await fixture.produce(
        'data',
        keys.map(type => wineFor(type, 1)),
      )
      const topics = { SLUICE_DATA_TOPIC: 'data', SLUICE_MODELS_TOPIC: 'models', SLUICE_RESULTS_TOPIC: 'results' }
      const served = new ServeProcess(['--state-dir', dir, '--port', '0', '--threads', '2', '--application-id', fixture.id], {
        KAFKA_BROKERS: fixture.brokers.join(','),
        ...Object.fromEntries(Object.entries(topics).map(([name, topic]) => [name, fixture.topic(topic)])),
      })
      try {
        await served.ready
        const results = await readResults(fixture, keys.length)
        assert.equal(new Map(results.map(({ dataType, score }) => [dataType, score])), new Map(keys.map((key, at) => [key, 1 + at])))
        for (const key of keys) {
          const { body } = await eventually(
            () => served.get(`/state/${storeName}/keys/${key}`),
            ({ status }) => status === 200,
          )
          assert.is((body as { value: { name: string } }).value.name, key)
        }
        const [one, ...others] = await served.instances()
        assert.equal([one?.activeTasks.length, others.length], [4, 0])
        const counted = await eventually(
          () => served.text('/metrics'),
          text => text.includes('sluice_records_in_total 80\n'),
        )
        assert.match(counted, /sluice_records_in_total 80\n/)
      } finally {
        const { code, stderr } = await served.kill('SIGTERM')
        assert.is(code, 0, stderr)
      }
      assert.equal(await members(fixture), [])
    },
  )

  threads.run()
}
