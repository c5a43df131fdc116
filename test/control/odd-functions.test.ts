import { setImmediate as turn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import { jsonSerde, stringSerde, type Serde } from '../../records/serde.ts'
import { type StreamRecord, TopologyTestDriver } from '../../topology/index.ts'
import { HeatingDriver, type HeatingOptions, type Wanted } from './heating.ts'

const test = suite('controlled streams and odd functions')

/** Runs the work and asserts that it leaves no unhandled rejection, which would end the process. */
async function heard(run: () => Promise<void>): Promise<void> {
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  try {
    await run()
    await turn()
    await turn()
  } finally {
    process.off('unhandledRejection', hear)
  }
  assert.equal(unhandled, [])
}

const unspeakable = {
  toString() {
    throw new Error('no')
  },
}

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let at = 0; at < levels; at++) value = [value]
  return value
}

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

const thrown: readonly (readonly [what: string, error: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a text', 'plain'],
  ['a symbol', Symbol('s')],
  ['what has no text', unspeakable],
  ['an error without a message', Object.create(Error.prototype)],
  ['a frozen error', Object.freeze(new Error('frozen'))],
  [
    'an error whose cause is itself',
    Object.assign(new Error('own cause'), {
      get cause() {
        return this
      },
    }),
  ],
  ['an error of a stack that is exhausted', new RangeError('Maximum call stack size exceeded')],
]

for (const later of [false, true])
  for (const [what, error] of thrown)
    test(`onData ${later ? 'rejects with' : 'throws'} ${what}: a dead letter, and the stream goes on`, () =>
      heard(async () => {
        const run = await HeatingDriver.open({
          onData: ({ value }, _, memory) => {
            memory.value = String(value)
            if (value === 1) return String(value)
            // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- that is what is tried
            if (later) return Promise.reject(error)
            throw error
          },
        })
        await run.data('a', 1)
        await run.data('a', 2)
        assert.equal(run.commands(), ['a 1'])
        assert.is(run.letters().length, 1)
        assert.is(await run.stored('memory', 'a'), '1')
        await run.data('a', 1)
        assert.equal(run.commands(), ['a 1'])
        await run.close()
      }))

const unwritable: readonly (readonly [what: string, output: unknown])[] = [
  ['NaN', NaN],
  ['an infinity', -Infinity],
  ['what holds itself', cyclic],
  ['a big integer', 1n],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a list with undefined in it', [1, undefined]],
  ['a list of lists, one without a form', [[1], () => 1]],
  ['a value that is nested too deeply', { deep: deep(600) }],
]

for (const emitOnChange of [false, true])
  for (const [what, output] of unwritable)
    test(`onData returns ${what}, which the serde cannot write: a dead letter, and nothing of the record is kept${emitOnChange ? ' (emitOnChange)' : ''}`, async () => {
      const run = await HeatingDriver.open({
        results: { topic: 'commands', value: jsonSerde() as Serde<string> },
        emitOnChange,
        onData: ({ value }, _, memory) => {
          memory.value = String(value)
          return value === 1 ? 'fine' : (output as string)
        },
      })
      await run.data('a', 1)
      await run.data('a', 2)
      assert.equal(run.commands(), ['a "fine"'])
      assert.match(run.letters().join(), /^PROCESSING_FAILED: /)
      assert.is(await run.stored('memory', 'a'), '1')
      await run.close()
    })

const rejected = (): Promise<string> => Promise.reject(new Error('never seen'))
const promising: readonly (readonly [what: string, onData: unknown, words: RegExp])[] = [
  ['returns a list of promises', () => [rejected(), rejected()], /onData returned a list with a promise: .*Promise\.all/],
  ['returns a promise of a list of promises', async () => [rejected(), 'x'], /onData returned a list with a promise/],
  [
    'gives its memory a promise',
    (_: unknown, __: unknown, memory: { value: unknown }) => void (memory.value = rejected()),
    /onData assigned its memory a promise/,
  ],
]

for (const [what, onData, words] of promising)
  test(`onData ${what}: a dead letter in plain words, and no rejection is left over`, () =>
    heard(async () => {
      const run = await HeatingDriver.open({
        results: { topic: 'commands', value: jsonSerde<string>() },
        memory: jsonSerde<string>(),
        onData: onData as HeatingOptions['onData'],
      })
      await run.data('a', 1)
      assert.match(run.letters().join(), words)
      assert.equal(run.commands(), [])
      assert.is(await run.stored('memory', 'a'), undefined)
      await run.close()
    }))

test('onData that changes its record: its dead letter has what came', async () => {
  const run = await HeatingDriver.open({
    onData: record => {
      const open = record as { -readonly [P in keyof StreamRecord]: unknown }
      open.value = 99
      open.key = 'other'
      open.timestamp = 0
      open.headers = undefined
      open.partition = 77
      open.offset = 88
      open.topic = 'elsewhere'
      throw new Error('changed')
    },
  })
  await run.data('a', 20, { timestamp: 5, headers: { h: 'x' } })
  const [letter] = run.driver.read(TopologyTestDriver.deadLetterTopic)
  assert.equal([String(letter?.key), String(letter?.value), letter?.timestamp], ['a', '20', 5])
  const header = (name: string): string => String(letter?.headers?.[`sluice.source.${name}`])
  assert.equal([header('topic'), header('partition'), header('offset'), String(letter?.headers?.['h'])], ['sensors', '0', '0', 'x'])
  await run.close()
})

test('onData cannot change the default, which is that of all keys', async () => {
  const run = await HeatingDriver.open({
    default: { desired: 18, nested: { list: [1] } } as never,
    onData: ({ value }, wanted) => {
      const open = wanted as unknown as { desired: number; nested: { list: number[] } }
      if (value === 1) open.desired = 30
      if (value === 2) open.nested.list.push(2)
      return `${open.desired} ${open.nested.list.length}`
    },
  })
  for (const value of [1, 2, 3]) await run.data('a', value)
  assert.equal(run.commands(), ['a 18 1'])
  assert.is(run.letters().length, 2)
  await run.close()
})

for (const join of ['keyed', 'broadcast'] as const)
  test(`onControl that changes the current control and returns it does not put it in force before its time (${join})`, async () => {
    const run = await HeatingDriver.open({
      join,
      effectiveFrom: ({ from }) => from,
      onControl: (control, current) => Object.assign(current ?? {}, control),
      onData: (_, wanted) => String(wanted?.desired),
    })
    await run.control('a', { desired: 1 })
    await run.control('a', { desired: 2, from: 2000 })
    for (const timestamp of [1000, 2000]) await run.data('a', 0, { timestamp })
    assert.equal(run.commands(), ['a 1', 'a 2'])
    await run.close()
  })

test('onControl that changes the current control and then refuses leaves it as it was', async () => {
  const run = await HeatingDriver.open({
    onControl: (control, current) => {
      if (current === undefined) return control
      Object.assign(current, { desired: 99 })
      throw new Error('no')
    },
  })
  await run.control('a', { desired: 21 })
  await run.control('a', { desired: 22 })
  await run.data('a', 50)
  assert.equal(run.commands(), ['a off'])
  await run.close()
})

const badControls: readonly (readonly [what: string, changes: Partial<HeatingOptions>, rule: string, reason: RegExp])[] = [
  ['returns nothing', { onControl: (() => undefined) as never }, 'onControl', /onControl returned undefined/],
  ['returns a promise of nothing', { onControl: (async () => undefined) as never }, 'onControl', /onControl returned undefined/],
  [
    'throws undefined',
    {
      onControl: () => {
        throw undefined
      },
    },
    'onControl',
    /undefined/,
  ],
  [
    'throws what has no text',
    {
      onControl: () => {
        throw unspeakable
      },
    },
    'onControl',
    /no message/,
  ],
  ['rejects', { onControl: () => Promise.reject(new Error('later')) }, 'onControl', /later/],
  ['returns what holds itself', { onControl: () => cyclic as never }, 'value', /circular/i],
  ['returns NaN', { onControl: () => NaN as never }, 'value', /NaN/],
  ['returns what is nested too deeply', { onControl: () => deep(600) as never }, 'value', /nested/],
  [
    'returns what its serde cannot read again',
    { control: { topic: 'wanted', key: stringSerde, value: oneWay() }, onControl: () => ({ desired: 666 }) },
    'value',
    /cannot be read/,
  ],
]

/** Reads 666 not at all. */
function oneWay(): Serde<Wanted> {
  const json = jsonSerde<Wanted>()
  return {
    serialize: value => json.serialize(value),
    deserialize: bytes => {
      const control = json.deserialize(bytes)
      if (control.desired === 666) throw new Error('666 cannot be read')
      return control
    },
  }
}

for (const [what, changes, rule, reason] of badControls)
  test(`onControl ${what}: the control is refused, and nothing is in force that is not one`, () =>
    heard(async () => {
      const run = await HeatingDriver.open(changes)
      await run.control('a', { desired: 21 })
      assert.match(run.letters().join(), new RegExp(`refused by rule "${rule}"`))
      const { refused } = (await run.stored('controls', 'a')) as { refused: { rule: string; reason: string } }
      assert.is(refused.rule, rule)
      assert.match(refused.reason, reason)
      await run.data('a', 20)
      assert.equal(run.commands(), ['a none'])
      await run.close()
    }))

test('a row of a control that its serde of today cannot read gives way to the next control, and is not lost to a refusal', async () => {
  let old = false
  const json = jsonSerde<Wanted>()
  const value: Serde<Wanted> = {
    serialize: control => json.serialize(control),
    deserialize: bytes => {
      const control = json.deserialize(bytes)
      if (old && control.desired === 21) throw new Error('written by an older version')
      return control
    },
  }
  const run = await HeatingDriver.open({
    control: { topic: 'wanted', key: stringSerde, value },
    events: 'events',
    rules: { 'at most 30': ({ desired = 0 }) => desired <= 30 },
  })
  await run.control('a', { desired: 21 })
  old = true
  await run.data('a', 20)
  assert.match(run.letters().join(), /older version/)
  await run.control('a', { desired: 40 })
  assert.match(run.letters().join(), /refused by rule "at most 30"/)
  old = false
  await run.data('a', 20)
  assert.equal(run.commands(), ['a on'])
  old = true
  await run.control('a', { desired: 10 })
  assert.equal(run.letters(), [])
  await run.data('a', 20)
  assert.equal(run.commands(), ['a off'])
  await run.close()
})

test('a memory that no row can hold: a dead letter, and what was remembered before stays', async () => {
  const run = await HeatingDriver.open({
    onData: ({ value }, _, memory) => {
      memory.value = 'x'.repeat(value)
      return String(value)
    },
  })
  await run.data('a', 10)
  await run.data('a', 1_100_000)
  await run.data('a', 20)
  assert.equal(run.commands(), ['a 10', 'a 20'])
  assert.match(run.letters().join(), /^RECORD_TOO_LARGE: /)
  assert.is(((await run.stored('memory', 'a')) as string).length, 20)
  await run.close()
})

test('a memory that is nested ever deeper ends at what can be read', async () => {
  const run = await HeatingDriver.open({
    memory: jsonSerde<string>(),
    onData: (_, __, memory) => void (memory.value = [memory.value ?? 1] as never),
  })
  for (let at = 0; at < 514; at++) await run.data('a', 1)
  const letters = run.letters()
  assert.equal(letters.length, 2)
  assert.match(letters.join(), /^PROCESSING_FAILED: the JSON is nested deeper than 512 levels/)
  await run.close()
})

test('one record may have very many outputs', async () => {
  const run = await HeatingDriver.open({ onData: () => Array.from({ length: 150_000 }, (_, at) => String(at)) })
  await run.data('a', 1)
  const commands = run.commands()
  assert.equal([commands.length, commands[149_999]], [150_000, 'a 149999'])
  await run.close()
})

const noKeys: readonly (readonly [what: string, key: unknown])[] = [
  ['undefined', undefined],
  ['NaN', NaN],
  ['a number', 1],
  ['an object', {}],
  ['an object with a length', { length: 2 ** 31 }],
  ['a symbol', Symbol('k')],
  ['half a character', '\ud800'],
]

for (const [what, key] of noKeys)
  test(`rekey and controlKey that return ${what}: dead letters`, async () => {
    for (const changes of [{ rekey: () => key as never }, { controlKey: () => key as never, join: 'broadcast' as const }]) {
      const run = await HeatingDriver.open(changes)
      await run.data('a', 21)
      assert.is(run.letters().length, 1)
      assert.equal(run.commands(), [])
      await run.close()
    }
  })

test('an empty key is a key', async () => {
  const run = await HeatingDriver.open({ rekey: () => '' })
  await run.control('', { desired: 21 })
  await run.data(null, 20)
  assert.equal(run.commands(), [' on'])
  await run.close()
})

const throws = (what: string) => (): never => {
  throw new Error(what)
}
const brokenSerdes: readonly (readonly [what: string, changes: Partial<HeatingOptions>])[] = [
  ['the value of data, reading', { data: { topic: 'sensors', value: { ...jsonSerde<number>(), deserialize: throws('v') } } }],
  [
    'the key of data, reading',
    { data: { topic: 'sensors', value: jsonSerde<number>(), key: { ...stringSerde, deserialize: throws('k') } } },
  ],
  ['the key of data, writing', { data: { topic: 'sensors', value: jsonSerde<number>(), key: { ...stringSerde, serialize: throws('k') } } }],
  ['outputs, writing', { results: { topic: 'commands', value: { ...stringSerde, serialize: throws('r') } } }],
  ['outputs, which are no bytes', { results: { topic: 'commands', value: { ...stringSerde, serialize: () => 'text' as never } } }],
  ['the key of outputs, writing', { results: { topic: 'commands', value: stringSerde, key: { ...stringSerde, serialize: throws('r') } } }],
  [
    'the key of outputs, which is undefined',
    {
      results: {
        topic: 'commands',
        value: stringSerde,
        key: { ...stringSerde, serialize: () => undefined as never },
      },
    },
  ],
  ['memory, writing', { memory: { ...stringSerde, serialize: throws('m') } }],
  ['memory, which is no bytes', { memory: { ...stringSerde, serialize: () => 'text' as never } }],
  ['memory, which is undefined', { memory: { ...stringSerde, serialize: () => undefined as never } }],
]

for (const emitOnChange of [false, true])
  for (const [what, changes] of brokenSerdes)
    test(`a serde that fails with ${what}: dead letters, and the stream goes on${emitOnChange ? ' (emitOnChange)' : ''}`, async () => {
      const run = await HeatingDriver.open({ emitOnChange, ...changes })
      await run.control('a', { desired: 21 })
      for (const value of [20, 22]) await run.data('a', value)
      assert.is(run.letters().length, 2)
      assert.equal(run.driver.read('commands'), [])
      await run.driver.commit()
      await run.close()
    })

test('a key of more than half of what a record may hold: accepted, refused and withdrawn as any other', async () => {
  const run = await HeatingDriver.open({ events: 'events', rules: { 'at most 30': ({ desired = 0 }) => desired <= 30 } })
  const key = 'k'.repeat(600_000)
  for (const control of [{ desired: 21 }, { desired: 40 }, null]) {
    await run.control(key, control)
    await run.data(key, 20)
  }
  assert.equal(
    run.driver.read('commands', { value: stringSerde }).map(({ value }) => value),
    ['on', 'none'],
  )
  const events = run.driver.read('events', { key: stringSerde, value: jsonSerde<{ event: string; key: string }>() })
  assert.equal(
    events.map(({ key: of, value }) => [of === key, value?.event, value?.key.length]),
    [
      [true, 'accepted', 1001],
      [true, 'refused', 1001],
      [true, 'withdrawn', 1001],
    ],
  )
  assert.is(run.letters().length, 1)
  await run.close()
})

test('withdrawals between controls that wait', async () => {
  const run = await HeatingDriver.open({
    effectiveFrom: ({ from }) => from,
    onData: (_, wanted) => String(wanted?.desired),
    events: 'events',
  })
  await run.control('a', { desired: 1, from: 100 })
  await run.control('a', null)
  await run.control('a', { desired: 2, from: 200 })
  await run.control('a', { desired: 3, from: 150 })
  await run.control('b', null)
  for (const timestamp of [100, 150, 199, 200]) await run.data('a', 0, { timestamp })
  await run.control('a', null)
  await run.control('a', null)
  await run.data('a', 0, { timestamp: 300 })
  await run.control('a', { desired: 4, from: 250 })
  await run.data('a', 0, { timestamp: 300 })
  assert.equal(run.commands(), ['a undefined', 'a 3', 'a 3', 'a 2', 'a undefined', 'a 4'])
  assert.equal(run.letters(), [])
  await run.close()
})

test('an error that is none of the record ends the task, whoever throws it', async () => {
  const run = await HeatingDriver.open({
    onData: () => {
      throw new SluiceError('STORE_FAILED', 'the disk is gone')
    },
  })
  let message = ''
  await run.data('a', 1).catch((error: Error) => (message = error.message))
  assert.match(message, 'the disk is gone')
  await run.close()
})

test.run()
