import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nextTurn } from '../../../base/index.ts'
import { stringSerde } from '../../../records/serde.ts'
import { keyValueStore, versionedKeyValueStore, type KeyValueStore, type VersionedKeyValueStore } from '../../../stores/index.ts'
import {
  Topology,
  TopologyTestDriver,
  type OutputRecord,
  type Processor,
  type ProcessorContext,
  type StreamRecord,
} from '../../../topology/index.ts'

type Texts = StreamRecord<string, string>
type Context = ProcessorContext<string, string>

const texts = { key: stringSerde, value: stringSerde }
const letters = TopologyTestDriver.deadLetterTopic
const valuesOf = (records: readonly OutputRecord[]): string[] => records.map(({ value }) => Buffer.from(value ?? []).toString())
const header = (record: OutputRecord | undefined, name: string): string => String(record?.headers?.[name] ?? '')

async function withDriver(topology: Topology, use: (driver: TopologyTestDriver) => Promise<void>): Promise<void> {
  const driver = await TopologyTestDriver.open(topology)
  try {
    await use(driver)
  } finally {
    await driver.close()
  }
}

/** Counts in both of its ways; fails on "bad" after it has done all the rest, and, if told to, on any batch. */
class Counter implements Processor<string, string, string, string> {
  readonly #store: string
  readonly #failBatches: boolean
  #context!: Context
  #counts!: KeyValueStore<string, string>

  constructor(store: string, failBatches: boolean) {
    this.#store = store
    this.#failBatches = failBatches
  }

  init(context: Context): void {
    this.#context = context
    this.#counts = context.getStateStore(this.#store)
  }

  async process(record: Texts): Promise<void> {
    await this.#count(record)
    if (record.value.startsWith('bad')) throw new Error('bad')
  }

