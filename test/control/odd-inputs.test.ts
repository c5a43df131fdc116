import { setImmediate as turn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonSerde } from '../../records/serde.ts'
import { HeatingDriver, type HeatingOptions, type Wanted } from './heating.ts'

const test = suite('controlled streams and odd inputs')

interface Told {
  readonly event: string
  readonly key: string
  readonly from?: number
  readonly rule?: string
}

function events(run: HeatingDriver): string[] {
  return run.driver
    .read('events', { value: jsonSerde<Told>() })
    .map(({ value }) => `${value?.event} ${value?.key} ${value?.rule ?? value?.from ?? '-'}`)
}

const effectiveFrom = ({ from }: Wanted): number | undefined => from

test('a control that no row can hold is refused by a rule, with an event, a count and a note', async () => {
  const run = await HeatingDriver.open({ events: 'events' })
  await run.control('a', { desired: 21 })
  await run.control('a', { desired: 25, note: 'x'.repeat(1_048_500) })
  await run.data('a', 22)
  assert.equal(run.commands(), ['a off'], 'the one before goes on')
  assert.match(run.letters().join(), /^RECORD_TOO_LARGE: the control of stream "heating" for key "a" is refused by rule "size": /)
  assert.equal(events(run), ['accepted a 0', 'refused a size'])
  assert.is(run.counted('sluice_controls_refused_total', 'heating', 'size'), 1)
  assert.is(((await run.stored('controls', 'a')) as { refused?: { rule: string } }).refused?.rule, 'size')
  await run.close()
})

test('controls that wait together may be too large, though each is not', async () => {
  const run = await HeatingDriver.open({ events: 'events', effectiveFrom })
  const note = 'x'.repeat(400_000)
  for (const from of [100, 200, 300]) await run.control('a', { desired: from, from, note })
  assert.equal(events(run), ['accepted a 100', 'accepted a 200', 'refused a size'])
  await run.data('a', 150, { timestamp: 250 })
  assert.equal(run.commands(), ['a on'])
  assert.equal(events(run), ['effective a 200'])
  await run.close()
})

test('a refusal of a key whose row is full is told all the same', async () => {
  const run = await HeatingDriver.open({ events: 'events', rules: { never: ({ desired }) => desired !== 13 || 'z'.repeat(400) } })
  await run.control('a', { desired: 21, note: 'x'.repeat(1_048_400) })
  assert.equal(events(run), ['accepted a 0'])
  await run.control('a', { desired: 13 })
  assert.equal(events(run), ['refused a never'])
  assert.match(run.letters().join(), /^CONTROL_REFUSED: .* by rule "never"/)
  await run.data('a', 20)
  assert.equal(run.commands(), ['a on'])
  await run.close()
})

const promised: readonly (readonly [string, Partial<HeatingOptions>])[] = [
  ['a rule', { rules: { later: (async () => Promise.reject(new Error('never seen'))) as never } }],
  ['a rule that is fulfilled', { rules: { later: (async () => true) as never } }],
  ['effectiveFrom', { effectiveFrom: (async () => Promise.reject(new Error('never seen'))) as never }],
]

for (const [what, changes] of promised)
  test(`${what} that returns a promise refuses the control in plain words, and its rejection ends nothing`, async () => {
    const unhandled: unknown[] = []
    const hear = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', hear)
    const run = await HeatingDriver.open(changes)
    await run.control('a', { desired: 21 })
    await turn()
    await turn()
    process.off('unhandledRejection', hear)
    assert.equal(unhandled, [])
    assert.match(run.letters().join(), /returned a promise/)
    await run.close()
  })

test('a rule that returns neither true, false nor a text refuses in plain words', async () => {
  for (const said of [undefined, null, 1, {}]) {
    const run = await HeatingDriver.open({ rules: { odd: (() => said) as never } })
    await run.control('a', { desired: 21 })
    assert.match(run.letters().join(), /refused by rule "odd": the rule returned .*, which is neither true, false nor a reason/)
    await run.close()
  }
})

test('rekey and controlKey that return a promise make dead letters in plain words, and end nothing', async () => {
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  const later = (async () => Promise.reject(new Error('never seen'))) as never
  for (const changes of [{ rekey: later }, { controlKey: later, join: 'broadcast' as const }]) {
    const run = await HeatingDriver.open(changes)
    await run.data('a', 21)
    await turn()
    await turn()
    assert.match(run.letters().join(), /returned a promise/)
    await run.close()
  }
  process.off('unhandledRejection', hear)
  assert.equal(unhandled, [])
})

test('a control that came into force while no data of its key came is told effective with the first data, whatever controls came in between', async () => {
  for (const between of [
    { desired: 30, from: 900 },
    { desired: 'bad', from: 5000 },
  ]) {
    const run = await HeatingDriver.open({
      events: 'events',
      effectiveFrom,
      rules: { 'a number': ({ desired }) => typeof desired === 'number' },
    })
    await run.control('a', { desired: 21, from: 50 })
    await run.data('b', 1, { timestamp: 100 })
    await run.control('a', between)
    run.commands()
    events(run)
    await run.data('a', 20, { timestamp: 110 })
    assert.equal(run.commands(), ['a on'])
    assert.equal(events(run), ['effective a 50'])
    await run.close()
  }
})

test('a control at once ends what was due before it, and what is told effective is that which data had', async () => {
  const run = await HeatingDriver.open({ events: 'events', effectiveFrom })
  await run.control('a', { desired: 21, from: 50 })
  await run.data('b', 1, { timestamp: 100 })
  await run.control('a', { desired: 10 }, { timestamp: 20 })
  events(run)
  await run.data('a', 20, { timestamp: 110 })
  assert.equal(run.commands(), ['b none', 'a off'])
  assert.equal(events(run), [])
  await run.close()
})

test('times at the ends: 0, the past, the largest number; none, null, a fraction, below 0', async () => {
  const run = await HeatingDriver.open({ effectiveFrom })
  for (const from of [0, 1, Number.MAX_SAFE_INTEGER]) await run.control('a', { desired: 20 + from, from }, { timestamp: 1 })
  assert.equal(run.letters(), [])
  for (const from of [null, 0.5, -1, 1e17, '5']) await run.control('a', { desired: 1, from })
  const letters = run.letters()
  assert.is(letters.length, 5)
  assert.ok(
    letters.every(letter => /refused by rule "effectiveFrom": .* is not a time in ms/.test(letter)),
    letters.join('\n'),
  )
  await run.data('a', 20, { timestamp: 5 })
  assert.equal(run.commands(), ['a on'])
  await run.close()
})

test('data and controls of odd timestamps: -1 and 0', async () => {
  const run = await HeatingDriver.open({ effectiveFrom })
  await run.data('a', 20, { timestamp: -1 })
  await run.control('a', { desired: 21 }, { timestamp: -1 })
  await run.data('a', 20, { timestamp: 0 })
  assert.match(run.letters().join(), /^TIMESTAMP_INVALID: .* not -1$/, 'its output would have that time')
  assert.equal(run.commands(), ['a on'])
  await run.close()
})

test('the names of rules may be those of an object', async () => {
  const rules = Object.fromEntries([
    ['constructor', () => false],
    ['toString', () => false],
  ]) as HeatingOptions['rules']
  const run = await HeatingDriver.open({ rules: rules! })
  await run.control('__proto__', { desired: 21 })
  assert.match(run.letters().join(), 'for key "__proto__" is refused by rule "constructor"')
  await run.close()
})

test.run()
