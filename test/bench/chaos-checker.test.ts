import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type ChaosDeadLetter,
  type ChaosInput,
  type ChaosResult,
  checkResults,
  type ResultVerdict,
} from '../../bench/chaos/check-results.ts'
import {
  type ChangelogRecord,
  checkAnswers,
  checkCopies,
  checkCounts,
  checkModels,
  type StateAnswer,
  type StoreCopy,
} from '../../bench/chaos/check-state.ts'
import { deck, drawFaults } from '../../bench/chaos/faults/index.ts'
import { Random } from '../../bench/chaos/random.ts'
import { chaosReport } from '../../bench/chaos/report.ts'
import { modelStateSerde, modelStatisticsSerde, type ModelStatistics } from '../../stores/models/model-rows.ts'
import { stateKey, statsKey } from '../../stores/models/row-keys.ts'
import { DurationSketch, type ModelServingView, useView } from '../../stores/index.ts'

const [first, second] = ['aa'.repeat(32), 'bb'.repeat(32)] as const
const published = new Map([
  ['red', [first, second]],
  ['white', [first]],
])
const score = (hash: string, row: number): number | undefined => (hash === first ? row : hash === second ? row + 100 : undefined)

/** Two partitions, five records each; partition 0 has red wine and its second model at the third record. */
const inputs: readonly ChaosInput[] = [0, 1].flatMap(partition =>
  [0, 1, 2, 3, 4].map(offset => ({ partition, offset, dataType: partition === 0 ? 'red' : 'white', row: offset })),
)

function resultOf({ partition, offset, dataType, row }: ChaosInput, at: number): ChaosResult {
  const version = partition === 0 && offset >= 2 ? 2 : 1
  const hash = version === 2 ? second : first
  const place = { partition, offset: at, inputPartition: partition, inputOffset: offset }
  return { ...place, dataType, status: 'OK', version, hash, score: score(hash, row) as number }
}

const good = inputs.map(resultOf)

function judge(
  results: readonly ChaosResult[],
  deadLetters: readonly ChaosDeadLetter[] = [],
  given: readonly ChaosInput[] = inputs,
): Omit<ResultVerdict, 'complaints'> {
  const { complaints, ...counts } = checkResults({ inputs: given, results, deadLetters, published, score, exact: true })
  const faults = Object.values(counts).reduce((sum, count) => sum + count, 0)
  assert.is(complaints.length, faults, 'each fault is told')
  return counts
}

const faultless = { lost: 0, doubled: 0, outOfOrder: 0, versionsBack: 0, foreign: 0, wrong: 0, gaps: 0 }
const changed = (at: number, change: Partial<ChaosResult>): readonly ChaosResult[] =>
  good.map((result, index) => (index === at ? { ...result, ...change } : result))

const results = suite('checkResults')

results('finds nothing in a history without faults, however partitions interleave', () => {
  assert.equal(judge(good), faultless)
  const interleaved = [0, 5, 6, 1, 7, 2, 3, 8, 9, 4].map(at => good[at] as ChaosResult)
  assert.equal(judge(interleaved), faultless)
})

results('an invalid input has one dead letter and no result; a valid input has no dead letter', () => {
  const odd = { partition: 1, offset: 5, dataType: '', row: -1, odd: 'large' }
  const letter = { partition: 1, offset: 5, code: 'RECORD_TOO_LARGE' }
  const given = [...inputs, odd]
  assert.equal(judge(good, [letter], given), faultless)
  assert.equal(judge(good, [], given), { ...faultless, lost: 1 })
  assert.equal(judge(good, [letter, letter], given), { ...faultless, doubled: 1 })
  assert.equal(judge(good, [letter, { ...letter, offset: 2 }], given), { ...faultless, foreign: 1 })
  const answered = resultOf({ ...odd, dataType: 'white', row: 5 }, 5)
  assert.equal(judge([...good, answered], [letter], [...inputs, { ...odd, dataType: 'white', row: 5 }]), { ...faultless, foreign: 1 })
})

