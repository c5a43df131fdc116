import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonSerde, stringSerde } from '../../records/serde.ts'
import { TopologyTestDriver } from '../../topology/index.ts'
import { heating, HeatingDriver, type HeatingOptions } from './heating.ts'

const test = suite('controlled data')

test('the memory of a key is a row of a store', async () => {
  const run = await HeatingDriver.open()
  await run.control('a', { desired: 21 })
  await run.data('a', 20)
  await run.data('a', 19)
  await run.data('a', 22)
  assert.equal(run.commands(), ['a on', 'a off'])
  assert.is(await run.stored('memory', 'a'), 'off')
  await run.close()
})

test('undefined ends the memory of a key', async () => {
  const run = await HeatingDriver.open({ onData: ({ value }, _, memory) => void (memory.value = value > 0 ? String(value) : undefined) })
  await run.data('a', 1)
  assert.is(await run.stored('memory', 'a'), '1')
  await run.data('a', 0)
  assert.is(await run.stored('memory', 'a'), undefined)
  await run.close()
})

test('a memory that the options do not have ends the task', async () => {
  const run = await HeatingDriver.open({ memory: undefined, onData: (_, __, memory) => void (memory.value = 'x') })
  let message = ''
  await run.data('a', 1).catch((error: Error) => (message = error.message))
  assert.match(message, 'the stream has no memory')
  await run.close()
})

const outputs: readonly (readonly [what: string, made: unknown, expected: string[]])[] = [
  ['none', undefined, []],
  ['one', 'on', ['a on']],
  ['one without a value', null, ['a null']],
  ['several', ['x', null, 'y'], ['a x', 'a null', 'a y']],
  ['an empty list', [], []],
]

for (const [what, made, expected] of outputs) {
  for (const later of [false, true]) {
    test(`outputs of a record: ${what}${later ? ', later' : ''}`, async () => {
      const run = await HeatingDriver.open({ onData: () => (later ? Promise.resolve(made) : made) as never })
      await run.data('a', 1, { timestamp: 9, headers: { h: 'x' } })
      const records = run.driver.read('commands')
      assert.ok(records.every(({ timestamp, headers }) => timestamp === 9 && String(headers?.['h']) === 'x'))
      assert.equal(
        records.map(({ key, value }) => `${String(key)} ${value === null ? 'null' : String(value)}`),
        expected,
      )
      await run.close()
    })
  }
}

test('outputs may come in the promise of another library', async () => {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tried
  const later = (made: string) => ({ then: (done: (outputs: string) => void) => void setTimeout(done, 5, made) })
  const run = await HeatingDriver.open({ onData: ({ value }) => later(`is ${value}`) as unknown as Promise<string> })
  await run.data('a', 1)
  assert.equal(run.commands(), ['a is 1'])
  await run.close()
})

test('emitOnChange leaves out what is the same as before, by key', async () => {
  const run = await HeatingDriver.open({
    emitOnChange: true,
    onData: ({ value }) => (value < 0 ? null : value > 99 ? ['x', 'x', 'y'] : `is ${value}`),
  })
  for (const [key, value] of [
    ['a', 1],
    ['a', 1],
    ['b', 1],
    ['a', 2],
    ['a', 1],
    ['a', -1],
    ['a', -1],
    ['a', 100],
    ['a', 100],
  ] as const)
    await run.data(key, value)
  assert.equal(run.commands(), ['a is 1', 'b is 1', 'a is 2', 'a is 1', 'a null', 'a x', 'a y', 'a x', 'a y'])
  assert.is(await run.stored('emitted', 'b'), 'is 1')
  await run.close()
})

test('a record that fails leaves a dead letter, and neither memory nor what was emitted', async () => {
  const run = await HeatingDriver.open({
    emitOnChange: true,
    onData: ({ value }, _, memory) => {
      memory.value = String(value)
      if (value === 2) throw new Error('two')
      return String(value)
    },
  })
  await run.data('a', 1)
  await run.data('a', 2)
  assert.equal(run.commands(), ['a 1'])
  assert.equal(run.letters(), ['PROCESSING_FAILED: two'])
  assert.equal([await run.stored('memory', 'a'), await run.stored('emitted', 'a')], ['1', '1'])
  await run.close()
})

test('data without a value or a key is a dead letter that says so', async () => {
  const run = await HeatingDriver.open()
  await run.data('a', null)
  await run.data(null, 1)
  const [first, second] = run.letters()
  assert.match(first ?? '', /^RECORD_UNDECODABLE: .*has no value/)
  assert.match(second ?? '', /^KEY_MISSING: .*set the option rekey/)
  assert.equal(run.commands(), [])
  await run.close()
})

const timed: Partial<HeatingOptions> = { effectiveFrom: ({ from }) => from }

