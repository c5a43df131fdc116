import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { partitionForKey, SluiceStreams } from '../../topology/runtime/index.ts'
import { ControlledProcess } from './controlled-process.ts'
import { type ControlledTopics, createTopology, type Sum } from './controlled-topology.ts'
import { RepartitionPurge } from '../../topology/runtime/topics/index.ts'
import { counted } from './counted.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const partitions = 4
const keys = Array.from({ length: 8 }, (_, at) => `key-${at}`)
const rounds = 6
const perRound = 40
/** Retention goes by the timestamps of records, so these are of today. */
const today = Date.now() - 60_000

interface World {
  fixture: KafkaFixture
  dir: string
}

function run(brokers: string): void {
  const test = suite<World>('controlled streams')
  test.before.each(async world => {
    world.fixture = new KafkaFixture(brokers)
    world.dir = await mkdtemp(join(tmpdir(), 'sluice-controlled-'))
  })
  test.after.each(async ({ fixture, dir }) => {
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

  /** Amounts have no keys, and lie anywhere; those of one key are in order, since they are on one partition. */
  const amounts = (round: number): { key: null; value: Buffer; partition: number; timestamp: number }[] =>
    Array.from({ length: perRound }, (_, at) => at).flatMap(at =>
      keys.map((key, place) => ({
        key: null,
        value: bytes({ key, n: round * perRound + at }),
        partition: place % partitions,
        timestamp: today + round * 1000 + at,
      })),
    )

  test('a kill of one of two instances loses and doubles nothing, and memory and waiting controls are intact', async ({ fixture, dir }) => {
    await fixture.createTopics({ factors: { compact: true }, amounts: {}, sums: {}, events: {} })
    // The factor of a round waits for it. The newest ones are all that a compacted topic would keep; the store keeps them all.
    await fixture.produce(
      'factors',
      keys.flatMap(key =>
        Array.from({ length: rounds }, (_, round) => ({
          key: Buffer.from(key),
          value: bytes({ factor: round + 1, from: today + round * 1000 }),
        })),
      ),
    )
    const [first, second] = ['first', 'second'].map(name => new ControlledProcess(fixture, join(dir, name))) as [
      ControlledProcess,
      ControlledProcess,
    ]
    let third: ControlledProcess | undefined
    try {
      await Promise.all([first.running(), second.running()])
      for (let round = 0; round < rounds; round++) {
        await fixture.produce('amounts', amounts(round))
        if (round === 2) await first.kill()
        if (round === 4) {
          third = new ControlledProcess(fixture, join(dir, 'first'), { threads: 1 })
          await third.running()
        }
        if (round < 4) await fixture.readAtLeast('sums', (round === 2 ? 1 : round) * keys.length * perRound)
      }
      const sums = await fixture.readAtLeast('sums', rounds * keys.length * perRound)
      assert.is(sums.length, rounds * keys.length * perRound)
      for (const key of keys) {
        const own = sums.filter(each => String(each.key) === key).map(({ value }) => JSON.parse(String(value)) as Sum)
        assert.equal(
          own.map(({ n, count }) => [n, count]),
          Array.from({ length: rounds * perRound }, (_, at) => [at, at + 1]),
          key,
        )
        let total = 0
        for (const [at, sum] of own.entries()) {
          total += sum.n * sum.factor
          assert.is(sum.total, total, `the memory of ${key} at ${at}`)
          // Data of other keys may bring the time of the partition forward.
          assert.ok(sum.factor >= Math.floor(sum.n / perRound) + 1, `${key} ${JSON.stringify(sum)}`)
          assert.ok(sum.factor >= (own[at - 1]?.factor ?? 0), 'factors do not go back')
        }
      }
      assert.equal(await fixture.readAll('dead-letters'), [])
    } finally {
      for (const instance of [first, second, third]) await instance?.kill()
    }
  })

  const instance = ({ fixture, dir }: World, topics: Partial<ControlledTopics>): SluiceStreams =>
    new SluiceStreams(createTopology({ prefix: fixture.id, ...topics }), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      stateDir: dir,
      commitIntervalMs: 50,
      createPartitions: partitions,
    })

  const running = (app: SluiceStreams): Promise<string> =>
    eventually(
      () => app.state,
      state => state === 'running',
    )

  test('the application makes the internal topic, with the partitions of the control topic, and deletes from it what it has processed', async world => {
    const { fixture } = world
    await fixture.createTopics({ factors: { partitions: 3 }, amounts: { partitions: 2 } })
    const app = instance(world, {})
    await app.start()
    try {
      assert.is(await running(app), 'running')
      const admin = fixture.kafka.admin()
      await admin.connect()
      const topic = `${fixture.id}-sums-rekeyed-repartition`
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      assert.is(topics[0]?.partitions.length, 3)
      const left = async (): Promise<number> =>
        (await admin.fetchTopicOffsets(topic)).reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
      // Of long ago: retention by time would take them.
      await fixture.produce(
        'amounts',
        keys.map(key => ({ key: null, value: bytes({ key, n: 1 }), timestamp: 1000 })),
      )
      await eventually(
        async () => (await app.query('sums-memory', keys[0] as string)) as Sum | undefined,
        sum => sum !== undefined,
      )
      assert.ok((await left()) >= keys.length)
      const { topology, tasks } = { topology: createTopology({ prefix: fixture.id }).build(fixture.id), tasks: await app.tasks() }
      const told: string[] = []
      const config = { applicationId: fixture.id, listener: { log: (_: string, message: string) => void told.push(message) } }
      const purge = new RepartitionPurge(admin, config, topology, () => tasks.map(({ task }) => task))
      await eventually(
        async () => {
          await purge.purge()
          return left()
        },
        // The marker of the last transaction stays.
        count => count <= 3,
      )
      assert.ok((await left()) <= 3, `${await left()} are left`)
      assert.equal(told, [])
      await admin.disconnect()
    } finally {
      await app.stop()
    }
  })

  test('an internal topic with another number of partitions is refused, with the remedy', async world => {
    const { fixture } = world
    await fixture.createTopics({ factors: { partitions: 3 }, 'sums-rekeyed-repartition': { partitions: 2 } })
    const app = instance(world, {})
    const failure = await app.start().catch((error: Error) => error)
    assert.match((failure as Error).message, 'sums-rekeyed-repartition was made by the application')
    await app.stop()
  })

  test('the time of the data outlives a restart without local state', async world => {
    const { fixture, dir } = world
    const send = async (timestamp: number): Promise<void> =>
      fixture.produce('amounts', [{ key: Buffer.from('a'), value: bytes({ key: 'a', n: 1 }), timestamp }])
    const first = instance({ fixture, dir: join(dir, 'first') }, { rekey: false })
    await first.start()
    await running(first)
    await send(today + 5000)
    await fixture.readAtLeast('sums', 1)
    await first.stop()
    const second = instance({ fixture, dir: join(dir, 'second') }, { rekey: false })
    await second.start()
    try {
      await running(second)
      await fixture.produce('factors', [{ key: Buffer.from('a'), value: bytes({ factor: 7, from: today + 4000 }) }])
      await fixture.readAtLeast('events', 1)
      await send(today + 1000)
      const sums = await fixture.readAtLeast('sums', 2)
      assert.equal(
        sums.map(({ value }) => (JSON.parse(String(value)) as Sum).factor),
        [0, 7],
      )
    } finally {
      await second.stop()
    }
  })

  /** As librdkafka's default partitioner has it. */
  const crcPartition = (key: string): number => crc32(key) % partitions
  const foreign = Array.from({ length: 20 }, (_, at) => `foreign-${at}`).find(
    key => crcPartition(key) !== partitionForKey(Buffer.from(key), partitions),
  ) as string

  for (const move of [true, false])
    test(`a control on a foreign partition is counted, and ${move ? 'moved' : 'applied there'}`, async world => {
      const { fixture } = world
      const app = instance(world, { move, rekey: false })
      await app.start()
      try {
        assert.is(await running(app), 'running')
        const right = partitionForKey(Buffer.from(foreign), partitions)
        const wrong = crcPartition(foreign)
        await fixture.produce('factors', [{ key: Buffer.from(foreign), value: bytes({ factor: 5 }), partition: wrong }])
        const events = await fixture.readAtLeast('events', move ? 2 : 1)
        assert.equal(
          events
            .map(({ value }) => JSON.parse(String(value)) as { event: string; partition: number })
            .map(({ event, partition }) => [event, partition]),
          move
            ? [
                ['moved', wrong],
                ['accepted', right],
              ]
            : [['accepted', wrong]],
        )
        const amount = { key: Buffer.from(foreign), value: bytes({ key: foreign, n: 1 }) }
        await fixture.produce('amounts', [
          { ...amount, partition: right },
          { ...amount, partition: wrong },
        ])
        const sums = await fixture.readAtLeast('sums', 2)
        const factors = new Map<boolean, number>()
        for (const { value } of sums) {
          const { factor } = JSON.parse(String(value)) as Sum
          factors.set(factor === 5, factor)
        }
        assert.equal(new Set(factors.values()), new Set([0, 5]))
        const counts = await Promise.all(
          ['sluice_controls_misplaced_total', 'sluice_controlled_data_misplaced_total'].map(name => counted(app, name)),
        )
        assert.equal(counts, [1, move ? 1 : 0])
        const found = await app.query('sums-controls', foreign)
        assert.is((found as { current: { control: { factor: number } } } | undefined)?.current.control.factor, move ? 5 : undefined)
        const [copy] = (await fixture.readAll('factors')).filter(({ headers }) => headers?.['sluice.moved.from'] !== undefined)
        assert.is(
          copy === undefined ? undefined : String(copy.headers?.['sluice.moved.from']),
          move ? `${fixture.topic('factors')}-${wrong}@0` : undefined,
        )
      } finally {
        await app.stop()
      }
    })

  test('broadcast: a control on a foreign partition is moved, so that the newest one of its key holds everywhere, and its withdrawal too', async world => {
    const { fixture, dir } = world
    const topics = { join: 'broadcast', rekey: false } as const
    const [right, wrong] = [partitionForKey(Buffer.from(foreign), partitions), crcPartition(foreign)]
    const first = instance({ fixture, dir: join(dir, 'first') }, topics)
    await first.start()
    let second: SluiceStreams | undefined
    const factorsOf = async (): Promise<number[]> => {
      const before = (await fixture.readAll('sums')).length
      await fixture.produce(
        'amounts',
        Array.from({ length: partitions }, (_, partition) => ({
          key: Buffer.from(`on-${partition}`),
          value: bytes({ key: foreign, n: 1 }),
          partition,
        })),
      )
      await fixture.readAtLeast('sums', before + partitions)
      const newest = new Map((await fixture.readAll('sums')).map(({ key, value }) => [String(key), JSON.parse(String(value)) as Sum]))
      return [...newest.values()].map(({ factor }) => factor)
    }
    const hold = async (factor: number): Promise<void> => {
      const all = Array.from({ length: partitions }, () => factor)
      let found = await factorsOf()
      for (let tries = 0; tries < 30 && String(found) !== String(all); tries++) found = await factorsOf()
      assert.equal(found, all)
    }
    try {
      assert.is(await running(first), 'running')
      const control = (factor: number | undefined, partition: number) => ({
        key: Buffer.from(foreign),
        value: factor === undefined ? null : bytes({ factor }),
        partition,
      })
      await fixture.produce('factors', [control(5, wrong)])
      await hold(5)
      await fixture.produce('factors', [control(6, right)])
      await hold(6)
      second = instance({ fixture, dir: join(dir, 'second') }, topics)
      await second.start()
      assert.is(await running(second), 'running')
      await hold(6)
      for (const [factor, partition] of [
        [undefined, right],
        [7, wrong],
        [undefined, wrong],
      ] as const) {
        await fixture.produce('factors', [control(factor, partition)])
        await hold(factor ?? 0)
      }
      assert.is(await second.query('sums-controls', foreign), undefined)
    } finally {
      await Promise.all([first.stop(), second?.stop()])
    }
  })

  test('broadcast: a control with the header of a moved one, where it does not belong, is refused: it holds nowhere; with any other such header it is moved', async world => {
    const { fixture } = world
    const [right, wrong] = [partitionForKey(Buffer.from(foreign), partitions), crcPartition(foreign)]
    const app = instance(world, { join: 'broadcast', rekey: false })
    await app.start()
    try {
      assert.is(await running(app), 'running')
      const control = (factor: number, from: string) => ({
        key: Buffer.from(foreign),
        value: bytes({ factor }),
        partition: wrong,
        headers: { 'sluice.moved.from': from },
      })
      const topic = fixture.topic('factors')
      await fixture.produce('factors', [control(5, `${topic}-${right}@3`)])
      const [letter] = await fixture.readAtLeast('dead-letters', 1)
      assert.match(String(letter?.headers?.['sluice.error.message']), /was already moved here from .*@3, but its key belongs on partition/)
      assert.is(await app.query('sums-controls', foreign), undefined)
      for (const from of [`${topic}-${right}@-3`, `other-${right}@3`, 'nonsense', '']) await fixture.produce('factors', [control(6, from)])
      const events = await fixture.readAtLeast('events', 9)
      assert.equal(events.map(({ value }) => (JSON.parse(String(value)) as { event: string }).event).toSorted(), [
        ...Array.from({ length: 4 }, () => 'accepted'),
        ...Array.from({ length: 4 }, () => 'moved'),
        'refused',
      ])
      const found = await app.query('sums-controls', foreign)
      assert.is((found as { current: { control: { factor: number } } } | undefined)?.current.control.factor, 6)
    } finally {
      await app.stop()
    }
  })

  test('broadcast: data on any partition, with any key', async world => {
    const { fixture } = world
    const app = instance(world, { join: 'broadcast', rekey: false })
    await app.start()
    try {
      assert.is(await running(app), 'running')
      await fixture.produce('factors', [{ key: Buffer.from('a'), value: bytes({ factor: 3 }) }])
      await fixture.readAtLeast('events', 1)
      for (let partition = 0; partition < partitions; partition++) {
        const steered = await eventually(
          async () => {
            await fixture.produce('amounts', [{ key: Buffer.from(`on-${partition}`), value: bytes({ key: 'a', n: 1 }), partition }])
            const sums = await fixture.readAll('sums')
            return sums.some(({ key, value }) => String(key) === `on-${partition}` && (JSON.parse(String(value)) as Sum).factor === 3)
          },
          found => found,
        )
        assert.ok(steered, `partition ${partition}`)
      }
    } finally {
      await app.stop()
    }
  })

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)
