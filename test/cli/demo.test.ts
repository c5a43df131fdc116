import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Cleanup } from '../../cli/demo/cleanup.ts'
import { dataTypes, partitions } from '../../cli/demo/demo-sender.ts'
import { type DemoResult, judgeResults, type SentRecord } from '../../cli/demo/judge-results.ts'
import { Narrator, wrap } from '../../cli/demo/narrator.ts'
import { waitUntil } from '../../cli/demo/wait-until.ts'
import { exampleFile, WineRows } from '../../cli/demo/wine-rows.ts'
import { run } from '../../cli/program.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { partitionForKey } from '../../topology/runtime/index.ts'

const judging = suite('judgeResults')

const sent: readonly SentRecord[] = [0, 1, 2, 3].map(offset => ({ dataType: 'wine', partition: 1, offset, row: offset }))
const scores: Readonly<Record<string, readonly number[]>> = { one: [5, 6, 7, 8], two: [1, 2, 3, 4] }

function result(inputOffset: number, modelVersion: number, changes: Partial<DemoResult> = {}): DemoResult {
  const modelName = modelVersion === 1 ? 'one' : 'two'
  const score = scores[modelName]![inputOffset] ?? null
  const place = { inputPartition: 1, inputOffset, arrivedAt: 0 }
  return { dataType: 'wine', modelName, modelVersion, status: 'OK', score, ...place, ...changes }
}

const right: readonly DemoResult[] = [result(0, 1), result(1, 1), result(2, 2), result(3, 2)]
const faultless = { unanswered: 0, repeated: 0, contradicted: 0, foreign: 0, wrong: 0, wentBack: 0 }

function verdictOf(results: readonly DemoResult[]): unknown {
  return judgeResults(sent, results, (model, row) => scores[model]?.[row])
}

const cases: readonly [string, readonly DemoResult[], object][] = [
  ['each answered once', right, {}],
  ['in another order of arrival', right.toReversed(), {}],
  ['none', [], { unanswered: 4 }],
  ['one is missing', right.slice(1), { unanswered: 1 }],
  ['a repetition that agrees', [...right, result(3, 2), result(3, 2)], { repeated: 2 }],
  ['a repetition by an older version', [...right, result(3, 1)], { repeated: 1, contradicted: 1, wentBack: 1 }],
  ['a score that is off', [...right.slice(1), result(0, 1, { score: 5.00001 })], { wrong: 1 }],
  ['a score within the tolerance', [...right.slice(1), result(0, 1, { score: 5.0000001 })], {}],
  ['no score', [...right.slice(1), result(0, 1, { score: null, status: 'NO_MODEL' })], { wrong: 1 }],
  ['a score of another status', [...right.slice(1), result(0, 1, { status: 'FAILED' })], { wrong: 1 }],
  ['a model that nobody published', [...right.slice(1), result(0, 1, { modelName: 'three' })], { wrong: 1 }],
  ['a record that nobody sent', [...right, result(4, 2)], { foreign: 1 }],
  ['a record of another partition', [...right, result(3, 2, { inputPartition: 2 })], { foreign: 1 }],
  ['a result of another data type', [...right.slice(1), result(0, 1, { dataType: 'rose' })], { foreign: 1, unanswered: 1 }],
  ['versions that go back', [result(0, 1), result(1, 2), result(2, 1), result(3, 2)], { wentBack: 1 }],
]
for (const [name, results, complaints] of cases) {
  judging(name, () => assert.equal(verdictOf(results), { ...faultless, ...complaints }))
}

judging.run()

const telling = suite('Narrator')

telling('prints each check that succeeded, and counts them', () => {
  let text = ''
  const narrator = new Narrator(part => (text += part))
  narrator.step('First')
  narrator.check('two is two', [2], [2])
  narrator.check('three is more than two', '> 2', 3, true)
  assert.equal([text, narrator.checks], ['\n1  First\n   ✓ two is two\n   ✓ three is more than two\n', 2])
})

telling('a check that fails is an error with both values', () => {
  let text = ''
  const narrator = new Narrator(part => (text += part))
  const error = caught(() => narrator.check('two is two', { a: 2 }, { a: 3 }))
  assert.equal([error.code, error.message], ['CHECK_FAILED', 'check failed: two is two. Expected: {"a":2}. Seen: {"a":3}'])
  assert.throws(() => narrator.check('equal, and yet not so', 1, 1, false))
  assert.equal([text, narrator.checks], ['   ✗ two is two\n   ✗ equal, and yet not so\n', 0])
})

