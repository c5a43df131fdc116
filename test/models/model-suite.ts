import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { type Model, type Scores, checkInputs } from '../../models/index.ts'
import type { ColumnSpec } from '../../records/column-batch.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { type Cell, batchOf, valuesOf } from './batches.ts'

/** A model to put to the test: how to load it, and rows that it takes. */
export interface ModelCase {
  readonly load: () => Promise<Model>
  /** The first is one that the model needs, unless it needs none. */
  readonly specs: readonly ColumnSpec[]
  readonly rows: readonly (readonly Cell[])[]
  /** How far a row's numbers may lie apart in batches of different sizes. */
  readonly tolerance: number
  /** Whether the model finds its fields by name, so that their order is free and more of them do no harm. */
  readonly byName: boolean
  /** How often it is loaded and disposed of to see whether memory stays behind; default 1,000. Fewer where a load takes long. */
  readonly cycles?: number
}

interface RowResult {
  readonly score: number
  readonly label: string | undefined
  readonly noResult: boolean
  readonly outputs: (number | string)[][]
}

function rowResult(scores: Scores, row: number): RowResult {
  return {
    score: scores.score[row] as number,
    label: scores.labels?.[row],
    noResult: scores.noResult?.[row] === 1,
    outputs: scores.outputs.map(output => valuesOf(output, row)),
  }
}

function assertNear(actual: RowResult, expected: RowResult, tolerance: number): void {
  const near = (a: number | string, b: number | string): boolean => Object.is(a, b) || Math.abs(Number(a) - Number(b)) <= tolerance
  assert.is(actual.label, expected.label)
  assert.is(actual.noResult, expected.noResult)
  assert.ok(near(actual.score, expected.score), `score ${actual.score}, not ${expected.score}`)
  const pairs = actual.outputs.flatMap((values, output) =>
    values.map((value, at) => [value, expected.outputs[output]?.[at] ?? 'nothing'] as const),
  )
  assert.ok(
    pairs.every(([a, b]) => near(a, b)),
    `outputs ${JSON.stringify(actual.outputs)}, not ${JSON.stringify(expected.outputs)}`,
  )
}

function isMismatch(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'MODEL_INPUT_MISMATCH' && /fit/.test(error.message)
}

