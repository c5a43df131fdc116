import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import { jsonSerde, stringSerde } from '../../records/serde.ts'
import { HeatingDriver, stepwise, twoHeatings, heating, type Wanted } from './heating.ts'
import { TopologyTestDriver } from '../../topology/index.ts'

const test = suite('controls')

test('the newest control of a key steers its data, and no other key', async () => {
  const run = await HeatingDriver.open()
  await run.data('a', 20)
  await run.control('a', { desired: 21 })
  await run.data('a', 20)
  await run.data('b', 20)
  await run.control('a', { desired: 19 })
  await run.data('a', 20)
  assert.equal(run.commands(), ['a none', 'a on', 'b none', 'a off'])
  assert.equal(run.letters(), [])
  await run.close()
})

test('a default holds before the first control, and after the withdrawal of one', async () => {
  const run = await HeatingDriver.open({ default: { desired: 25 } as never })
  await run.data('a', 20)
  await run.control('a', { desired: 19 })
  await run.data('a', 20)
  await run.control('a', null)
  await run.data('a', 20)
  assert.equal(run.commands(), ['a on', 'a off', 'a on'])
  assert.is(await run.stored('controls', 'a'), undefined)
  assert.is(run.counted('sluice_control_records_total', 'heating', 'withdrawn'), 1)
  await run.close()
})

test('onControl makes the next control from the one before, or refuses', async () => {
  const run = await HeatingDriver.open({ onControl: stepwise })
  await run.control('a', { desired: 28 })
  await run.control('a', { step: 2 })
  await run.data('a', 29)
  await run.control('a', { step: 1 })
  await run.data('a', 31)
  await run.data('a', 29)
  assert.equal(run.commands(), ['a on', 'a off', 'a on'])
  assert.equal(run.letters(), [
    'CONTROL_REFUSED: the control of stream "heating" for key "a" is refused by rule "onControl": 31 degrees are too hot; what was in force goes on',
  ])
  assert.equal(await run.stored('controls', 'a'), {
    current: { control: { desired: 30 }, from: 0, partition: 0, offset: 1 },
    waiting: [],
    last: { partition: 0, offset: 2 },
    refused: { rule: 'onControl', reason: '31 degrees are too hot', partition: 0, offset: 2 },
  })
  await run.close()
})

const refusals: readonly (readonly [what: string, key: string | null, value: string, rule: string, code: string])[] = [
  ['without a key', null, '{"desired":20}', 'key', 'KEY_MISSING'],
  ['with a key that is not UTF-8', '\xff', '{"desired":20}', 'key', 'RECORD_UNDECODABLE'],
  ['that is not JSON', 'a', '{', 'value', 'PROCESSING_FAILED'],
  ['that does not conform to the schema', 'a', '{"desired":"warm"}', 'schema', 'CONTROL_REFUSED'],
  ['that breaks a rule', 'a', '{"desired":40}', 'at most 30', 'CONTROL_REFUSED'],
  ['that breaks a rule which says why', 'a', '{"desired":-1}', 'no frost', 'CONTROL_REFUSED'],
  ['on which a rule throws', 'a', '{"desired":13}', 'throws', 'PROCESSING_FAILED'],
]

const schema = {
  '~standard': {
    validate: (value: unknown) =>
      typeof (value as Wanted).desired === 'number'
        ? { value: value as Wanted }
        : { issues: [{ message: 'no number', path: ['desired'] }] },
  },
}

const rules = {
  'at most 30': ({ desired = 0 }: Wanted) => desired <= 30,
  'no frost': ({ desired = 0 }: Wanted) => desired > 0 || `${desired} degrees freeze the pipes`,
  throws: ({ desired }: Wanted) => {
    if (desired === 13) throw new Error('not 13')
    return true
  },
}

for (const [what, key, value, rule, code] of refusals) {
  test(`a control ${what} is refused: the old one goes on`, async () => {
    const run = await HeatingDriver.open({ schema, rules, events: 'events' })
    await run.control('a', { desired: 21 })
    run.driver.read('events')
    const bytes = key === '\xff' ? Buffer.of(0xff) : key
    await run.driver.pipe('wanted', { key: bytes, value, timestamp: 7 })
    await run.data('a', 20)
    assert.equal(run.commands(), ['a on'])
    const [letter, ...more] = run.letters()
    assert.equal(more, [])
    assert.ok(letter?.startsWith(`${code}: the control of stream "heating"`), letter)
    assert.match(letter ?? '', `refused by rule "${rule}": `)
    assert.is(run.counted('sluice_controls_refused_total', 'heating', rule), 1)
    assert.is(run.counted('sluice_control_records_total', 'heating', 'refused'), 1)
    const [event] = run.driver.read('events', { value: jsonSerde<Record<string, unknown>>() })
    const { event: name, stream, rule: told, offset } = event?.value ?? {}
    assert.equal({ name, stream, told, offset }, { name: 'refused', stream: 'heating', told: rule, offset: 1 })
    assert.ok(
      run.driver.logs.some(({ level, message }) => level === 'warn' && message === 'audit: a control was refused, and the old one goes on'),
    )
    const { current, refused } = (await run.stored('controls', 'a')) as { current: object; refused?: { rule: string } }
    assert.equal(current, { control: { desired: 21 }, from: 0, partition: 0, offset: 0 })
    assert.is(refused?.rule, key === 'a' ? rule : undefined)
    await run.close()
  })
}

