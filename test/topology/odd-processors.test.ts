import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesSerde, stringSerde, type Serde } from '../../records/serde.ts'
import { keyValueStore, versionedKeyValueStore, type KeyValueStore, type VersionedKeyValueStore } from '../../stores/index.ts'
import { Topology, TopologyTestDriver, type OutputRecord, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'

// What a processor may do that its types do not allow, or that nobody would expect of one: each record has one result, or one dead letter, alone
// and in a run alike.

type Context = ProcessorContext
/** As JavaScript has it. */
// oxlint-disable-next-line typescript/no-explicit-any
type Any = any
type Does = (record: Any, context: Context) => unknown

const texts = { key: stringSerde, value: stringSerde }
const bytes = { key: bytesSerde, value: bytesSerde }
const letters = TopologyTestDriver.deadLetterTopic
const valuesOf = (records: readonly OutputRecord[]): string[] => records.map(({ value }) => Buffer.from(value ?? []).toString())
const header = (record: OutputRecord | undefined, name: string): string => String(record?.headers?.[name])
const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 1))

interface Node {
  readonly each: Does
  readonly run?: (records: Any[], context: Context) => unknown
}

/** Processors one after the other between `in` and `out`, connected to the store "s". */
function chain(source: { readonly key: Serde<Any>; readonly value: Serde<Any> }, ...nodes: readonly Node[]): Topology {
  const topology = new Topology().addSource('in', 'in', source)
  const names = nodes.map((_, at) => `p${at}`)
  nodes.forEach(({ each, run }, at) => {
    const processor = (): Any => {
      let context: Context
      return {
        init: (given: Context) => void (context = given),
        process: (record: unknown) => each(record, context),
        ...(run && { processBatch: (records: Any[]) => run(records, context) }),
      }
    }
    topology.addProcessor(`p${at}`, processor, at === 0 ? 'in' : `p${at - 1}`)
  })
  return topology.addStateStore(keyValueStore({ name: 's', ...texts }), ...names).addSink('out', 'out', bytes, names.at(-1) as string)
}

interface Came {
  readonly out: string[]
  readonly dead: OutputRecord[]
  readonly store: KeyValueStore<string, string>
}

/** Both ways in turn. */
async function piped(topology: () => Topology, values: readonly string[], check: (came: Came) => void | Promise<void>): Promise<void> {
  for (const inRun of [false, true]) {
    const driver = await TopologyTestDriver.open(topology())
    try {
      const records = values.map((value, at) => ({ key: 'k', value, timestamp: 1000 + at }))
      if (inRun) await driver.pipeBatch('in', records)
      else for (const record of records) await driver.pipe('in', record)
      const store = driver.getStateStore<KeyValueStore<string, string>>('s') as KeyValueStore<string, string>
      await check({ out: valuesOf(driver.read('out')), dead: driver.read(letters), store })
    } finally {
      await driver.close()
    }
  }
}

const good = (record: Any): StreamRecord => ({ ...record, key: Buffer.from(record.key), value: Buffer.from(record.value) })
/** Forwards all but what is "bad". */
const but =
  (bad: Does): Does =>
  (record, context) =>
    String(record.value) === 'bad' ? bad(record, context) : context.forward(good(record))
const oneLetter = ({ out, dead }: Came): OutputRecord => {
  assert.equal(out, ['a', 'b'])
  assert.equal(
    dead.map(letter => header(letter, 'sluice.source.offset')),
    ['1'],
  )
  return dead[0] as OutputRecord
}

const odd = suite('odd processors')

const revoked = new Error('x')
Object.defineProperty(revoked, 'message', {
  get() {
    throw new Error('no message')
  },
})
const thrown: Readonly<Record<string, unknown>> = {
  null: null,
  undefined: undefined,
  'a symbol': Symbol('x'),
  'an object without a prototype': Object.create(null),
  'an error whose message is a number': Object.assign(new Error('x'), { message: 5 }),
  'an error without a message': Object.assign(new Error('x'), { message: undefined }),
  'an error whose message cannot be read': revoked,
}
for (const [what, error] of Object.entries(thrown)) {
  const fails = (): never => {
    throw error
  }
  odd(`a processor that throws ${what}`, () =>
    piped(
      () => chain(texts, { each: but(fails) }),
      ['a', 'bad', 'b'],
      came => void oneLetter(came),
    ),
  )
  odd(`a dead letter whose cause is ${what}`, () =>
    piped(
      () => chain(texts, { each: but((record, context) => context.deadLetter(record, error)) }),
      ['a', 'bad', 'b'],
      came => void oneLetter(came),
    ),
  )
}

