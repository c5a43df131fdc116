import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wineFields } from '../../examples/wine/wine-data.ts'
import { sluice } from '../../proto/messages.js'
import type { ServingOptions } from '../../serving/index.ts'
import type { ModelState } from '../../stores/index.ts'
import { TopologyTestDriver, type OutputRecord, type TestRecord } from '../../topology/index.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord, type Rule } from './rule-model.ts'
import { decodeResult, type ModelRecord, type ServingDriver, withServing } from './serving-driver.ts'

const test = suite('runs of records and single records')
const types = ['a', 'b', 'größe'] as const

/** A data record, or a model; `cut`: a run of data records ends before it. */
type Step = { readonly cut: boolean } & ({ readonly data: TestRecord } | { readonly model: ModelRecord })

interface Outcome {
  readonly results: readonly OutputRecord[]
  readonly deadLetters: readonly OutputRecord[]
  readonly events: readonly unknown[]
  /** Of each data type: the state, and how often its model was used. */
  readonly stores: readonly unknown[]
}

async function play(steps: readonly Step[], options: Partial<ServingOptions>, inRuns: boolean): Promise<Outcome> {
  let outcome: Outcome | undefined
  await withServing(async serving => {
    let run: TestRecord[] = []
    const flush = async (): Promise<void> => {
      if (inRuns) await serving.driver.pipeBatch('data', run)
      else for (const record of run) await serving.driver.pipe('data', record)
      run = []
    }
    for (const step of steps) {
      if (step.cut || 'model' in step) await flush()
      if ('data' in step) run.push(step.data)
      else await serving.publish(step.model)
    }
    await flush()
    outcome = outcomeOf(serving)
  }, options)
  return outcome as Outcome
}

function outcomeOf({ driver, store }: ServingDriver): Outcome {
  return {
    results: driver.read('results'),
    deadLetters: driver.read(TopologyTestDriver.deadLetterTopic),
    events: driver.read('test-model-events').map(({ value }) => ({ ...(JSON.parse(String(value)) as object), at: 0 })),
    stores: types.map(type => [timeless(store.state(type)), store.statistics(type)?.version, store.statistics(type)?.invocations]),
  }
}

/** When a model began to serve, and when its policy was accepted, is told by the clock. */
function timeless(state: ModelState | undefined): unknown {
  if (state === undefined) return undefined
  const { versions, routing } = state
  return {
    ...state,
    versions: versions.map(version => ({ ...version, since: 0 })),
    routing: routing && { ...routing, acceptedAt: 0, effectiveAt: 0 },
  }
}

/** Byte for byte, headers and timestamps too; the outcome of the runs. */
async function sameBothWays(steps: readonly Step[], options: () => Partial<ServingOptions>): Promise<Outcome> {
  const runs = await play(steps, options(), true)
  const single = await play(steps, options(), false)
  // Told as text first: bytes alone say little to a person.
  assert.equal(runs.results.map(shown), single.results.map(shown))
  assert.equal(runs, single)
  return runs
}

function shown({ value }: OutputRecord): string {
  const { dataType, inputOffset, modelVersion, status, score, error } = decodeResult(value)
  return `${inputOffset} ${dataType} v${modelVersion} ${status} ${score} ${error}`
}

/** Which kinds of answers the random runs came upon: a test of one kind only would prove little. */
const seen = new Set<string>()

const type = fc.constantFrom(...types)
const cut = fc.boolean()
const record = fc
  .record({ type, x: fc.oneof(fc.integer({ min: -3, max: 40 }), fc.double({ noDefaultInfinity: true, noNaN: true })), timestamp: fc.nat() })
  .map(({ type, x, timestamp }) => ruleRecord(type, x, { timestamp, headers: { x: String(x) } }))
