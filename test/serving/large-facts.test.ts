import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { limits } from '../../base/limits/index.ts'
import { floats, int64s, node, onnx, value } from '../models/onnx-builder.ts'
import { type Control, type ModelRecord, present, type ServingDriver, shiftedSum, wine, withServing } from './serving-driver.ts'

const test = suite('records of models and controls with much to say')
const long = 'x'.repeat(2_000_000)
const version = (number: number): { readonly version: number } => ({ version: number })

/** The data type goes on as it was: it scores, takes a control, and tells of it. */
async function goesOn(serving: ServingDriver): Promise<void> {
  await serving.sendAndWait(wine('wine', 5))
  assert.equal(
    serving.results().map(({ status, score }) => [status, score]),
    [['OK', 7]],
  )
  await serving.control('wine', { promote: version(1), reason: 'better' })
  assert.equal(serving.deadLetters(), [])
  assert.is((await serving.events()).filter(({ event }) => event === 'promoted').length, 1)
  assert.is(serving.store.state('wine')?.routing?.reason, 'better')
}

/** `more`: how many policies it makes. */
async function withTwo(use: (serving: ServingDriver) => Promise<void>, more = 0): Promise<void> {
  await withServing(async serving => {
    for (const shift of [1, 2]) await serving.publish({ dataType: 'wine', name: 'a', bytes: shiftedSum(shift) })
    const before = present(serving.store.state('wine'))
    await use(serving)
    assert.equal(
      [serving.store.state('wine')?.latest, serving.store.state('wine')?.policies],
      [before.latest, (before.policies ?? 0) + more],
    )
    await goesOn(serving)
  })
}

const controls: Readonly<Record<string, Control>> = {
  'a reason': { promote: version(1), reason: long },
  'who asks': { promote: version(1), who: long },
  'a name': { alias: { alias: long, version: 1 } },
  'a name that is asked for': { promote: { alias: long } },
  'the name of a step': { setPolicy: { steps: [{ name: long }, { name: 'a' }] } },
  'a field': { setPolicy: { bucketBy: long } },
  'a decider': { setPolicy: { racers: [{ name: 'a' }], decider: long, budgetMs: 10 } },
}
for (const [what, control] of Object.entries(controls))
  test(`a control: ${what}`, () =>
    withTwo(async serving => {
      await serving.control('wine', control)
      assert.match(
        serving
          .deadLetters()
          .map(({ code, message }) => `${code} ${message}`)
          .join(),
        /^CONTROL_REFUSED .*2000\d+ bytes; at most 16384 bytes are allowed/,
      )
      const refused = (await serving.events()).filter(({ event }) => event === 'refused')
      assert.equal([refused.length, refused[0]?.code], [1, 'CONTROL_REFUSED'])
    }))

const models: Readonly<Record<string, ModelRecord>> = {
  'who publishes': { publishedBy: long },
  'the model before it': { after: long },
  'its parameters': { parameters: { text: long } },
  'the name of a parameter': { parameters: { [long]: 'text' } },
  'the name of a metric': { metrics: { [long]: 1 } },
}
for (const [what, model] of Object.entries(models))
  test(`a model: ${what}`, () =>
    withTwo(async serving => {
      await serving.publish({ dataType: 'wine', name: 'a', bytes: shiftedSum(3), ...model })
      const [letter, ...more] = serving.deadLetters()
      assert.equal([letter?.code, more], ['RECORD_TOO_LARGE', []])
      assert.match(letter?.message ?? '', /has 2000\d+ bytes; at most \d+ bytes are allowed/)
    }))

test('a cancellation of all that may wait, each with a long name in signs that JSON writes as six', () =>
  withTwo(async serving => {
    const who = '\0'.repeat(16_000)
    for (let at = 0; at < 32; at++) await serving.control('wine', { promote: version(1), effectiveFrom: 1000 + at, who })
    assert.equal(serving.deadLetters(), [])
    await serving.control('wine', { cancel: { all: true } })
    assert.equal([serving.deadLetters(), serving.store.state('wine')?.waiting], [[], undefined])
    const [event] = (await serving.events()).filter(each => each.event === 'cancelled')
    assert.is(event?.cancelled?.length, 32)
    // Each change has made one policy, and the cancellation another.
  }, 33))

test('the outputs of a wide model, of all versions that are kept', () =>
  withServing(async serving => {
    const wide = (shift: number, name: string): Uint8Array =>
      onnx({
        nodes: [node('ReduceSum', ['x', 'axes'], ['sum']), node('Add', ['sum', 'shift'], [name])],
        inputs: [value('x', 'float', ['N', 11])],
        outputs: [value(name, 'float', ['N', 4096])],
        tensors: [int64s('axes', [1], [1]), floats('shift', [1, 4096], Array.from({ length: 4096 }).fill(shift) as number[])],
      })
    for (let shift = 1; shift <= 17; shift++) await serving.publish({ dataType: 'wine', name: 'a', bytes: wide(shift, 'embedding') })
    assert.equal([serving.deadLetters(), serving.store.state('wine')?.latest], [[], 17])
    assert.is(serving.store.state('wine')?.versions.at(-1)?.gives?.at(-1)?.name, 'embedding[4095]')
    await serving.publish({ dataType: 'wine', name: 'long', bytes: wide(1, long.slice(0, 100_000)) })
    assert.is(serving.store.state('wine')?.versions.at(-1)?.gives, undefined, 'too long a name to be a field')
    await serving.publish({ dataType: 'wine', name: 'b', bytes: shiftedSum(1), after: 'long' })
    assert.match(
      serving
        .deadLetters()
        .map(({ message }) => message)
        .join(),
      /have too long names/,
    )
  }))

test('versions that stay because they have names: the state has room for so many, and then one is refused, and nothing changes', () =>
  withServing(async serving => {
    const description = 'x'.repeat(limits.model_description.most)
    let refused: ReturnType<ServingDriver['deadLetters']> = []
    let taken = 0
    while (refused.length === 0 && taken < 100) {
      await serving.publish({ dataType: 'wine', name: 'a', bytes: shiftedSum(++taken), description })
      refused = serving.deadLetters()
      if (refused.length === 0) await serving.control('wine', { alias: { alias: `v${taken}`, version: taken } })
    }
    assert.match(
      refused.map(({ code, message }) => `${code} ${message}`).join(),
      /^RECORD_TOO_LARGE .*the state of data type "wine" would have 7\d+ bytes; at most 786432/,
    )
    assert.is(serving.store.state('wine')?.latest, taken - 1)
    assert.is((await serving.events()).filter(({ event }) => event === 'refused').length, 1)
    const hash = present(serving.store.state('wine')).versions.length
    assert.is(hash, taken - 1)
    await serving.control('wine', { alias: { alias: 'v1', version: 0 } })
    await serving.control('wine', { alias: { alias: 'v2', version: 0 } })
    await serving.publish({ dataType: 'wine', name: 'a', bytes: shiftedSum(200) })
    await serving.sendAndWait(wine('wine', 5))
    assert.equal([serving.deadLetters(), serving.results()[0]?.score], [[], 205])
  }))

test.run()