const made: Readonly<Record<string, (record: Any) => Any>> = {
  'with a value of its own': record => ({ ...record, value: { n: 5 } }),
  'with a source that has no bytes': record => ({ ...record, source: { topic: 'in', partition: 0, offset: 1 } }),
  'without its origin': ({ key, value }) => ({ key, value }),
  'that was changed in place': record => Object.assign(record, { headers: 5, timestamp: 'now' }),
}
for (const [what, change] of Object.entries(made)) {
  odd(`a dead letter of a record ${what} is the input's`, () =>
    piped(
      () => chain(bytes, { each: but((record, context) => context.deadLetter(change(record), new Error('refused'))) }),
      ['a', 'bad', 'b'],
      came => assert.is(String(oneLetter(came).value), 'bad'),
    ),
  )
}

odd('a dead letter of a record that is no input has the readable parts of the record', () =>
  piped(
    () =>
      chain(texts, {
        each: but((_, context) =>
          context.deadLetter({ topic: 'old\ud800', partition: 3, offset: 9, key: 'k', value: 5, timestamp: 'x', headers: 7 } as Any, 'why'),
        ),
      }),
    ['a', 'bad', 'b'],
    ({ out, dead: [letter, ...rest] }) => {
      assert.equal([out, rest.length, letter?.key, letter?.value], [['a', 'b'], 0, null, null])
      const told = ['sluice.source.offset', 'sluice.source.key.bytes', 'sluice.source.value.bytes', 'sluice.source.headers']
      assert.equal(
        told.map(name => header(letter, name)),
        ['9', 'unreadable', 'unreadable', 'unreadable'],
      )
    },
  ),
)

odd('two dead letters for one input are one', () =>
  piped(
    () =>
      chain(texts, {
        each: but((record, context) => {
          context.deadLetter(record, new Error('first'))
          context.deadLetter({ ...record, value: 'other' }, new Error('second'))
        }),
      }),
    ['a', 'bad', 'b'],
    came => assert.is(header(oneLetter(came), 'sluice.error.message'), 'first'),
  ),
)

odd('a deletion with a key that the changelog refuses', () =>
  piped(
    () =>
      chain(texts, {
        each: (record, context) => {
          if (record.value === 'bad') context.getStateStore<KeyValueStore<string, string>>('s').delete('x'.repeat(2_000_000))
          return context.forward(good(record))
        },
      }),
    ['a', 'bad', 'b'],
    came => assert.is(header(oneLetter(came), 'sluice.error.code'), 'RECORD_TOO_LARGE'),
  ),
)

const emptied: Node = {
  each: (record, context) => {
    if (record.value === 'bad') throw new Error('bad')
    return context.forward(good(record))
  },
  run: async (records, context) => {
    while (records.length > 0) {
      const record: unknown = records.shift()
      if ((record as { value: unknown }).value === 'bad') throw new Error('bad')
      await context.forward(good(record))
    }
  },
}
odd('a processBatch that empties the list it got', () =>
  piped(
    () => chain(texts, emptied),
    ['a', 'bad', 'b'],
    came => void oneLetter(came),
  ),
)
odd('a processBatch that empties the list, and a sink that refuses', () => {
  const each: Does = (record, context) => context.forward(String(record.value) === 'bad' ? { ...record, value: 5 } : record)
  const run = (records: Any[], context: Context): void => {
    while (records.length > 0) void each(records.shift(), context)
  }
  return piped(
    () => chain(bytes, { each, run }),
    ['a', 'bad', 'b'],
    came => void oneLetter(came),
  )
})

odd('a forward that is not awaited ends with its input', () =>
  piped(
    () =>
      chain(
        texts,
        { each: (record, context) => void context.forward(record) },
        {
          each: async (record, context) => {
            await soon()
            if (record.value === 'bad') throw new Error('bad')
            void context.forward(good(record))
          },
        },
      ),
    ['a', 'bad', 'b'],
    came => void oneLetter(came),
  ),
)

odd('a forward to several children that is not awaited reaches them all', async () => {
  const reached: string[] = []
  const child = (name: string): Any => ({
    process: async ({ value }: StreamRecord) => {
      await soon()
      reached.push(`${name} ${String(value)}`)
    },
  })
  const parent = (): Any => {
    let context: Context
    return { init: (given: Context) => void (context = given), process: (record: StreamRecord) => void context.forward(record) }
  }
  const topology = new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('parent', parent, 'in')
    .addProcessor('left', () => child('left'), 'parent')
    .addProcessor('right', () => child('right'), 'parent')
  const driver = await TopologyTestDriver.open(topology)
  await driver.pipeBatch('in', [{ value: 'a' }, { value: 'b' }])
  assert.equal(reached, ['left a', 'right a', 'left b', 'right b'])
  await driver.close()
})

