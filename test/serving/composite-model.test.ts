import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type LoadedModel, LoadedModels, type Model, type OutputColumn, type Scores } from '../../models/index.ts'
import { ColumnBatch } from '../../records/index.ts'
import { CompositeModel, StepFailed } from '../../serving/composite/index.ts'

const composite = suite('two models as one')
const specs = [{ name: 'x', kind: 'number' }] as const
const takes = [
  { name: 'pair[1]', kind: 'number' },
  { name: 'word', kind: 'text' },
] as const

function batchOf(...values: readonly number[]): ColumnBatch {
  const batch = new ColumnBatch(specs, values.length + 3)
  for (const [row, value] of values.entries()) batch.setNumber(0, row, value)
  batch.length = values.length
  return batch
}

function scoresOf(score: readonly number[], more: Partial<Scores> = {}): Scores {
  return { length: score.length, score: Float64Array.from(score), labels: undefined, noResult: undefined, outputs: [], ...more }
}

function modelOf(score: (batch: ColumnBatch) => Scores | Promise<Scores>): Model & { readonly calls: number[] } {
  const calls: number[] = []
  return {
    format: 'test',
    inputs: [],
    outputs: [],
    calls,
    score: batch => {
      calls.push(batch.length)
      return score(batch)
    },
    dispose: () => Promise.resolve(),
  }
}

function valuesOf({ columns: [x], length }: Pick<ColumnBatch, 'columns' | 'length'>): number[] {
  return Array.from({ length }, (_, row) => Number(x?.values[row]))
}

/** Gives x and ten times x as a pair, and x as a word; no result for 0. */
const outputsOf = (batch: ColumnBatch): readonly OutputColumn[] => {
  const x = valuesOf(batch)
  return [
    { name: 'pair', kind: 'number', width: 2, values: x.flatMap(value => [value, value * 10]) },
    { name: 'word', kind: 'text', width: 1, values: x.map(value => `word ${value}`) },
  ]
}
const first = (): ReturnType<typeof modelOf> =>
  modelOf(batch => {
    const x = valuesOf(batch)
    return scoresOf(x, { outputs: outputsOf(batch), noResult: Uint8Array.from(x, value => (value === 0 ? 1 : 0)) })
  })
const seen: unknown[] = []
/** Gives the second of the pair, whatever is missing counts as 7. */
const second = (): ReturnType<typeof modelOf> =>
  modelOf(({ specs: of, columns, length }) => {
    seen.push(of)
    assert.equal(
      of.map(({ name }) => name),
      ['x', 'pair[1]', 'word'],
    )
    const [, pair, word] = columns
    const x = valuesOf({ columns, length })
    const rows = Array.from({ length }, (_, row) => row)
    assert.ok(rows.every(row => [undefined, `word ${x[row]}`].includes(word?.values[row] as string)))
    return scoresOf(rows.map(row => (pair?.kind === 'number' && pair.missing[row] === 0 ? (pair.values[row] as number) : 7)))
  })
const step = (name: string, version: number, model: Model) => ({ name, version, key: `key of ${name}`, model })

composite(
  'one call of each for a batch; rows without a result of the first have none; the joined columns are the same for each batch',
  async () => {
    const [a, b] = [first(), second()]
    const model = new CompositeModel([step('a', 1, a), step('b', 2, b)], takes)
    const scores = await model.score(batchOf(1, 0, 3))
    assert.equal([...scores.score], [10, NaN, 30])
    assert.equal(
      [[...(scores.noResult ?? [])], [...(scores.blank ?? [])]],
      [
        [0, 1, 0],
        [0, 1, 0],
      ],
    )
    const more = await model.score(batchOf(1, 2, 3, 4, 5, 6, 7, 8, 9))
    assert.equal([...more.score], [10, 20, 30, 40, 50, 60, 70, 80, 90])
    assert.equal(
      [a.calls, b.calls],
      [
        [3, 9],
        [3, 9],
      ],
    )
    assert.is(seen.at(-1), seen.at(-2))
    assert.is((await model.score(batchOf())).length, 0)
  },
)

composite('models in processes of their own, or on servers, answer later', async () => {
  const [a, b] = [first(), second()]
  const later = (model: Model): Model => ({ ...model, score: batch => Promise.resolve().then(() => model.score(batch)) })
  const scores = await new CompositeModel([step('a', 1, later(a)), step('b', 2, later(b))], takes).score(batchOf(0, 2))
  assert.equal(
    [[...scores.score], [...(scores.noResult ?? [])]],
    [
      [NaN, 20],
      [1, 0],
    ],
  )
})

composite(
  'composites of several tasks with the same two models each get their own, though a model writes over its last scores at once',
  async () => {
    /** Fills the same arrays at the beginning of each call, and answers later. */
    const reusing = (model: Model): Model => {
      const score = new Float64Array(8)
      const values = new Float64Array(16)
      const noResult = new Uint8Array(8)
      return {
        ...model,
        score: batch => {
          const fresh = model.score(batch) as Scores
          score.set(fresh.score)
          noResult.fill(0)
          if (fresh.noResult !== undefined) noResult.set(fresh.noResult)
          const outputs = fresh.outputs.map(column => {
            if (column.kind === 'text') return column
            values.set(Array.from(column.values))
            return { ...column, values }
          })
          return Promise.resolve({ ...fresh, score, outputs, ...(fresh.noResult === undefined ? {} : { noResult }) })
        },
      }
    }
    const models = new LoadedModels()
    const loaded = (name: string, model: Model): Promise<LoadedModel> => models.acquire(name, () => Promise.resolve(reusing(model)))
    const [a, b] = [await loaded('a', first()), await loaded('b', second())]
    const asked = Array.from({ length: 5 }, async (_, task): Promise<unknown> => {
      const model = new CompositeModel([step('a', 1, a.model), step('b', 2, b.model)], takes)
      const found: unknown[] = []
      for (let run = 0; run < 3; run++) {
        const scores = await model.score(batchOf(task + 1, run + 100 * task + 1))
        // Whoever reads them may be a few turns late.
        for (let turn = 0; turn < 5; turn++) await Promise.resolve()
        found.push(Array.from(scores.score.slice(0, 2)))
      }
      return found
    })
    assert.equal(
      await Promise.all(asked),
      Array.from({ length: 5 }, (_, task) => Array.from({ length: 3 }, (__, run) => [(task + 1) * 10, (run + 100 * task + 1) * 10])),
    )
    await Promise.all([a.release(), b.release()])
  },
)

const broken = new Error('it broke')
const failing = (): Model =>
  modelOf(() => {
    throw broken
  })
const rejecting = (): Model => modelOf(() => Promise.reject(broken))
for (const [what, steps, name] of [
  ['the first throws', () => [failing(), second()], 'a'],
  ['the first rejects', () => [rejecting(), second()], 'a'],
  ['the second throws', () => [first(), failing()], 'b'],
  ['the second rejects', () => [first(), rejecting()], 'b'],
  ['the first gives something else', () => [modelOf(({ length }) => scoresOf(Array.from({ length }, () => 1))), second()], 'a'],
] as const)
  composite(`${what}: the step is named, with the cause`, async () => {
    const [a, b] = steps() as [Model, Model]
    const scored = Promise.resolve().then(() => new CompositeModel([step('a', 1, a), step('b', 2, b)], takes).score(batchOf(1)))
    const error = await scored.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    assert.instance(error, StepFailed)
    assert.equal((error as StepFailed).step.key, `key of ${name}`)
    assert.match((error as StepFailed).message, new RegExp(`model "${name}" version \\d, a step of the composite, failed: `))
  })

composite.run()
