import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesSerde, jsonSerde, stringSerde } from '../../records/serde.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { keyValueStore, type KeyValueStore, type VersionedKeyValueStore } from '../../stores/index.ts'
import { createTopology as createVersioned } from '../kafka/versioned-topology.ts'
import {
  Topology,
  TopologyTestDriver,
  type OutputRecord,
  type Processor,
  type ProcessorContext,
  type StreamRecord,
} from '../../topology/index.ts'

const texts = { key: stringSerde, value: stringSerde }
const shown = ({ key, value }: OutputRecord): string => `${Buffer.from(key ?? []).toString()}=${Buffer.from(value ?? []).toString()}`

async function withDriver(topology: Topology, use: (driver: TopologyTestDriver) => Promise<void>): Promise<void> {
  const driver = await TopologyTestDriver.open(topology)
  try {
    await use(driver)
  } finally {
    await driver.close()
  }
}

/** Counts words in a store; forwards the count; can be told to fail. */
class Counter implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>
  #store!: KeyValueStore<string, number>

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#store = context.getStateStore('counts')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    if (record.value === 'bad') throw new Error('this one is bad')
    if (record.value === 'broken store') throw new SluiceError('STORE_CORRUPT', 'the store is broken')
    const count = (this.#store.get(record.key) ?? 0) + 1
    this.#store.put(record.key, count)
    return this.#context.forward({ ...record, value: String(count) })
  }
}

const number = {
  serialize: (value: number) => Buffer.from(String(value)),
  deserialize: (bytes: Uint8Array) => Number(Buffer.from(bytes).toString()),
}
const counting = (): Topology =>
  new Topology()
    .addSource('in', 'words', texts)
    .addProcessor('counter', () => new Counter(), 'in')
    .addStateStore(keyValueStore({ name: 'counts', key: stringSerde, value: number }), 'counter')
    .addSink('out', 'counts-out', texts, 'counter')

const driver = suite('TopologyTestDriver')

driver('runs records through processors and stores', () =>
  withDriver(counting(), async running => {
    for (const key of ['a', 'b', 'a']) await running.pipe('words', { key, value: 'x' })
    assert.equal(running.read('counts-out').map(shown), ['a=1', 'b=1', 'a=2'])
    assert.equal(running.read('counts-out'), [])
    assert.is(running.getStateStore<KeyValueStore<string, number>>('counts')?.get('a'), 2)
  }),
)

driver('a versioned store returns the value that was valid at the time of each record, in any order', () =>
  withDriver(createVersioned({ settings: 'settings', readings: 'readings', out: 'out' }), async running => {
    const minute = 60_000
    const reading = async (at: number): Promise<string> => {
      await running.pipe('readings', { key: 'k', value: String(at), timestamp: at * minute })
      return running.read('out').map(shown).join()
    }
    await running.pipe('settings', { key: 'k', value: 'warm', timestamp: 10 * minute })
    await running.pipe('settings', { key: 'k', value: 'hot', timestamp: 20 * minute })
    assert.equal([await reading(9), await reading(15), await reading(25)], ['k=9: none', 'k=15: warm', 'k=25: hot'])
    await running.pipe('settings', { key: 'k', value: 'late', timestamp: 12 * minute })
    await running.pipe('settings', { key: 'k', value: null, timestamp: 15 * minute })
    assert.equal([await reading(12), await reading(15), await reading(20)], ['k=12: late', 'k=15: none', 'k=20: hot'])
    await running.commit()
    const store = running.getStateStore<VersionedKeyValueStore<string, string>>('settings')
    assert.equal(await store?.queryVersions?.('k', { from: 12 * minute, to: 16 * minute }), [
      { value: 'late', timestamp: 12 * minute, validTo: 15 * minute },
    ])
  }),
)

driver('a record on which a processor throws becomes a dead letter with cause and origin, and processing continues', () =>
  withDriver(counting(), async running => {
    await running.pipe('words', { key: 'a', value: 'x' })
    await running.pipe('words', { key: 'a', value: 'bad', timestamp: 7, headers: { trace: 'abc' } })
    await running.pipe('words', { key: 'a', value: 'x' })
    assert.equal(running.read('counts-out').map(shown), ['a=1', 'a=2'])
    const [letter, ...rest] = running.read(TopologyTestDriver.deadLetterTopic)
    assert.is(rest.length, 0)
    assert.is(shown(letter as OutputRecord), 'a=bad')
    assert.equal(letter?.headers, {
      trace: 'abc',
      'sluice.error.code': 'PROCESSING_FAILED',
      'sluice.error.message': 'this one is bad',
      'sluice.source.topic': 'words',
      'sluice.source.partition': '0',
      'sluice.source.offset': '1',
      'sluice.source.timestamp': '7',
      'sluice.task': '0_0',
    })
  }),
)