/** What holds for a model of any format: the contract of the `Model` port. */
export function modelSuite(name: string, { load, specs, rows, tolerance, byName, cycles = 1000 }: ModelCase): void {
  const test = suite(`model: ${name}`)

  const using = async (run: (model: Model) => Promise<void>): Promise<void> => {
    const model = await load()
    try {
      await run(model)
    } finally {
      await model.dispose()
    }
  }

  const scoreRow = async (model: Model, row: readonly Cell[]): Promise<RowResult> => rowResult(await model.score(batchOf(specs, [row])), 0)

  test('no rows give no scores', () =>
    using(async model => {
      const scores = await model.score(batchOf(specs, []))
      assert.is(scores.length, 0)
      assert.is(scores.score.length, 0)
      assert.equal(
        scores.outputs.map(output => output.name),
        model.outputs.map(output => output.name),
      )
    }))

  test('a batch gives the same as its rows one by one, whatever came before', () =>
    using(async model => {
      const single: RowResult[] = []
      for (const row of rows) single.push(await scoreRow(model, row))
      assert.ok(single.some(result => !result.noResult))
      for (const size of [rows.length, 2, 1, 3, rows.length]) {
        for (let from = 0; from < rows.length; from += size) {
          const part = rows.slice(from, from + size)
          const scores = await model.score(batchOf(specs, part))
          assert.is(scores.length, part.length)
          assert.is(scores.score.length, part.length)
          for (let row = 0; row < part.length; row++) assertNear(rowResult(scores, row), single[from + row] as RowResult, tolerance)
        }
      }
    }))

  test('many equal rows give equal scores', () =>
    using(async model => {
      const row = rows[0] as readonly Cell[]
      const scores = await model.score(
        batchOf(
          specs,
          Array.from({ length: 1000 }, () => row),
        ),
      )
      const expected = rowResult(scores, 0)
      for (let at = 1; at < 1000; at++) assertNear(rowResult(scores, at), expected, tolerance)
    }))

  test('the rows beyond a batch’s length are not looked at', () =>
    using(async model => {
      const batch = batchOf(specs, rows)
      batch.length = 1
      const scores = await model.score(batch)
      assert.is(scores.length, 1)
      assertNear(rowResult(scores, 0), await scoreRow(model, rows[0] as readonly Cell[]), tolerance)
    }))

  test('a record without a needed field is told before and refused by score', () =>
    using(async model => {
      const fewer = specs.slice(1)
      const score = async (): Promise<Scores> => model.score(batchOf(fewer, [(rows[0] as readonly Cell[]).slice(1)]))
      if (model.inputs.every(input => !input.required)) {
        checkInputs(model, fewer)
        assert.is((await score()).length, 1)
      } else {
        assert.throws(() => checkInputs(model, fewer), isMismatch)
        assert.ok(isMismatch(await score().catch((error: unknown) => error)))
      }
      checkInputs(model, specs)
      await scoreRow(model, rows[0] as readonly Cell[])
    }))

  test('text where a number is wanted, and a number where text is, is told before and refused by score', () =>
    using(async model => {
      const wrong = specs.map(({ name, kind }): ColumnSpec => ({ name, kind: kind === 'text' ? 'number' : 'text' }))
      assert.throws(() => checkInputs(model, wrong), isMismatch)
      const score = async (): Promise<Scores> => model.score(batchOf(wrong, [wrong.map(({ kind }) => (kind === 'text' ? 'a' : 1))]))
      assert.ok(isMismatch(await score().catch((error: unknown) => error)))
      await scoreRow(model, rows[0] as readonly Cell[])
    }))

  if (byName) {
    test('fields are found by name, in any order and among others', () =>
      using(async model => {
        const expected = await scoreRow(model, rows[0] as readonly Cell[])
        const others: ColumnSpec[] = [
          { name: 'other_number', kind: 'number' },
          { name: 'other_text', kind: 'text' },
        ]
        const mixed = [...specs.map(({ name, kind }) => ({ name: name.toUpperCase().replaceAll('_', ' '), kind })).reverse(), ...others]
        const cells = [...[...(rows[0] as readonly Cell[])].reverse(), 1, 'text']
        assertNear(rowResult(await model.score(batchOf(mixed, [cells])), 0), expected, tolerance)
      }))
  }

  test('missing values, NaN and the infinities harm no other row', () =>
    using(async model => {
      const row = rows[0] as readonly Cell[]
      const odd = [undefined, NaN, Infinity, -Infinity].map(value => specs.map(({ kind }) => (kind === 'number' ? value : undefined)))
      const mixed = [row, ...odd, row]
      assert.is((await model.score(batchOf(specs, mixed))).length, mixed.length)
      const expected = await scoreRow(model, row)
      const singly: RowResult[] = []
      for (const cells of mixed) singly.push(await scoreRow(model, cells))
      const again = await model.score(batchOf(specs, mixed))
      for (const at of [0, mixed.length - 1]) assertNear(rowResult(again, at), expected, tolerance)
      for (let at = 0; at < mixed.length; at++) {
        assertNear(rowResult(again, at), singly[at] as RowResult, tolerance)
        if (again.noResult?.[at] === 1) assert.ok(Number.isNaN(again.score[at]) && (again.labels?.[at] ?? '') === '')
      }
    }))

  test('a batch of other columns, or in another order, after the first is read as it is', () =>
    using(async model => {
      const expected = await scoreRow(model, rows[0] as readonly Cell[])
      const text = { name: 'other_text', kind: 'text' } as const
      const takesText = model.inputs.some(({ type }) => type === 'string')
      const more = takesText && !byName ? specs : [text, ...specs]
      const cells = more === specs ? (rows[0] as readonly Cell[]) : ['x', ...(rows[0] as readonly Cell[])]
      assertNear(rowResult(await model.score(batchOf(more, [cells])), 0), expected, tolerance)
      assertNear(await scoreRow(model, rows[0] as readonly Cell[]), expected, tolerance)
    }))

  test('dispose waits for a score that is under way, and a second one does nothing', async () => {
    const model = await load()
    const scoring = model.score(batchOf(specs, rows))
    const disposing = model.dispose()
    const scores = await scoring
    assert.is(scores.length, rows.length)
    await disposing
    await model.dispose()
    const after = async (): Promise<Scores> => model.score(batchOf(specs, rows))
    assert.is(((await after().catch((error: unknown) => error)) as SluiceError).code, 'MODEL_FAILED')
  })

  test(`${cycles} loads and disposals leave no memory behind`, async () => {
    const cycle = async (count: number): Promise<number> => {
      for (let i = 0; i < count; i++) {
        const model = await load()
        await model.score(batchOf(specs, rows))
        await model.dispose()
      }
      return process.memoryUsage().rss / 1048576
    }
    const warm = await cycle(Math.ceil(cycles / 4))
    const end = await cycle(cycles)
    assert.ok(end - warm < 60, `${warm} MB became ${end} MB`)
  })

  test.run()
}