/** Bad ones, and some that are only unusual. */
const odd = fc.constantFrom<TestRecord>(
  { key: 'a', value: null },
  { key: 'b', value: '{' },
  { key: 'a', value: '{"type":"a","x":"text"}' },
  { key: null, value: '{"x":1}' },
  { key: 'b', value: '{"x":2}' },
  { key: 'b', value: '{"type":"a","word":"without a number"}' },
)
const rule: fc.Arbitrary<Rule> = fc.record({ factor: fc.integer({ min: 1, max: 9 }), later: fc.boolean() })
const model = fc.oneof(
  { weight: 4, arbitrary: fc.record({ dataType: type, bytes: rule.map(ruleBytes) }) },
  { weight: 1, arbitrary: fc.record({ dataType: type, bytes: fc.constant(Buffer.from('no rule')) }) },
)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ cut: fc.integer({ max: 9 }).map(nth => nth === 0), data: record }) },
    { weight: 2, arbitrary: fc.record({ cut: fc.constant(false), data: odd }) },
    { weight: 1, arbitrary: fc.record({ cut, model }) },
  ),
  { maxLength: 60, size: 'max' },
)

test('give the same bytes: mixed data types, invalid records, failing models, models in between', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async given => {
      const { results, deadLetters } = await sameBothWays(given, () => ({ factory: ruleFactory(), reader: ruleReader() }))
      assert.is(
        results.length,
        given.filter(step => 'data' in step).length - deadLetters.filter(letter => letterOf(letter) === 'data').length,
      )
      for (const { value } of results) seen.add(decodeResult(value).status)
      if (deadLetters.length > 0) seen.add('dead letter')
    }),
    { numRuns: 300 },
  )
  assert.equal([...seen].sort(), ['FAILED', 'NO_MODEL', 'NO_RESULT', 'OK', 'dead letter'])
})

function letterOf({ headers }: OutputRecord): string {
  return String(headers?.['sluice.source.topic'])
}

/** Random wines of the data type, in runs of random lengths. */
const wines = (dataType: string): fc.Arbitrary<Step[]> =>
  fc.array(
    fc
      .record({
        cut: fc.integer({ max: 30 }).map(nth => nth === 0),
        data: fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 11, maxLength: 11 }),
      })
      .map(({ cut, data }) => ({ cut, data: { key: dataType, value: encodeWine(dataType, data) } })),
    { minLength: 2, maxLength: 300, size: 'max' },
  )

function encodeWine(dataType: string, values: readonly number[]): Uint8Array {
  return sluice.WineRecord.encode({ dataType, ...Object.fromEntries(wineFields.map((name, at) => [name, values[at]])) }).finish()
}

/** A model alone, with random wines. */
const alone = (bytes: Uint8Array, compare: (steps: readonly Step[]) => Promise<Outcome>): fc.IAsyncProperty<[Step[]]> =>
  fc.asyncProperty(wines('a'), async given => {
    const { results } = await compare([{ cut: true, model: { dataType: 'a', bytes } }, ...given])
    assert.is(results.length, given.length)
    assert.ok(results.every(({ value }) => decodeResult(value).status === 'OK'))
  })

const example = (name: string): Buffer => readFileSync(new URL(`../../examples/wine/${name}`, import.meta.url))
const reference = (name: string): Buffer => readFileSync(new URL(`../../../shared/models/${name}`, import.meta.url))
const exact = { line: () => example('wine-linear.onnx'), network: () => example('wine-mlp.onnx') }
const exactReference = {
  'random forest': () => reference('onnx_random_forest.onnx'),
  'logistic regression': () => reference('onnx_logreg.onnx'),
}
const hasReference = existsSync(new URL('../../../shared/models/', import.meta.url))
if (!hasReference) console.log('skipped: the reference models are not in ../shared/models')

for (const [name, bytes] of Object.entries({ ...exact, ...(hasReference ? exactReference : {}) }))
  test(`give the same bytes with ONNX Runtime: ${name}`, () =>
    fc.assert(
      alone(bytes(), steps => sameBothWays(steps, () => ({}))),
      { numRuns: 10, seed: 1 },
    ))

test.run()