driver('an error of the store makes no dead letter of the record', () =>
  withDriver(counting(), async running => {
    try {
      await running.pipe('words', { key: 'a', value: 'broken store' })
      assert.unreachable()
    } catch (error) {
      assert.is((error as SluiceError).code, 'STORE_CORRUPT')
    }
    assert.equal(running.read(TopologyTestDriver.deadLetterTopic), [])
  }),
)

driver('bytes that the source cannot decode become a dead letter with these bytes', () => {
  const topology = new Topology()
    .addSource('in', 'i', { key: bytesSerde, value: jsonSerde() })
    .addSink('out', 'o', { key: bytesSerde, value: jsonSerde() }, 'in')
  return withDriver(topology, async running => {
    await running.pipeBatch('i', [{ value: '{"a":1}' }, { value: '{"a":' }, { value: '2' }])
    assert.equal(running.read('o').map(shown), ['={"a":1}', '=2'])
    const [letter] = running.read(TopologyTestDriver.deadLetterTopic)
    assert.is(shown(letter as OutputRecord), '={"a":')
    assert.is(letter?.headers?.['sluice.error.code'], 'RECORD_UNDECODABLE')
    assert.is(letter?.headers?.['sluice.source.offset'], '1')
  })
})

driver('a record that the sink cannot encode becomes a dead letter', () => {
  const picky = {
    serialize: (value: string) => Buffer.from(value, value === 'no' ? ('none' as BufferEncoding) : 'utf8'),
    deserialize: stringSerde.deserialize.bind(stringSerde),
  }
  const topology = new Topology().addSource('in', 'i', texts).addSink('out', 'o', { key: stringSerde, value: picky }, 'in')
  return withDriver(topology, async running => {
    for (const value of ['yes', 'no', 'yes']) await running.pipe('i', { value })
    assert.is(running.read('o').length, 2)
    assert.is(running.read(TopologyTestDriver.deadLetterTopic).length, 1)
  })
})

driver('forwards to all children in order, or to the named one; an unknown child is an error of the topology', () => {
  const router = (): Processor<string, string, string, string> => {
    let context: ProcessorContext<string, string>
    return {
      init: given => void (context = given),
      process: record => context.forward(record, record.key === 'all' ? undefined : record.key),
    }
  }
  const topology = new Topology()
    .addSource('in', 'i', texts)
    .addProcessor('router', router, 'in')
    .addSink('left', 'l', texts, 'router')
    .addSink('right', 'r', texts, 'router')
  return withDriver(topology, async running => {
    for (const key of ['all', 'left', 'right']) await running.pipe('i', { key, value: 'v' })
    assert.equal(running.read('l').map(shown), ['all=v', 'left=v'])
    assert.equal(running.read('r').map(shown), ['all=v', 'right=v'])
    try {
      await running.pipe('i', { key: 'middle', value: 'v' })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /no child "middle"; it has: left, right/)
    }
  })
})

driver('one sub-topology reads the output of another', () => {
  const topology = new Topology()
    .addSource('a', 'first', texts)
    .addSink('b', 'middle', texts, 'a')
    .addSource('c', 'middle', texts)
    .addSink('d', 'last', texts, 'c')
  return withDriver(topology, async running => {
    await running.pipe('first', { key: 'k', value: 'v' })
    assert.equal(running.read('last').map(shown), ['k=v'])
  })
})

driver('punctuations run by stream time and by the wall clock, until they are cancelled', () => {
  const ticks: string[] = []
  const topology = new Topology().addSource('in', 'i', texts).addProcessor(
    'ticker',
    () => ({
      init(context) {
        context.schedule(10, 'stream-time', time => void ticks.push(`stream ${time}`))
        const clock = context.schedule(1000, 'wall-clock', () => {
          ticks.push('clock')
          clock.cancel()
        })
      },
      process() {},
    }),
    'in',
  )
  return withDriver(topology, async running => {
    for (const timestamp of [100, 105, 110, 139, 140]) await running.pipe('i', { value: 'v', timestamp })
    assert.equal(ticks, ['stream 110', 'stream 139', 'stream 140'])
    await running.advanceWallClockTime(1500)
    await running.advanceWallClockTime(1500)
    assert.equal(ticks.slice(3), ['clock'])
  })
})