test('a control waits until the data have reached its time; until then the old one goes on', async () => {
  const run = await HeatingDriver.open({ ...timed, events: 'events' })
  await run.control('a', { desired: 21 }, { timestamp: 100 })
  await run.control('a', { desired: 10, from: 2000 }, { timestamp: 9000 })
  assert.equal(((await run.stored('controls', 'a')) as { waiting: object[] }).waiting, [
    { control: { desired: 10, from: 2000 }, from: 2000, partition: 0, offset: 1 },
  ])
  await run.data('a', 20, { timestamp: 1999 })
  await run.data('b', 20, { timestamp: 2000 })
  await run.data('a', 20, { timestamp: 1000 })
  assert.equal(run.commands(), ['a on', 'b none', 'a off'])
  const { current, waiting } = (await run.stored('controls', 'a')) as { current: { from: number }; waiting: object[] }
  assert.equal([current.from, waiting], [2000, []])
  const events = run.driver.read('events', { key: stringSerde, value: jsonSerde<{ event: string; offset: number }>() })
  const effective = events.at(-1)
  assert.equal([effective?.key, effective?.value?.event, effective?.value?.offset], ['a', 'effective', 2])
  await run.close()
})

test('controls come into force in the order of their times, whatever the order in which they came', async () => {
  const run = await HeatingDriver.open({ ...timed, onData: (_, wanted) => String(wanted?.desired) })
  await run.control('a', { desired: 3, from: 3000 })
  await run.control('a', { desired: 2, from: 2000 })
  await run.control('a', { desired: 4, from: 3000 })
  for (const timestamp of [1000, 2000, 2999, 3000]) await run.data('a', 0, { timestamp })
  assert.equal(run.commands(), ['a undefined', 'a 2', 'a 2', 'a 4'])
  await run.close()
})

test('one whose time is past is in force at once, and one at once replaces those that were due before it', async () => {
  const run = await HeatingDriver.open({ ...timed, onData: (_, wanted) => String(wanted?.desired) })
  await run.data('a', 0, { timestamp: 5000 })
  await run.control('a', { desired: 1, from: 4000 }, { timestamp: 10 })
  await run.data('a', 0, { timestamp: 5000 })
  await run.control('a', { desired: 2, from: 6000 })
  await run.control('a', { desired: 3, from: 8000 })
  await run.control('a', { desired: 4 }, { timestamp: 7000 })
  for (const timestamp of [5000, 6000, 8000]) await run.data('a', 0, { timestamp })
  assert.equal(run.commands(), ['a undefined', 'a 1', 'a 4', 'a 4', 'a 3'])
  await run.close()
})

test('rules and onControl see the control that the new one will replace', async () => {
  const seen: unknown[] = []
  const run = await HeatingDriver.open({
    ...timed,
    onControl: (control, current) => {
      seen.push(current?.desired)
      return control
    },
  })
  await run.control('a', { desired: 1 })
  await run.control('a', { desired: 2, from: 2000 })
  await run.control('a', { desired: 3, from: 3000 })
  await run.control('a', { desired: 4 }, { timestamp: 2500 })
  assert.equal(seen, [undefined, 1, 2, 2])
  await run.close()
})

test('a withdrawal ends what waits, too', async () => {
  const run = await HeatingDriver.open({ ...timed, onData: (_, wanted) => String(wanted?.desired) })
  await run.control('a', { desired: 1, from: 100 })
  await run.control('a', null)
  await run.data('a', 0, { timestamp: 200 })
  assert.equal(run.commands(), ['a undefined'])
  await run.close()
})

test('a time that is none, and too many that wait, are refused', async () => {
  const run = await HeatingDriver.open(timed)
  await run.control('a', { from: 1.5 })
  for (let at = 1; at <= 101; at++) await run.control('a', { from: at })
  await run.control('a', { desired: 9, from: 100 })
  const letters = run.letters()
  assert.is(letters.length, 2)
  assert.match(letters[0] ?? '', 'effectiveFrom returned 1.5')
  assert.match(letters[1] ?? '', '100 controls of the key wait')
  await run.close()
})

test('broadcast: when too many wait, the earliest whose time is past gives it up', async () => {
  const run = await HeatingDriver.open({ ...timed, join: 'broadcast', onData: (_, wanted) => String(wanted?.desired) })
  for (let at = 1; at <= 101; at++) await run.control('a', { desired: at, from: at * 10 }, { timestamp: 500 })
  assert.equal(run.letters(), [])
  for (const timestamp of [1, 20, 1010]) await run.data('a', 0, { timestamp })
  assert.equal(run.commands(), ['a 1', 'a 2', 'a 101'])
  await run.control('a', { desired: 102, from: 2000 }, { timestamp: 5 })
  assert.match(run.letters().join(), '100 controls of the key wait')
  await run.close()
})