test('a schema may complete a control, and take its time', async () => {
  const completed = { '~standard': { validate: async (value: unknown) => ({ value: { desired: 22, ...(value as Wanted) } }) } }
  const run = await HeatingDriver.open({ schema: completed })
  await run.control('a', {})
  await run.data('a', 20)
  assert.equal(run.commands(), ['a on'])
  await run.close()
})

test('an accepted control ends the note of a refusal', async () => {
  const run = await HeatingDriver.open({ rules })
  await run.control('a', { desired: 40 })
  await run.data('a', 20)
  await run.control('a', { desired: 21 })
  const { refused, last } = (await run.stored('controls', 'a')) as { refused: unknown; last: unknown }
  assert.equal([refused, last], [undefined, { partition: 0, offset: 1 }])
  assert.equal(run.commands(), ['a none'])
  await run.close()
})

test('events say what was accepted, refused and withdrawn', async () => {
  const run = await HeatingDriver.open({ rules, events: 'events' })
  await run.control('a', { desired: 21 }, { timestamp: 5 })
  await run.control('a', { desired: 40 })
  await run.control('a', null)
  const events = run.driver.read('events', { key: stringSerde, value: jsonSerde<{ event: string; from?: number; reason?: string }>() })
  assert.equal(
    events.map(({ key, value }) => [key, value?.event, value?.from ?? value?.reason]),
    [
      ['a', 'accepted', 5],
      ['a', 'refused', 'the control breaks the rule'],
      ['a', 'withdrawn', undefined],
    ],
  )
  await run.close()
})

test('a control that its serde cannot write is refused', async () => {
  const run = await HeatingDriver.open({ onControl: () => (() => 1) as never })
  await run.control('a', { desired: 21 })
  assert.match(run.letters().join(), 'is refused by rule "value"')
  await run.close()
})

test('a topology may have several streams', async () => {
  const driver = await TopologyTestDriver.open(twoHeatings())
  await driver.pipe('wanted-2', { key: 'a', value: '{"desired":21}' })
  await driver.pipe('sensors', { key: 'a', value: '20' })
  await driver.pipe('sensors-2', { key: 'a', value: '20' })
  assert.equal(
    driver.read('commands', { value: stringSerde }).map(({ value }) => value),
    ['none', 'on'],
  )
  await driver.close()
})

test('describe shows the nodes and stores of the stream', () => {
  const text = heating({ rekey: () => 'a', events: 'events', effectiveFrom: ({ from }) => from, emitOnChange: true })
    .describe()
    .toString()
  for (const name of ['control-source', 'control', 'data-source', 'rekey', 'rekeyed', 'data', 'results', 'control-events', 'data-events'])
    assert.match(text, `heating-${name} (`)
  assert.match(text, 'Processor: heating-data (stores: [heating-controls, heating-memory, heating-emitted, heating-clock])')
  assert.match(text, 'Source: heating-control-source (topics: [wanted], read first)')
})

const invalid: readonly (readonly [what: string, changes: object, why: string])[] = [
  ['an unknown option', { onDatum: () => 1 }, 'onDatum'],
  ['an unknown option of the controls', { control: { topic: 'x', key: stringSerde, value: stringSerde, kay: 1 } }, 'control.kay'],
  ['no serde', { memory: {} }, 'memory'],
  ['a rule that is no function', { rules: { r: 1 } }, 'rules'],
  ['a key of controls with the keyed join', { controlKey: () => 'a' }, 'controlKey'],
  ['a name that is none', { name: '' }, 'name'],
]

for (const [what, changes, why] of invalid) {
  test(`${what} is TOPOLOGY_INVALID`, () => {
    assert.throws(
      () => heating(changes),
      (error: unknown) => error instanceof SluiceError && error.code === 'TOPOLOGY_INVALID' && error.message.includes(why),
    )
  })
}

test.run()
