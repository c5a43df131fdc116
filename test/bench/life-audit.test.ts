import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Answer } from '../../bench/life/answer-log.ts'
import { audit, type AuditedRun, type AuditVerdict, faultsIn, Positions } from '../../bench/life/audit.ts'
import { longestEcho } from '../../bench/echo/index.ts'
import { waitsNoLonger } from '../../bench/life/latency-findings.ts'
import { byStretch, latenciesOf } from '../../bench/life/latencies.ts'
import { lineFit } from '../../bench/life/line-fit.ts'
import type { ModelEvent } from '../../serving/index.ts'

const told = { dataType: 'wine', at: 0, application: 'app', task: '0_0' }
const events: readonly ModelEvent[] = [
  { ...told, event: 'accepted', sequence: 1, version: 1, policy: 1, champion: 1, hash: 'aa' },
  { ...told, event: 'effective', sequence: 2, policy: 1, champion: 1, position: { partition: 0, offset: 0 } },
  { ...told, event: 'accepted', sequence: 3, version: 2, policy: 2, champion: 1, hash: 'bb' },
  { ...told, event: 'effective', sequence: 4, policy: 2, champion: 1, position: { partition: 0, offset: 2 } },
  { ...told, event: 'promoted', sequence: 5, version: 2, policy: 3, champion: 2 },
  { ...told, event: 'effective', sequence: 6, policy: 3, champion: 2, position: { partition: 0, offset: 5 } },
]

const of = (offset: number, version: number, policy: number, more: Partial<Answer> = {}): Answer => ({
  dataType: 'wine',
  key: 'k',
  partition: 0,
  offset,
  version,
  policy,
  role: 'CHAMPION',
  status: 'OK',
  hash: version === 1 ? 'aa' : 'bb',
  score: version * 10 + (offset % 2),
  sentAt: 0,
  seenAt: 1,
  ...more,
})

const good: readonly Answer[] = [
  of(0, 1, 1),
  of(1, 1, 1),
  of(2, 2, 2, { role: 'CHALLENGER' }),
  of(3, 1, 2),
  of(4, 2, 2, { role: 'CHALLENGER' }),
  of(5, 2, 3),
]

const run = (answers: readonly Answer[], more: Partial<AuditedRun> = {}): AuditVerdict =>
  audit({
    inputs: good.map(({ offset }) => ({ partition: 0, offset, dataType: 'wine', row: offset % 2 })),
    answers,
    events,
    challengersOf: (_, policy) => (policy === 2 ? [2] : []),
    score: (hash, row) => (hash === 'aa' ? 10 : 20) + row,
    ...more,
  })

const audits = suite('the audit of a run')

audits('a run as it should be has no fault', () => {
  const verdict = run(good)
  assert.equal([faultsIn(verdict), verdict.complaints], [0, []])
})

const replaced = (offset: number, more: Partial<Answer>): readonly Answer[] =>
  good.map(each => (each.offset === offset ? { ...each, ...more } : each))

const faults: readonly (readonly [what: string, kind: keyof AuditVerdict, answers: readonly Answer[]])[] = [
  ['a record without a result', 'lost', good.slice(1)],
  ['two results of one record', 'doubled', [...good, ...good.slice(5)]],
  ['a result of no record', 'foreign', [...good, of(6, 2, 3)]],
  ['a result of another data type', 'foreign', [...good, of(0, 1, 1, { dataType: 'beer' })]],
  ['a policy before its position', 'otherPolicy', replaced(1, { policy: 2 })],
  ['a policy after the next has taken effect', 'otherPolicy', replaced(5, { policy: 2, version: 1, hash: 'aa', score: 11 })],
  ['no score', 'otherPolicy', replaced(3, { status: 'NO_MODEL' })],
  ['the champion before, under the new policy', 'otherVersion', replaced(5, { version: 1, hash: 'aa', score: 11 })],
  ['a challenger under a policy that has none', 'otherVersion', replaced(5, { role: 'CHALLENGER' })],
  ['bytes that the version does not have', 'otherVersion', replaced(5, { hash: 'aa', score: 11 })],
  ['a score of another model', 'otherScore', replaced(5, { score: 11 })],
  ['a key that meets two versions under one policy', 'unsteady', replaced(4, { version: 1, role: 'CHAMPION', hash: 'aa', score: 10 })],
]