test('a failed record does not bring the time forward', async () => {
  const run = await HeatingDriver.open({
    ...timed,
    onData: ({ value }, wanted) => {
      if (value === 13) throw new Error('13')
      return String(wanted?.desired)
    },
  })
  await run.control('a', { desired: 1, from: 2000 })
  await run.data('a', 13, { timestamp: 3000 })
  await run.data('a', 0, { timestamp: 1000 })
  assert.equal(run.commands(), ['a undefined'])
  await run.close()
})

test('rekey gives data a key, and refuses those that get none', async () => {
  const run = await HeatingDriver.open({ rekey: ({ value }) => (value === 0 ? (undefined as never) : `k${value}`) })
  await run.control('k20', { desired: 21 })
  await run.data(null, 20)
  await run.data('x', 19)
  await run.data('x', 0)
  await run.data('x', null)
  assert.equal(run.commands(), ['k20 on', 'k19 none'])
  assert.match(run.letters().join('\n'), /KEY_MISSING: the option rekey.*\nRECORD_UNDECODABLE/)
  await run.close()
})

test('broadcast: any record may be steered by any control', async () => {
  const run = await HeatingDriver.open({
    join: 'broadcast',
    controlKey: ({ value }) => (value < 50 ? 'cold' : 'hot'),
    memory: undefined,
    onData: ({ value }, wanted) => `${value} ${String(wanted?.desired)}`,
  })
  await run.control('cold', { desired: 1 })
  await run.control('hot', { desired: 2 })
  await run.data(null, 20)
  await run.data('x', 60)
  assert.equal(run.commands(), ['- 20 1', 'x 60 2'])
  assert.equal(run.letters(), [])
  await run.close()
})

test('broadcast: each data task has its own time', async () => {
  const run = await HeatingDriver.open({ ...timed, join: 'broadcast', onData: (_, wanted) => String(wanted?.desired) })
  await run.control('a', { desired: 1 })
  await run.control('a', { desired: 2, from: 2000 })
  await run.control('a', { desired: 3, from: 3000 })
  for (const timestamp of [1000, 2000, 3000, 500]) await run.data('a', 0, { timestamp })
  assert.equal(run.commands(), ['a 1', 'a 2', 'a 3', 'a 3'])
  await run.close()
})

test('a batch has the outcome of its records one by one', async () => {
  const option = fc.record({ emitOnChange: fc.boolean(), timed: fc.boolean(), later: fc.boolean() })
  const step = fc.record({
    control: fc.boolean(),
    key: fc.constantFrom('a', 'b', null),
    value: fc.integer({ min: 0, max: 4 }),
    timestamp: fc.integer({ min: 0, max: 9 }),
  })
  await fc.assert(
    fc.asyncProperty(option, fc.array(step, { maxLength: 30 }), async (chosen, steps) => {
      const changes: Partial<HeatingOptions> = {
        emitOnChange: chosen.emitOnChange,
        ...(chosen.timed ? timed : {}),
        onData: ({ value }, wanted, memory) => {
          memory.value = `${memory.value ?? ''}${value}`.slice(-3)
          if (value === 4) throw new Error('four')
          const out = value === 3 ? undefined : `${value} ${String(wanted?.desired)} ${memory.value.length}`
          return chosen.later ? Promise.resolve(out) : out
        },
      }
      const outcomes = await Promise.all(
        [true, false].map(async batched => {
          const driver = await TopologyTestDriver.open(heating(changes))
          const run = steps.map(({ control, key, value, timestamp }) => ({
            topic: control ? 'wanted' : 'sensors',
            record: { key, value: control ? JSON.stringify({ desired: value, from: timestamp * 2 }) : String(value), timestamp },
          }))
          for (let at = 0; at < run.length;) {
            const { topic } = run[at] as { topic: string }
            let end = at + 1
            if (batched) for (; run[end]?.topic === topic;) end++
            await driver.pipeBatch(
              topic,
              run.slice(at, end).map(({ record }) => record),
            )
            at = end
          }
          await driver.commit()
          const stored = ['a', 'b'].map(key =>
            ['memory', 'controls', ...(chosen.emitOnChange ? ['emitted'] : [])].map(store =>
              driver.getStateStore(`heating-${store}`)?.query(key),
            ),
          )
          const read = (topic: string): unknown[] => driver.read(topic).map(({ key, value }) => [String(key), String(value)])
          const outcome = [read('commands'), read(TopologyTestDriver.deadLetterTopic).length, stored]
          await driver.close()
          return outcome
        }),
      )
      assert.equal(outcomes[0], outcomes[1])
    }),
    { numRuns: 60 },
  )
})

test.run()