results('counts inputs without a result', () => {
  assert.equal(judge(good.filter(({ inputOffset }) => inputOffset !== 3)), { ...faultless, lost: 2 })
  assert.equal(judge([]), { ...faultless, lost: 10 })
})

results('counts second results, also of a whole run that is replayed; a replay is not out of order', () => {
  assert.equal(judge([...good.slice(0, 5), good[4] as ChaosResult, ...good.slice(5)]), { ...faultless, doubled: 1 })
  assert.equal(judge([...good, ...good.slice(7)]), { ...faultless, doubled: 3 })
})

results('counts first results that are out of order', () => {
  const swapped = [0, 1, 2, 4, 3, 5, 6, 7, 8, 9].map(at => good[at] as ChaosResult)
  assert.equal(judge(swapped), { ...faultless, outOfOrder: 1 })
})

results('results of a partition in different partitions of the topic have no order', () => {
  const apart = [1, 0, 2, 3, 4].map(at => ({ ...(good[at] as ChaosResult), partition: at % 2 }))
  assert.is(judge([...apart, ...good.slice(5)]).outOfOrder, 0)
})

results('finds versions that decrease in the order of the inputs, and in the order of the topic', () => {
  assert.equal(judge(changed(4, { version: 1, hash: first, score: 4 })), { ...faultless, versionsBack: 1 })
  const replayedByTheOld = [...good, { ...(good[4] as ChaosResult), version: 1, hash: first, score: 4 }]
  assert.equal(judge(replayedByTheOld), { ...faultless, doubled: 1 }, 'a second result is wrong whatever it says')
  const early = [4, 0, 1, 2, 3, 5, 6, 7, 8, 9].map(at => good[at] as ChaosResult)
  assert.equal(judge(early), { ...faultless, outOfOrder: 4, versionsBack: 2 })
})

results('counts results without an input, or of another data type', () => {
  assert.equal(judge([...good, { ...(good[9] as ChaosResult), inputOffset: 5 }]), { ...faultless, foreign: 1 })
  assert.equal(judge(changed(9, { dataType: 'red' })).foreign, 1)
  assert.equal(judge(changed(9, { inputPartition: 7 })), { ...faultless, foreign: 1, lost: 1 })
})

results('counts of a data type in a partition have no gap; at least once they are never too few', () => {
  const counts = (all: readonly number[]): readonly ChaosResult[] => all.map((count, at) => ({ ...(good[at] as ChaosResult), count }))
  const gaps = (all: readonly number[], exact: boolean): number =>
    checkResults({ inputs, results: counts(all), deadLetters: [], published, score, exact }).gaps
  assert.is(gaps([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], true), 0)
  assert.is(gaps([1, 2, 4, 5, 6, 1, 2, 2, 3, 4], true), 2, 'one too many, and one twice')
  assert.is(gaps([1, 2, 4, 5, 6, 1, 2, 2, 3, 4], false), 3)
  assert.is(gaps([2, 3, 4, 5, 6, 1, 2, 5, 6, 7], false), 0)
})

for (const [what, change] of Object.entries({
  'a hash that is not of the version': { hash: second },
  'a version that was never published': { version: 3 },
  'version 0': { version: 0, hash: '' },
  'a score that the model does not give': { score: 4.5 },
  'no score': { score: null },
  'another status than OK': { status: 'NO_MODEL' },
})) {
  results(`counts a result with ${what} as wrong`, () => assert.is(judge(changed(9, change)).wrong, 1))
}

results.run()

// The state at the end: version 2 of red wine serves, and has counted three results.

function stateRow(current: number): Uint8Array {
  const versions = [first, second].slice(0, current).map((hash, at) => ({
    version: at + 1,
    name: `model-${at + 1}`,
    description: '',
    modeltype: 3,
    hash: Buffer.from(hash, 'hex'),
    size: 9,
    location: '',
    output: '',
    since: 1000 + at,
    partition: 0,
    offset: at,
  }))
  return modelStateSerde.serialize({ dataType: 'red', current, latest: current, versions, nextOffset: current })
}