telling('tables are aligned, numbers to the right', () => {
  let text = ''
  new Narrator(part => (text += part)).rows(
    ['name', 'n'],
    [
      ['a', 1],
      ['long name', 200],
    ],
  )
  assert.is(text, '     name         n\n     a            1\n     long name  200\n')
})

telling('lines fit 100 columns', () => {
  let text = ''
  new Narrator(part => (text += part)).say(`${'word '.repeat(60)}end`)
  const lines = text.trimEnd().split('\n')
  assert.ok(lines.length > 1 && lines.every(line => line.length <= 100))
  assert.equal(wrap('a bb ccc', 4), ['a bb', 'ccc'])
  assert.equal(wrap('longer than it is', 4), ['longer', 'than', 'it', 'is'])
})

telling.run()

const parts = suite('parts of the demo')

parts('each data type has a partition of its own, at its place in the list', () => {
  assert.equal(
    dataTypes.map(type => partitionForKey(Buffer.from(type), partitions)),
    [0, 1, 2, 3],
  )
})

parts('the wine rows and the scores of the models', async () => {
  const wines = await WineRows.read()
  const lines = readFileSync(exampleFile('wine.csv'), 'utf8').trimEnd().split('\n')
  assert.is(wines.length, lines.length - 1)
  const linear = await wines.scores(exampleFile('wine-linear.onnx'))
  const network = await wines.scores(exampleFile('wine-mlp.onnx'))
  assert.equal([linear.length, network.length], [wines.length, wines.length])
  const qualities = lines.slice(1).map(line => Number(line.split(',').at(-1)))
  const rightOf = (scores: Float64Array): number => qualities.filter((quality, at) => Math.round(scores[at] as number) === quality).length
  assert.ok(rightOf(linear) > wines.length / 2 && rightOf(network) > rightOf(linear))
})

parts('waiting ends with the first accepted answer', async () => {
  let asked = 0
  const { signal } = new AbortController()
  assert.is(await waitUntil({ what: 'three', signal, ask: () => ++asked, good: answer => answer === 3 }), 3)
})

parts('waiting ends after the time limit with the last answer, also if there was none', async () => {
  const { signal } = new AbortController()
  const late = waitUntil({ what: 'a wonder', signal, ask: () => 'nothing new', good: () => false, timeoutMs: 1 })
  assert.is((await failureOf(late)).message, 'waited 0.001 s for a wonder; last answer: "nothing new"')
  const silent = waitUntil({ what: 'an answer', signal, ask: () => new Promise<never>(() => undefined), good: () => true, timeoutMs: 1 })
  assert.match((await failureOf(silent)).message, /waited .* for an answer; last answer: nothing/)
})

parts('waiting ends with the reason of the signal', async () => {
  const stop = new AbortController()
  const reason = new SluiceError('INTERRUPTED', 'enough')
  const waiting = waitUntil({ what: 'nothing', signal: stop.signal, ask: () => 0, good: () => false })
  stop.abort(reason)
  assert.is(await failureOf(waiting), reason)
})

parts('the cleanup runs in reverse order, even if steps fail or hang', async () => {
  const done: number[] = []
  const cleanup = new Cleanup()
  cleanup.add(() => done.push(1))
  cleanup.add(() => new Promise(() => undefined), 1)
  cleanup.add(() => {
    throw new Error('no')
  })
  cleanup.add(() => Promise.reject(new Error('no')))
  cleanup.add(async () => done.push(await Promise.resolve(2)))
  await cleanup.run()
  assert.equal(done, [2, 1])
})

parts('an invalid broker address is wrong usage, reported in one line', async () => {
  let text = ''
  const streams = [process.stderr, process.stdout]
  for (const stream of streams) stream.write = (chunk: string | Uint8Array) => Boolean((text += String(chunk)))
  const code = await run(['demo', '--brokers', 'nowhere']).finally(() => {
    for (const stream of streams) Reflect.deleteProperty(stream, 'write')
  })
  assert.is(code, 2)
  assert.match(text, /\nsluice: brokers "nowhere" \(from --brokers\) is not allowed; allowed: host:port[^\n]*\n$/)
})

parts.run()

function caught(action: () => void): SluiceError {
  try {
    action()
  } catch (error) {
    if (error instanceof SluiceError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
  throw new Error('it did not fail')
}