odd('a late version that is not awaited is written before the next record, and rolled back with a failing record', async () => {
  for (const inRun of [false, true]) {
    const seen: string[][] = []
    const processor = (): Any => {
      let store: VersionedKeyValueStore<string, string>
      return {
        init: (context: Context) => void (store = context.getStateStore('v')),
        async process({ value, timestamp }: StreamRecord<string, string>) {
          const versions: string[] = []
          for await (const version of store.versions('k')) versions.push(version.value)
          seen.push(versions)
          void store.put('k', value === 'large' ? 'x'.repeat(1_200_000) : value, timestamp)
          if (value === 'bad') throw new Error('bad')
        },
      }
    }
    const topology = new Topology()
      .addSource('in', 'in', texts)
      .addProcessor('p', processor, 'in')
      .addStateStore(versionedKeyValueStore({ name: 'v', ...texts, historyRetentionMs: Infinity }), 'p')
    const driver = await TopologyTestDriver.open(topology)
    const records = ['first', 'late', 'bad', 'large', 'last'].map((value, at) => ({ key: 'k', value, timestamp: 100 - at }))
    if (inRun) await driver.pipeBatch('in', records)
    else for (const record of records) await driver.pipe('in', record)
    assert.equal(seen.at(-1), ['late', 'first'])
    assert.equal(
      driver.read(letters).map(letter => header(letter, 'sluice.error.code')),
      ['PROCESSING_FAILED', 'RECORD_TOO_LARGE'],
    )
    await driver.close()
  }
})

odd('stream time is that of the records up to the present one, also in a run', async () => {
  for (const inRun of [false, true]) {
    const topology = chain(texts, {
      each: (record, context) =>
        record.value === 'bad'
          ? Promise.reject(new Error('bad'))
          : context.forward({ ...good(record), value: Buffer.from(String(context.streamTime)) }),
    })
    const driver = await TopologyTestDriver.open(topology)
    const records = [10, 5, 30, 20, 40].map((timestamp, at) => ({ key: 'k', value: at === 3 ? 'bad' : 'x', timestamp }))
    if (inRun) await driver.pipeBatch('in', records)
    else for (const record of records) await driver.pipe('in', record)
    assert.equal(valuesOf(driver.read('out')), ['10', '10', '30', '40'])
    await driver.close()
  }
})

odd('schedules and cancellations of a failing record are rolled back', async () => {
  for (const inRun of [false, true]) {
    let ticks = 0
    let kept = 0
    const scheduled = chain(texts, {
      each: (record, context) => {
        const every = context.schedule(1000, 'wall-clock', () => void (record.value === 'a' ? kept++ : ticks++))
        if (record.value === 'b') every.cancel()
        if (record.value === 'bad') throw new Error('bad')
      },
    })
    const driver = await TopologyTestDriver.open(scheduled)
    const records = ['a', 'bad', 'b'].map(value => ({ key: 'k', value }))
    if (inRun) await driver.pipeBatch('in', records)
    else for (const record of records) await driver.pipe('in', record)
    await driver.advanceWallClockTime(1500)
    assert.equal([kept, ticks], [1, 0])
    await driver.close()
  }
})

const late = suite('odd uses of finishLater')

const finishing = (finish: (record: Any, context: Context) => unknown, work = () => Promise.resolve()): Node => ({
  each: (record, context) =>
    record.value === 'bad' ? context.finishLater(work(), () => finish(record, context) as void) : context.forward(good(record)),
})

late('a deferred record without its origin: the input waits, and has the dead letter', () =>
  piped(
    () =>
      chain(
        texts,
        { each: ({ key, value, timestamp }, context) => context.forward({ key, value, timestamp } as Any) },
        finishing(
          () => undefined,
          () => Promise.reject(new Error('late')),
        ),
      ),
    ['a', 'bad', 'b'],
    came => assert.is(header(oneLetter(came), 'sluice.error.message'), 'late'),
  ),
)
for (const [what, finish] of Object.entries<(record: Any, context: Context) => unknown>({
  'an asynchronous end': () => Promise.reject(new Error('asynchronous')),
  'an end that forwards': (record, context) => context.forward(good(record)),
  'an end that asks for a dead letter': (record, context) => context.deadLetter({ ...record, source: undefined }, Object.create(null)),
}))
  late(`${what} is a dead letter`, () =>
    piped(
      () => chain(texts, finishing(finish)),
      ['a', 'bad', 'b'],
      came => assert.is(header(oneLetter(came), 'sluice.error.code'), 'PROCESSING_FAILED'),
    ),
  )

const driver = suite('dead-letter topics of the test driver')

driver('accept as much as the topics that an application creates', async () => {
  const driver = await TopologyTestDriver.open(
    chain(bytes, {
      each: () => {
        throw new Error('bad')
      },
    }),
  )
  const value = Buffer.alloc(1_500_000)
  await driver.pipe('in', { value })
  assert.is(driver.read(letters)[0]?.value?.length, value.length)
  await driver.close()
})

driver('are refused if their limits are too small', async () => {
  for (const configs of [{ 'max.message.bytes': 100 }, { 'max.message.bytes': 300, 'cleanup.policy': 'compact' }])
    try {
      await TopologyTestDriver.open(chain(texts, { each: () => undefined }), { topicConfigs: { [letters]: configs } })
      assert.unreachable('it was opened')
    } catch (error) {
      assert.is((error as { code?: unknown }).code, 'TOPIC_MISMATCH')
    }
})

odd.run()
late.run()
driver.run()