const durations = new DurationSketch()
durations.add(0.2, 3)
const calls = { invocations: 3, duration: 0.1 + 0.2, min: 0.1, max: 0.2 }
const statistics: ModelStatistics = { version: 2, ...calls, lastUsed: 5, roles: [{ role: 0, ...calls, durations }] }
const rows: readonly (readonly [Buffer, Uint8Array | null])[] = [
  [stateKey('red'), stateRow(1)],
  [statsKey('red'), modelStatisticsSerde.serialize({ ...statistics, version: 1 })],
  [stateKey('red'), stateRow(2)],
  [statsKey('red'), null],
  [statsKey('red'), modelStatisticsSerde.serialize(statistics)],
]
// Offsets have gaps where transactions ended.
const changelog: readonly ChangelogRecord[] = rows.map(([key, value], at) => ({ partition: 0, offset: at * 2, key, value }))

const state = suite('checkCopies, checkAnswers, checkModels, checkCounts')

const owned: StoreCopy = {
  instance: 'A',
  partition: 0,
  owned: true,
  checkpoint: 9,
  rows: [
    [stateKey('red'), stateRow(2)],
    [statsKey('red'), modelStatisticsSerde.serialize(statistics)],
  ],
}

state('a copy on disk is the changelog’s last values', () => {
  assert.equal(checkCopies(changelog, [owned]), [])
  assert.is(checkCopies(changelog, [{ ...owned, rows: owned.rows.slice(1) }]).length, 1, 'a row less')
  assert.is(checkCopies(changelog, [{ ...owned, rows: [...owned.rows, [stateKey('white'), stateRow(1)]] }]).length, 1, 'a row more')
  assert.is(checkCopies(changelog, [{ ...owned, rows: [[stateKey('red'), stateRow(1)], owned.rows[1]!] }]).length, 1, 'an older row')
  assert.is(checkCopies(changelog, [{ ...owned, damage: 'rows are missing' }]).length, 1)
  assert.is(checkCopies(changelog, [{ ...owned, partition: 1 }]).length, 2, 'of another partition')
})

state('a copy that has another owner now is compared as of its checkpoint', () => {
  const left: StoreCopy = { ...owned, owned: false, checkpoint: 6, rows: [owned.rows[0]!, [statsKey('red'), rows[1]![1]!]] }
  assert.equal(checkCopies(changelog, [left]), [])
  assert.is(checkCopies(changelog, [{ ...left, checkpoint: 7 }]).length, 1, 'the statistics were deleted by then')
  assert.is(checkCopies(changelog, [{ ...left, owned: true }]).length, 1, 'an owner may not lag')
  assert.is(checkCopies(changelog, [{ ...left, checkpoint: 3 }]).length, 1, 'it leads its checkpoint')
  assert.equal(checkCopies(changelog, [{ ...left, checkpoint: undefined, rows: [] }]), [], 'nothing yet')
})

const view = (change: Partial<ModelServingView> = {}): ModelServingView => ({
  dataType: 'red',
  name: 'model-2',
  description: '',
  hash: second,
  modeltype: 'ONNX',
  size: 9,
  since: 1001,
  ...useView(statistics),
  versions: [first, second].map((hash, at) => ({
    version: at + 1,
    name: `model-${at + 1}`,
    hash,
    since: 1000 + at,
    size: 9,
    partition: 0,
    offset: at,
  })),
  ...change,
})

const answer = (value: ModelServingView | undefined): readonly StateAnswer[] => [{ instance: 'A', dataType: 'red', value }]

state('an answer of REST is what the changelog says', () => {
  assert.equal(checkAnswers(changelog, answer(view())), [])
  for (const change of [
    { invocations: 4 },
    { duration: 0.3 },
    { version: 1 },
    { hash: first },
    { lastUsed: 6 },
    { roles: [] },
    { versions: [] },
  ]) {
    assert.is(checkAnswers(changelog, answer(view(change))).length, 1, JSON.stringify(change))
  }
  assert.is(checkAnswers(changelog, answer(undefined)).length, 1, 'no answer')
  assert.is(checkAnswers([], answer(view())).length, 1, 'an answer from nowhere')
})

