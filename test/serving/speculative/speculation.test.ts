import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Model, Scores } from '../../../models/index.ts'
import { sluice } from '../../../proto/messages.js'
import { ColumnBatch } from '../../../records/index.ts'
import { knownDecider } from '../../../serving/deciders/index.ts'
import { ModelRunner } from '../../../serving/speculative/model-runner.ts'
import { type PolicyModels, type RacingRow, type Racers, Speculation } from '../../../serving/speculative/index.ts'
import { inFakeEnv } from '../../support/fake-env.ts'
import type { RawRecord } from '../../../topology/index.ts'

const test = suite('speculation')

const specs = [{ name: 'x', kind: 'number' }] as const
const policy = { models: [{ model: 'm' }], budgetMs: 60_000, decider: { kind: 'smartest' } } as const

/** A model that scores each row as its number times a factor, once `open` resolves; it counts its rows. */
class Counting {
  rows = 0
  readonly racers: Racers

  constructor(factor: number, open: Promise<void> = Promise.resolve()) {
    const score = async (batch: ColumnBatch): Promise<Scores> => {
      this.rows += batch.length
      const [column] = batch.columns
      const values = Float64Array.from({ length: batch.length }, (_, row) => Number(column?.values[row]) * factor)
      await open
      return { length: values.length, score: values, labels: undefined, noResult: undefined, outputs: [] }
    }
    const model: Model = { format: '', inputs: [], outputs: [], score, dispose: () => Promise.resolve() }
    const racer = {
      name: `by ${factor}`,
      version: factor,
      role: sluice.ModelRole.RACER,
      hash: new Uint8Array(),
      place: undefined,
      runner: new ModelRunner(model),
    }
    this.racers = { dataType: 't', policy, decider: knownDecider(policy.decider), all: [racer], racing: 1, fallback: -1 }
  }
}

function rowsOf(
  count: number,
  from = 0,
): { readonly batch: ColumnBatch; readonly rows: readonly RacingRow[]; readonly records: readonly RawRecord[] } {
  const batch = new ColumnBatch(specs, count)
  const records = Array.from({ length: count }, (_, at): RawRecord => {
    batch.setNumber(0, batch.length++, from + at)
    return { key: null, value: null, timestamp: 0, headers: undefined, topic: 'data', partition: 0, offset: from + at, source: undefined }
  })
  return { batch, records, rows: records.map((record, row) => ({ row, record })) }
}

function speculationOf(models: { racers: Racers }, late: string[] = []): Speculation {
  return new Speculation({
    models: { of: () => models.racers, close: () => Promise.resolve() } as unknown as PolicyModels,
    policyOf: () => policy,
    late: ({ entry }, { racer }) => late.push(`${entry.record.offset} ${racer.name}`),
  })
}

test('of many records that arrive, only so many race ahead of their turn; the others do when it is their turn', async () => {
  const counting = new Counting(2)
  const speculation = speculationOf(counting)
  const { batch, rows, records } = rowsOf(3000)
  speculation.arrived('t', batch, rows)
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.is(counting.rows, 1024)
  const races = await speculation.races(counting.racers, batch, records)
  for (const [at, race] of races.entries()) {
    await race.decided()
    assert.is(race.decision?.verdict?.score, 2 * at)
  }
  assert.is(counting.rows, 3000)
  await speculation.close()
})