  async processBatch(records: readonly Texts[]): Promise<void> {
    for (const record of records) await this.#count(record)
    if (this.#failBatches || records.some(({ value }) => value.startsWith('bad'))) throw new Error('the batch as a whole')
  }

  async #count(record: Texts): Promise<void> {
    const count = Number(this.#counts.get(record.key) ?? 0) + 1
    this.#counts.put(record.key, String(count))
    this.#counts.delete(`not ${record.key}`)
    await this.#context.forwardBatch([{ ...record, value: `${record.value} ${count}` }])
  }
}

/** `in` → counters one after the other, each with its own store → `out`. */
const chain = (...failBatches: readonly boolean[]): Topology => {
  const topology = new Topology().addSource('in', 'in', texts)
  failBatches.forEach((fail, at) => {
    topology.addProcessor(`p${at}`, () => new Counter(`s${at}`, fail), at === 0 ? 'in' : `p${at - 1}`)
    topology.addStateStore(keyValueStore({ name: `s${at}`, ...texts }), `p${at}`)
  })
  return topology.addSink('out', 'out', texts, `p${failBatches.length - 1}`)
}

const unit = suite('a record is processed completely or not at all')

const piped = ['x', 'bad', 'y', 'z', 'bad too', 'w'].map(value => ({ key: 'k', value }))
for (const [name, failBatches] of [
  ['a batch that fails on some records', [false]],
  ['a batch that always fails', [true]],
  ['the second of two', [false, true]],
  ['the first of two', [true, false]],
  ['three, all of them', [true, true, true]],
] as const) {
  unit(`${name}: the result equals that of single records`, async () => {
    const outcome = async (batch: boolean): Promise<unknown> => {
      let found: unknown
      await withDriver(chain(...failBatches), async driver => {
        driver.getStateStore<KeyValueStore<string, string>>('s0')?.put('not k', 'there before')
        if (batch) await driver.pipeBatch('in', piped)
        else for (const record of piped) await driver.pipe('in', record)
        const counts = failBatches.map((_, at) => driver.getStateStore<KeyValueStore<string, string>>(`s${at}`)?.get('k'))
        const tombstone = driver.getStateStore<KeyValueStore<string, string>>('s0')?.get('not k')
        found = { out: valuesOf(driver.read('out')), letters: valuesOf(driver.read(letters)), counts, tombstone }
      })
      return found
    }
    const ones = failBatches.map((_, at) => at)
    const out = ['x', 'y', 'z', 'w'].map((value, at) => [value, ...ones.map(() => at + 1)].join(' '))
    const expected = { out, letters: ['bad', 'bad too'], counts: ones.map(() => '4'), tombstone: undefined }
    assert.equal(await outcome(false), expected)
    assert.equal(await outcome(true), expected)
  })
}

for (const waits of [false, true]) {
  unit(
    `records that come one by one are processed twice at most, however many of their run fail${waits ? ', also where they take time' : ''}`,
    () => {
      let calls = 0
      const processor = (): Processor<string, string, string, string> => {
        let context: Context
        const each = (record: Texts): void => {
          calls++
          void context.forwardBatch([record])
          if (record.value.startsWith('bad')) throw new Error('bad')
        }
        return { init: given => void (context = given), process: record => (waits ? nextTurn().then(() => each(record)) : each(record)) }
      }
      const topology = new Topology().addSource('in', 'in', texts).addProcessor('p', processor, 'in').addSink('out', 'out', texts, 'p')
      const values = Array.from({ length: 300 }, (_none, at) => `${at % 3 > 0 || at > 250 ? 'bad' : 'good'} ${at}`)
      return withDriver(topology, async driver => {
        await driver.pipeBatch(
          'in',
          values.map(value => ({ key: 'k', value })),
        )
        assert.equal(
          valuesOf(driver.read('out')),
          values.filter(value => value.startsWith('good')),
        )
        assert.equal(
          valuesOf(driver.read(letters)),
          values.filter(value => value.startsWith('bad')),
        )
        assert.ok(calls <= 2 * values.length, `${calls} calls for ${values.length} records`)
      })
    },
  )
}

unit('an input that fails in one branch has no effect in another', () => {
  const topology = chain(false)
    .addProcessor('other', () => new Counter('other', false), 'in')
    .addStateStore(keyValueStore({ name: 'other', ...texts }), 'other')
    .addProcessor(
      'picky',
      () => ({
        process(record: Texts) {
          if (record.value.startsWith('b')) throw new Error('no b')
        },
      }),
      'other',
    )
  return withDriver(topology, async driver => {
    await driver.pipeBatch('in', [
      { key: 'k', value: 'a' },
      { key: 'k', value: 'b' },
      { key: 'k', value: 'c' },
    ])
    assert.equal(valuesOf(driver.read('out')), ['a 1', 'c 2'])
    assert.equal(valuesOf(driver.read(letters)), ['b'])
    assert.is(driver.getStateStore<KeyValueStore<string, string>>('other')?.get('k'), '2')
  })
})

unit('dead letters of a processor are not doubled if its batch fails', () => {
  const processor = (): Processor<string, string, string, string> => {
    let context: Context
    const each = (record: Texts): void => {
      if (record.value === 'told') context.deadLetter(record, new Error('told so'))
      if (record.value === 'bad') throw new Error('bad')
    }
    return { init: given => void (context = given), process: each, processBatch: records => records.forEach(each) }
  }
  return withDriver(new Topology().addSource('in', 'in', texts).addProcessor('p', processor, 'in'), async driver => {
    await driver.pipeBatch(
      'in',
      ['told', 'a', 'bad', 'told'].map(value => ({ value })),
    )
    assert.equal(valuesOf(driver.read(letters)).sort(), ['bad', 'told', 'told'])
  })
})

unit('versions, their times and dropped late writes are rolled back', () => {
  const processor = (): Processor<string, string, string, string> => {
    let store: VersionedKeyValueStore<string, string>
    return {
      init: given => void (store = given.getStateStore('v')),
      async process(record) {
        await store.put(record.key, record.value, record.timestamp)
        if (record.value === 'bad') throw new Error('bad')
      },
    }
  }
  const topology = new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('p', processor, 'in')
    .addStateStore(versionedKeyValueStore({ name: 'v', ...texts, historyRetentionMs: 100 }), 'p')
  return withDriver(topology, async driver => {
    await driver.pipeBatch('in', [
      { key: 'k', value: 'a', timestamp: 1000 },
      { key: 'k', value: 'b', timestamp: 1050 },
      { key: 'k', value: 'bad', timestamp: 1_000_000 },
      { key: 'k', value: 'bad', timestamp: 1020 },
      { key: 'k', value: 'late', timestamp: 1010 },
    ])
    const store = driver.getStateStore<VersionedKeyValueStore<string, string>>('v')
    assert.equal(store?.get('k'), { value: 'b', timestamp: 1050 })
    const versions: string[] = []
    for await (const { value, timestamp, validTo } of store?.versions('k') ?? []) versions.push(`${value} ${timestamp} ${validTo}`)
    assert.equal(versions, ['a 1000 1010', 'late 1010 1050', 'b 1050 undefined'])
    assert.is(driver.read(letters).length, 2)
  })
})

unit('a deferred record finishes once, and not if the record has failed', () => {
  const finished: string[] = []
  const dropped: string[] = []
  const later = (): Processor<string, string, string, string> => {
    let context: Context
    let store: KeyValueStore<string, string>
    return {
      init(given) {
        context = given
        store = given.getStateStore('s')
      },
      process(record) {
        context.finishLater(
          Promise.resolve(record.value),
          value => {
            finished.push(value)
            store.put(value, 'finished')
            if (value === 'late') throw new Error('at its end')
          },
          () => dropped.push(record.value),
        )
        if (record.value === 'bad') throw new Error('bad')
      },
    }
  }
  const topology = new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('batch', () => new Counter('counts', true), 'in')
    .addStateStore(keyValueStore({ name: 'counts', ...texts }), 'batch')
    .addProcessor('later', later, 'in')
    .addStateStore(keyValueStore({ name: 's', ...texts }), 'later')
  return withDriver(topology, async driver => {
    await driver.pipeBatch(
      'in',
      ['a', 'bad', 'late', 'b'].map(value => ({ key: 'k', value })),
    )
    assert.equal(finished, ['a', 'late', 'b'])
    assert.is(
      dropped.filter(value => value === 'a').length > 0 && dropped.includes('bad'),
      true,
      'a run that failed was processed again in parts',
    )
    assert.equal(valuesOf(driver.read(letters)), ['bad', 'late'])
    const store = driver.getStateStore<KeyValueStore<string, string>>('s')
    assert.equal(
      ['a', 'b', 'bad', 'late'].map(key => store?.get(key)),
      ['finished', 'finished', undefined, 'finished'],
    )
  })
})

unit('an error that is not caused by a record has no effects', () =>
  withDriver(chain(false), async driver => {
    const store = driver.getStateStore<KeyValueStore<string, string>>('s0') as KeyValueStore<string, string>
    const get = store.get.bind(store)
    Object.assign(store, {
      get(key: string) {
        if (key === 'broken') throw Object.assign(new Error('the store is broken'), { code: 'x' })
        return get(key)
      },
    })
    await driver.pipeBatch('in', [
      { key: 'k', value: 'a' },
      { key: 'broken', value: 'a' },
    ])
    assert.is(get('k'), '1')
  }),
)

unit.run()

const punctuations = suite('a punctuation that fails')

/** Every second it writes and forwards: `forwards` says what. */
const ticking = (forwards: (context: Context) => void | Promise<void>, throws?: Error): Topology => {
  const ticker = (): Processor<string, string, string, string> => {
    let store: KeyValueStore<string, string>
    return {
      init(context) {
        store = context.getStateStore('ticks')
        context.schedule(1000, 'wall-clock', async () => {
          store.put('ticks', String(Number(store.get('ticks') ?? 0) + 1))
          await forwards(context)
          if (throws !== undefined) throw throws
        })
      },
      process: () => undefined,
    }
  }
  const picky = (): Processor<string, string, string, string> => {
    let context: Context
    return {
      init: given => void (context = given),
      process(record) {
        if (record.value === 'bad') throw new Error(`downstream: ${record.value}`)
        return context.forward(record)
      },
    }
  }
  return new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('ticker', ticker, 'in')
    .addStateStore(keyValueStore({ name: 'ticks', ...texts }), 'ticker')
    .addProcessor('picky', picky, 'ticker')
    .addSink('out', 'out', texts, 'picky')
}
const made = (value: string, more: object = {}): Texts => ({ key: 'k', value, timestamp: 5, ...more }) as unknown as Texts
const both =
  (second: Texts) =>
  async (context: Context): Promise<void> => {
    await context.forward(made('good'))
    await context.forward(second)
  }

for (const [name, topology, code] of [
  ['in what it forwarded', ticking(both(made('bad'))), 'PROCESSING_FAILED'],
  ['in a sink', ticking(both(made('x', { timestamp: 1.5 }))), 'TIMESTAMP_INVALID'],
  ['in what it forwarded of an input', ticking(both(made('bad', { topic: 'in', partition: 0, offset: 3 }))), 'PROCESSING_FAILED'],
  ['by itself', ticking(both(made('good')), new TypeError('no ticks')), 'PROCESSING_FAILED'],
] as const) {
  punctuations(`${name}: one dead letter without key and value, and no other effect; the next punctuator runs`, () =>
    withDriver(topology, async driver => {
      for (let tick = 1; tick <= 2; tick++) {
        await driver.advanceWallClockTime(1500)
        assert.equal(driver.read('out'), [])
        const [letter, ...rest] = driver.read(letters)
        assert.is(rest.length, 0)
        assert.equal([letter?.key, letter?.value], [null, null])
        assert.is(header(letter, 'sluice.error.code'), code)
        assert.match(header(letter, 'sluice.error.message'), /punctuation of processor "ticker"/)
        assert.is(letter?.headers?.['sluice.source.topic'], undefined)
        assert.is(driver.getStateStore<KeyValueStore<string, string>>('ticks')?.get('ticks'), undefined)
      }
      await driver.pipe('in', { value: 'x' })
    }),
  )
}

punctuations('a punctuation that does not fail keeps its effects', () =>
  withDriver(ticking(both(made('better'))), async driver => {
    await driver.advanceWallClockTime(1500)
    assert.equal(valuesOf(driver.read('out')), ['good', 'better'])
    assert.is(driver.getStateStore<KeyValueStore<string, string>>('ticks')?.get('ticks'), '1')
  }),
)

punctuations.run()

const attempts = suite('records that a processor has kept, in attempts')

interface Attempting {
  /** Called with the kept records before they are forwarded. */
  readonly first?: (records: readonly Texts[]) => void
  /** Whether the kept records are looked through while "now" is processed, and not every second. */
  readonly inRun?: boolean
}

/** Keeps all records but "now", which it forwards. Notes in its store what it has passed on; the node behind it fails on "bad". */
const keeping = ({ first, inRun = false }: Attempting = {}): Topology => {
  const keeper = (): Processor<string, string, string, string> => {
    const kept: Texts[] = []
    let [context, store]: [Context?, KeyValueStore<string, string>?] = []
    const pass = async (): Promise<void> => {
      await context?.attempt(kept, async records => {
        store?.put('calls', `${store.get('calls') ?? ''}${records.length} `)
        first?.(records)
        for (const record of records) {
          store?.put(record.value, 'passed')
          await context?.forward(record)
        }
      })
      kept.length = 0
    }
    return {
      init(given) {
        context = given
        store = given.getStateStore('ticks')
        if (!inRun) given.schedule(1000, 'wall-clock', pass)
      },
      async process(record) {
        if (record.value !== 'now') kept.push(record)
        else {
          if (inRun) await pass()
          await context?.forward(record)
        }
      },
    }
  }
  const picky = (): Processor<string, string, string, string> => {
    let context: Context
    return {
      init: given => void (context = given),
      async process(record) {
        await context.forward(record)
        if (record.value.startsWith('bad')) throw new Error(`downstream: ${record.value}`)
      },
    }
  }
  return new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('keeper', keeper, 'in')
    .addStateStore(keyValueStore({ name: 'ticks', ...texts }), 'keeper')
    .addProcessor('picky', picky, 'keeper')
    .addSink('out', 'out', texts, 'picky')
}
const pipe = async (driver: TopologyTestDriver, ...values: readonly string[]): Promise<void> => {
  for (const value of values) await driver.pipe('in', { key: 'k', value })
}
const placed = (driver: TopologyTestDriver): unknown[] =>
  driver
    .read(letters)
    .map(letter => [
      ...['topic', 'partition', 'offset'].map(name => header(letter, `sluice.source.${name}`)),
      header(letter, 'sluice.error.message'),
      String(letter.value),
    ])
const downstream = (offset: number, value: string): unknown => ['in', '0', String(offset), `downstream: ${value}`, value]
const stored = (driver: TopologyTestDriver, key: string): string | undefined =>
  driver.getStateStore<KeyValueStore<string, string>>('ticks')?.get(key)

attempts(
  'in a punctuation: each failing one is a dead letter of its own, in order, and leaves nothing; the others are passed on once',
  () =>
    withDriver(keeping(), async driver => {
      await pipe(driver, 'a', 'bad1', 'b', 'c', 'bad2')
      await driver.advanceWallClockTime(1500)
      assert.equal(valuesOf(driver.read('out')), ['a', 'b', 'c'])
      assert.equal(placed(driver), [downstream(1, 'bad1'), downstream(4, 'bad2')])
      assert.equal(
        ['a', 'bad1', 'b', 'c', 'bad2'].map(value => stored(driver, value)),
        ['passed', undefined, 'passed', 'passed', undefined],
      )
      assert.is(stored(driver, 'calls'), '1 1 1 ')
      await driver.advanceWallClockTime(1500)
      assert.equal([driver.read('out'), driver.read(letters)], [[], []])
    }),
)

attempts('none fails: they are given once, all together', () =>
  withDriver(keeping(), async driver => {
    await pipe(driver, 'a', 'b', 'c')
    await driver.advanceWallClockTime(1500)
    assert.equal([valuesOf(driver.read('out')), stored(driver, 'calls'), driver.read(letters)], [['a', 'b', 'c'], '3 ', []])
  }),
)

attempts('while another record is processed: that one does not fail with them, alone and in a run', async () => {
  await withDriver(keeping({ inRun: true }), async driver => {
    await pipe(driver, 'a', 'bad1', 'now')
    assert.equal([valuesOf(driver.read('out')), placed(driver)], [['a', 'now'], [downstream(1, 'bad1')]])
  })
  await withDriver(keeping({ inRun: true }), async driver => {
    await driver.pipeBatch(
      'in',
      ['bad1', 'a', 'now', 'b'].map(value => ({ key: 'k', value })),
    )
    assert.equal([valuesOf(driver.read('out')), placed(driver)], [['a', 'now'], [downstream(0, 'bad1')]])
  })
})

attempts('the work itself throws', () =>
  withDriver(
    keeping({
      first: ([record]) => {
        if (record?.value === 'thrown') throw new TypeError('no work')
      },
    }),
    async driver => {
      await pipe(driver, 'thrown', 'a')
      await driver.advanceWallClockTime(1500)
      assert.equal([valuesOf(driver.read('out')), placed(driver)], [['a'], [['in', '0', '0', 'no work', 'thrown']]])
    },
  ),
)

attempts('outside of a unit of work it is refused', async () => {
  let refused: Promise<unknown> = Promise.resolve()
  const topology = new Topology()
    .addSource('in', 'in', texts)
    .addProcessor(
      'early',
      () => ({
        init(context: Context) {
          refused = context.attempt([made('x')], () => undefined).catch((error: unknown) => error)
        },
        process: () => undefined,
      }),
      'in',
    )
    .addSink('out', 'out', texts, 'early')
  await withDriver(topology, async () => {
    assert.match(String(await refused), /attempt was called outside of process, processBatch and punctuations/)
  })
})

/** Forwards all but "kept" without awaiting, and then looks through what it kept; the node behind it fails on "bad", a while later. */
const hasty = (pass: (context: Context, kept: readonly Texts[]) => Promise<unknown>): Topology => {
  const keeper = (): Processor<string, string, string, string> => {
    const kept: Texts[] = []
    let context: Context
    return {
      init: given => void (context = given),
      async process(record) {
        if (record.value.startsWith('kept')) kept.push(record)
        else {
          void context.forward(record)
          await pass(context, kept.splice(0))
        }
      },
    }
  }
  const slow = (): Processor<string, string, string, string> => {
    let context: Context
    return {
      init: given => void (context = given),
      async process(record) {
        await nextTurn()
        await context.forward(record)
        await nextTurn()
        if (record.value.includes('bad')) throw new Error(`downstream: ${record.value}`)
      },
    }
  }
  return new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('keeper', keeper, 'in')
    .addProcessor('slow', slow, 'keeper')
    .addSink('out', 'out', texts, 'slow')
}

attempts('what was forwarded before is not undone with them, nor are they blamed for it', async () => {
  const pass = (context: Context, kept: readonly Texts[]): Promise<void> =>
    context.attempt(kept, async records => {
      for (const record of records) await context.forward(record)
    })
  await withDriver(hasty(pass), async driver => {
    await pipe(driver, 'kept 1', 'kept bad', 'now')
    assert.equal([valuesOf(driver.read('out')), placed(driver)], [['now', 'kept 1'], [downstream(1, 'kept bad')]])
    await pipe(driver, 'kept 2', 'bad now')
    // The current record fails, and all with it.
    assert.equal([valuesOf(driver.read('out')), placed(driver)], [[], [downstream(4, 'bad now')]])
  })
})

attempts('what their work forwards without awaiting it belongs to it', async () => {
  const pass = (context: Context, kept: readonly Texts[]): Promise<void> =>
    context.attempt(kept, records => records.forEach(record => void context.forward(record)))
  await withDriver(hasty(pass), async driver => {
    await pipe(driver, 'kept 1', 'kept bad', 'kept 2', 'now')
    assert.equal([valuesOf(driver.read('out')), placed(driver)], [['now', 'kept 1', 'kept 2'], [downstream(1, 'kept bad')]])
  })
})

attempts('two at once are refused: what the one did would be undone with the other', async () => {
  const pass = (context: Context, kept: readonly Texts[]): Promise<unknown> =>
    Promise.all(
      kept.map(one =>
        context.attempt([one], async records => {
          for (const record of records) await context.forward(record)
        }),
      ),
    )
  await withDriver(hasty(pass), async driver => {
    const refused = await pipe(driver, 'kept bad', 'kept 1', 'now').then(
      () => '',
      (error: unknown) => String(error),
    )
    assert.match(refused, /"keeper" called attempt before its last attempt had ended/)
    assert.equal([driver.read('out'), driver.read(letters)], [[], []])
  })
})

attempts.run()