for (const [what, kind, answers] of faults)
  audits(`finds ${what}`, () => {
    const verdict = run(answers)
    assert.is(verdict[kind], 1, JSON.stringify(verdict))
    assert.is(faultsIn(verdict), 1)
    assert.is(verdict.complaints.length, 1)
  })

audits('a record before any policy took effect has no model, and no other answer', () => {
  const later = events.map(event => (event.sequence === 2 ? { ...event, position: { partition: 0, offset: 1 } } : event))
  const none = { status: 'NO_MODEL', policy: 0, version: 0, hash: '', score: 0 }
  assert.is(faultsIn(run(replaced(0, none), { events: later })), 0)
  assert.is(run(good, { events: later }).otherPolicy, 1)
})

audits('finds events that are missing, or told twice', () => {
  assert.is(run(good, { events: events.filter(({ sequence }) => sequence !== 3 && sequence !== 2) }).badEvents, 1)
  assert.is(run(good, { events: [...events, { ...(events[5] as ModelEvent), sequence: 7 }] }).badEvents, 1)
})

audits('the order of policies in each partition is that of their offsets', () => {
  const elsewhere = { ...told, event: 'effective', policy: 2, champion: 1, position: { partition: 3, offset: 9 } } as const
  const orders = new Positions([...events, elsewhere]).orders('wine')
  assert.equal(
    [...orders],
    [
      [0, [1, 2, 3]],
      [3, [2]],
    ],
  )
})

audits.run()

const figures = suite('figures of a run')

figures('a record belongs to the stretch that it met, the kill before the swap', () => {
  const marked = [
    { stretch: 'swap', from: 100, to: 200 },
    { stretch: 'kill', from: 150, to: 300 },
  ] as const
  const at = (sentAt: number, seenAt: number): { sentAt: number; seenAt: number } => ({ sentAt, seenAt })
  const found = byStretch([at(10, 20), at(90, 110), at(190, 210), at(301, 400)], marked)
  assert.equal([found.quiet.length, found.swap.length, found.kill.length, found.join.length], [2, 1, 1, 0])
})

figures('on a busy machine swaps are held against the time between them', () => {
  const of = (late: number, longest: number): ReturnType<typeof latenciesOf> =>
    latenciesOf(
      Array.from({ length: 1000 }, (_, at) => ({ sentAt: 0, seenAt: at >= late ? 10 : at === 0 ? longest : 51 })),
      [],
    )
  assert.ok(waitsNoLonger(of(110, 150), of(100, 100)))
  assert.not(waitsNoLonger(of(111, 150), of(100, 100)), 'more records wait')
  assert.not(waitsNoLonger(of(100, 151), of(100, 100)), 'one waits longer')
})

figures('a wait is explained by an echo of the same time that took as long', () => {
  const echoes = [
    { from: 0, to: 5 },
    { from: 100, to: 190 },
    { from: 200, to: 205 },
  ]
  assert.is(longestEcho(echoes, { from: 150, to: 180 }), 90)
  assert.is(longestEcho(echoes, { from: 195, to: 199 }), 0)
  const { over, unexplained, beyondEcho, max, histogram } = latenciesOf(
    [
      { sentAt: 100, seenAt: 200 },
      { sentAt: 198, seenAt: 298 },
      { sentAt: 300, seenAt: 304 },
    ],
    echoes,
  )
  assert.equal([over, unexplained, beyondEcho, max], [2, 1, 95, 100])
  assert.equal([histogram['≤5'], histogram['≤100']], [1, 2])
})

figures('a line through points has a slope, and an error where they are not on it', () => {
  const exact = lineFit([
    [0, 1],
    [1, 3],
    [2, 5],
    [3, 7],
  ])
  assert.equal([exact.slope, exact.error, exact.mean], [2, 0, 4])
  const { slope, error } = lineFit([
    [0, 0],
    [1, 1],
    [2, 0],
    [3, 1],
  ])
  assert.ok(Math.abs(slope - 0.2) < 1e-9 && Math.abs(error - Math.sqrt(0.08)) < 1e-9, `${slope} ${error}`)
})

figures.run()