test('records that wait race anew with other models; those that were processed do not', async () => {
  let open: () => void = () => undefined
  const [slow, next] = [new Counting(2, new Promise(resolve => (open = resolve))), new Counting(3)]
  const late: string[] = []
  const inForce = { racers: slow.racers }
  const speculation = speculationOf(inForce, late)
  const { batch, rows, records } = rowsOf(4)
  speculation.arrived('t', batch, rows)
  const [first] = await speculation.races(slow.racers, rowsOf(1).batch, records.slice(0, 1))
  first?.end()
  assert.is(first?.decision?.cause, 'timeout')
  speculation.processed(records[0] as RawRecord, 1)
  inForce.racers = next.racers
  const rest = await speculation.races(next.racers, rowsOf(2, 1).batch, records.slice(1, 3))
  for (const race of rest) await race.decided()
  assert.equal(
    rest.map(({ decision, racers }) => [decision?.verdict?.score, racers === next.racers]),
    [
      [3, true],
      [6, true],
    ],
  )
  // The record behind them began anew with them.
  assert.is(next.rows, 3)
  open()
  await new Promise(resolve => setTimeout(resolve, 20))
  // Late is what comes for a result that there is.
  assert.equal(late, ['0 by 2'])
  await speculation.close()
})

test('a record that is processed again keeps its race', async () => {
  const counting = new Counting(2)
  const speculation = speculationOf(counting)
  const { batch, records } = rowsOf(4)
  const [one] = await speculation.races(counting.racers, batch, records)
  await one?.decided()
  const [again] = await speculation.races(counting.racers, batch, records)
  assert.is(again, one)
  assert.is(counting.rows, 4)
  await speculation.close()
})

test('where many races begin at once, others are decided meanwhile, and with as little delay', () =>
  inFakeEnv(async world => {
    let begun = 0
    class Deaf extends ModelRunner {
      override submit(): void {
        begun++
      }
    }
    const counting = new Counting(2)
    const racers: Racers = {
      ...counting.racers,
      policy: { ...policy, budgetMs: 20 },
      all: counting.racers.all.map(racer => ({ ...racer, runner: new Deaf({} as Model) })),
    }
    const speculation = speculationOf({ racers })
    const { batch, rows, records } = rowsOf(4001)
    speculation.arrived('t', batch, rows.slice(0, 1))
    // To begin a race takes a tenth of a millisecond.
    world.stepMs = 0.1
    const first = speculation.races(racers, batch, records.slice(0, 1)).then(async ([race]) => {
      await race?.decided()
      return [race?.decision?.cause, race?.elapsed ?? NaN, begun] as const
    })
    const all = speculation.races(racers, rowsOf(4000, 1).batch, records.slice(1))
    await world.run(1000)
    const [cause, elapsed, before] = await first
    assert.is(cause, 'timeout')
    assert.ok(before < 4001, `it was decided when ${before} had begun`)
    assert.ok(elapsed < 25, `it was decided after ${elapsed} ms`)
    assert.is((await all).length, 4000)
    assert.is(begun, 4001)
    await speculation.close()
  }))

test('a call that is under way when its runner is closed still answers', async () => {
  let open: () => void = () => undefined
  const counting = new Counting(2, new Promise(resolve => (open = resolve)))
  const runner = counting.racers.all[0]?.runner as ModelRunner
  const told: number[] = []
  const { batch } = rowsOf(2)
  for (const row of [0, 1])
    runner.submit({ batch, row, deadline: Infinity, shed: () => undefined, tell: ({ score }) => void told.push(score) })
  await new Promise(resolve => setImmediate(resolve))
  assert.is(counting.rows, 2)
  runner.close()
  open()
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(told, [0, 2])
})

test('the answers of many rows are taken in parts', () =>
  inFakeEnv(async world => {
    world.stepMs = 0.1
    const counting = new Counting(2)
    const told: number[] = []
    const runner = counting.racers.all[0]?.runner as ModelRunner
    const { batch } = rowsOf(1000)
    for (let row = 0; row < 1000; row++)
      runner.submit({ batch, row, deadline: 1e9, shed: () => undefined, tell: ({ score }) => void told.push(score) })
    let seen = 0
    world.timer(1, () => (seen = told.length))
    await world.run(10_000)
    assert.ok(seen > 0 && seen < 1000, `${seen} were told before a timer that was due`)
    assert.equal(
      told,
      Array.from({ length: 1000 }, (_, row) => row * 2),
    )
  }))

test.run()