driver('a store that is not connected cannot be used', async () => {
  const topology = new Topology()
    .addSource('in', 'i', texts)
    .addProcessor('owner', () => ({ process() {} }), 'in')
    .addProcessor('stranger', () => ({ init: context => void context.getStateStore('s'), process() {} }), 'in')
    .addStateStore(keyValueStore({ name: 's', key: stringSerde, value: stringSerde }), 'owner')
  try {
    await TopologyTestDriver.open(topology)
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /"stranger" is not connected to store "s"/)
  }
})

/** Answers each question with the count of its key, as the global store has it. */
class Reader implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>
  #store!: KeyValueStore<string, number>

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#store = context.getStateStore('counts')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    return this.#context.forward({ ...record, value: String(this.#store.get(record.key)) })
  }
}

driver('a global store has the writes of its own sub-topology at once', async () => {
  const topology = counting()
    .addSource('questions', 'questions', texts)
    .addProcessor('reader', () => new Reader(), 'questions')
    .addGlobalStore('counts', 'reader')
    .addSink('answers', 'answers', texts, 'reader')
  await withDriver(topology, async running => {
    await running.pipe('questions', { key: 'a', value: '?' })
    for (const key of ['a', 'b', 'a']) await running.pipe('words', { key, value: 'x' })
    for (const key of ['a', 'b']) await running.pipe('questions', { key, value: '?' })
    assert.equal(running.read('answers').map(shown), ['a=undefined', 'a=2', 'b=1'])
    assert.is(running.getStateStore<KeyValueStore<string, number>>('counts')?.get('a'), 2)
  })
})

driver('the output of a sink is read decoded with serdes, and as bytes without', () => {
  const topology = new Topology()
    .addSource('in', 'i', { key: stringSerde, value: jsonSerde<{ readonly a: number }>() })
    .addSink('out', 'o', { key: stringSerde, value: jsonSerde() }, 'in')
  return withDriver(topology, async running => {
    const records = [{ key: 'k', value: '{"a":1}' }, { key: 'k', value: null }, { value: '{"a":2}' }]
    await running.pipeBatch('i', records)
    const decoded = running.read('o', { key: stringSerde, value: jsonSerde<{ readonly a: number }>() })
    assert.equal(
      decoded.map(({ key, value }) => [key, value?.a]),
      [
        ['k', 1],
        ['k', undefined],
        [null, 2],
      ],
    )
    assert.equal(running.read('o', { key: stringSerde }), [])
    await running.pipeBatch('i', records)
    assert.equal(
      running.read('o', { key: stringSerde }).map(({ key, value }) => [key, value === null ? null : Buffer.from(value).toString()]),
      [
        ['k', '{"a":1}'],
        ['k', null],
        [null, '{"a":2}'],
      ],
    )
  })
})

driver('a value without JSON text is refused', () => {
  assert.throws(
    () => jsonSerde().serialize(undefined),
    (error: unknown) => (error as SluiceError).code === 'PROCESSING_FAILED',
  )
  return Promise.resolve()
})

driver.run()

const batches = suite('processBatch')

/** Sums up; in batches it can fail as a whole. */
const summer = (failBatch: boolean) => (): Processor<string, string, string, string> => {
  let context: ProcessorContext<string, string>
  return {
    init: given => void (context = given),
    process(record) {
      if (record.value === 'bad') throw new Error('bad')
      return context.forward({ ...record, value: `one ${record.value}` })
    },
    async processBatch(records) {
      await context.forwardBatch(records.map(record => ({ ...record, value: `many ${record.value}` })))
      if (failBatch) throw new Error('the batch as a whole')
    },
  }
}
const summing = (failBatch: boolean): Topology =>
  new Topology().addSource('in', 'i', texts).addProcessor('p', summer(failBatch), 'in').addSink('out', 'o', texts, 'p')
const three = ['1', 'bad', '3'].map(value => ({ value }))

batches('takes a run of records at once', () =>
  withDriver(summing(false), async running => {
    await running.pipeBatch('i', three)
    assert.equal(running.read('o').map(shown), ['=many 1', '=many bad', '=many 3'])
  }),
)

batches('a run that throws is rolled back and processed record by record', () =>
  withDriver(summing(true), async running => {
    await running.pipeBatch('i', three)
    assert.equal(running.read('o').map(shown), ['=one 1', '=one 3'])
    assert.is(running.read(TopologyTestDriver.deadLetterTopic).length, 1)
  }),
)

batches.run()