state('statistics of an older version are ignored', () => {
  const unused = { invocations: 0, duration: 0, min: 0, max: 0, lastUsed: 0, roles: [] }
  const newer = changelog.filter(({ offset }) => offset !== 6 && offset !== 8)
  assert.equal(checkAnswers(newer, answer(view(unused))), [])
})

state('every published model has become a version', () => {
  assert.equal(checkModels(changelog, new Map([['red', [first, second]]])), [])
  assert.is(checkModels(changelog, new Map([['red', [first, second, first]]])).length, 1)
  assert.is(checkModels(changelog, new Map([['red', [second, first]]])).length, 1)
  assert.is(checkModels(changelog, new Map([['white', [first]]])).length, 1)
})

state('statistics count each result once; a fault may only lose counts', () => {
  assert.equal(checkCounts(changelog, good, true), [])
  assert.is(checkCounts(changelog, [...good, good[4] as ChaosResult], true).length, 1)
  assert.equal(checkCounts(changelog, [...good, good[4] as ChaosResult], false), [])
  assert.is(checkCounts(changelog, good.slice(0, 4), false).length, 1)
})

state.run()

const report = suite('chaosReport')
const modes = { app: 'serve', join: 'keyed', threads: 0, standbyReplicas: 0, types: 2, compaction: 'off' } as const
const plain = { ...modes, seed: 1, brokers: 1, odd: 'serve', sabotage: undefined, log: () => undefined } as const
const independent = { lost: 0, doubled: 0, outOfOrder: 0, foreign: 0, gaps: 0, aborted: 0, complaints: [], topics: {} }

const reportOf = (
  results: readonly ChaosResult[],
  guarantee: 'exactly_once' | 'at_least_once',
  mismatches: readonly string[] = [],
): boolean =>
  chaosReport({
    options: { ...plain, kills: 0, guarantee },
    findings: {
      records: inputs.length,
      results: results.length,
      deadLetters: 0,
      mismatches,
      independent,
      verdict: checkResults({ inputs, results, deadLetters: [], published, score, exact: true }),
    },
    recoveries: [],
    cluster: { crashes: 0, badStops: 0 },
    seconds: 1,
  }).ok

report('doubled results are excused at least once, nothing else is', () => {
  assert.is(reportOf(good, 'exactly_once'), true)
  assert.is(reportOf([...good, ...good.slice(8)], 'exactly_once'), false)
  assert.is(reportOf([...good, ...good.slice(8)], 'at_least_once'), true)
  assert.is(reportOf(good.slice(1), 'at_least_once'), false)
  assert.is(reportOf(good, 'at_least_once', ['LevelDB differs']), false)
})

report('recovery times are summarized by kind', () => {
  const recoveries = [50, 10, 30, 20, 40].map(milliseconds => ({ kind: 'kill' as const, milliseconds }))
  const { recovery } = chaosReport({
    options: { ...plain, kills: 5, guarantee: 'exactly_once' },
    findings: {
      records: 0,
      results: 0,
      deadLetters: 0,
      mismatches: [],
      independent,
      verdict: checkResults({ inputs: [], results: [], deadLetters: [], published, score, exact: true }),
    },
    recoveries,
    cluster: { crashes: 0, badStops: 0 },
    seconds: 1,
  })
  assert.equal(recovery, { kill: { count: 5, p50: 30, p95: 50, max: 50 } })
})

report.run()

const faults = suite('drawFaults')

faults('the same seed draws the same faults; a whole deck has each kind as often as it says', () => {
  const size = Object.values(deck).reduce((sum, { cards }) => sum + cards, 0)
  const drawn = drawFaults(size, new Random(7))
  assert.equal(drawFaults(size, new Random(7)), drawn)
  assert.not.equal(drawFaults(size, new Random(8)), drawn)
  for (const [kind, { cards }] of Object.entries(deck)) assert.is(drawn.filter(each => each === kind).length, cards, kind)
  assert.is(drawFaults(25, new Random(1)).length, 25)
  assert.equal(drawFaults(0, new Random(1)), [])
})

faults.run()
