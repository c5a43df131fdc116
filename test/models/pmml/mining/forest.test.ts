import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { compilePmml } from '../../../../models/pmml/compile-pmml.ts'
import { forestTrees } from '../../../../models/pmml/mining/forest-tree.ts'
import { document, field, probabilities, schema, simple, values } from '../pmml-builder.ts'
import { loadText, scoreTable } from '../score-table.ts'

const classes = ['a', 'b', 'c'] as const
const names = ['x', 'y', 'z']
/** True for every row, but not as written: its segment is asked by itself. */
const always = `<CompoundPredicate booleanOperator="or">${simple('x', 'isMissing')}${simple('x', 'isNotMissing')}</CompoundPredicate>`

/** A tree's shape: a leaf with its number, or a question and what follows where it holds and where not. */
type Shape =
  | { readonly leaf: number }
  | {
      readonly field: string
      readonly operator: number
      readonly limit: number
      readonly yes: Shape
      readonly no: Shape
      readonly open: boolean
    }

const operators = [
  ['lessThan', 'greaterOrEqual'],
  ['lessOrEqual', 'greaterThan'],
  ['greaterThan', 'lessOrEqual'],
] as const
/** Few, so that rows meet the limits. */
const numbers = fc.constantFrom(-Infinity, -1, -0, 0.1, 0.5, 1, 2, 1e300)

const { tree: shapes } = fc.letrec<{ tree: Shape }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ leaf: fc.integer({ min: 0, max: 8 }) }),
    fc.record({
      field: fc.constantFrom(...names),
      operator: fc.nat(2),
      limit: numbers,
      yes: tie('tree'),
      no: tie('tree'),
      open: fc.boolean(),
    }),
  ),
}))

interface Plan {
  readonly method: string
  readonly float: boolean
  readonly trees: readonly { readonly shape: Shape; readonly weight: number; readonly returnsLast: boolean }[]
}

const plans = (methods: readonly string[]): fc.Arbitrary<Plan> =>
  fc.record({
    method: fc.constantFrom(...methods),
    float: fc.boolean(),
    trees: fc.array(fc.record({ shape: shapes, weight: fc.constantFrom(0.1, 1, 1.5, 3), returnsLast: fc.boolean() }), {
      minLength: 1,
      maxLength: 9,
    }),
  })

function node(shape: Shape, predicate: string, kind: 'values' | 'classes'): string {
  if ('leaf' in shape) {
    const { leaf } = shape
    if (kind === 'values') return `<Node${leaf === 0 ? '' : ` score="${leaf / 10}"`}>${predicate}</Node>`
    const shares = classes.map((name, at) => `<ScoreDistribution value="${name}" recordCount="${1 + ((leaf + at * leaf) % 4)}"/>`)
    return `<Node score="${classes[leaf % 3]}">${predicate}${leaf === 0 ? '' : shares.join('')}</Node>`
  }
  const [held, failed] = operators[shape.operator]!
  const score = kind === 'values' ? '7' : 'b'
  const otherwise = shape.open ? '' : node(shape.no, simple(shape.field, failed, text(shape.limit)), kind)
  return `<Node score="${score}">${predicate}${node(shape.yes, simple(shape.field, held, text(shape.limit)), kind)}${otherwise}</Node>`
}

function text(value: number): string {
  return value === -Infinity ? '-INF' : Object.is(value, -0) ? '-0' : String(value)
}

function forest({ method, float, trees }: Plan, kind: 'values' | 'classes', predicate: string): string {
  const type = kind === 'values' ? 'regression' : 'classification'
  const context = float ? ' x-mathContext="float"' : ''
  const segments = trees.map(({ shape, weight, returnsLast }) => {
    const strategy = returnsLast ? ' noTrueChildStrategy="returnLastPrediction"' : ''
    const tree = `<TreeModel functionName="${type}"${strategy}${context}>${schema(names)}${node(shape, '<True/>', kind)}</TreeModel>`
    return `<Segment weight="${weight}">${predicate}${tree}</Segment>`
  })
  const target = kind === 'values' ? field('t') : field('t', 'string', values(...classes))
  return document(
    [...names.map(name => field(name)), target],
    `<MiningModel functionName="${type}"${context}>${schema(names, 't')}${kind === 'values' ? '' : probabilities(...classes)}<Segmentation multipleModelMethod="${method}">${segments.join('')}</Segmentation></MiningModel>`,
  )
}

const cells = fc.constantFrom('', '-Infinity', '-2', '-1', '0', '0.1', '0.5', '0.7', '1', '2', '3', 'Infinity')
const tables = fc
  .array(fc.tuple(cells, cells, cells), { minLength: 1, maxLength: 300 })
  .map(rows => ({ names, rows: rows.map(row => [...row]) }))

const test = suite('forests')

for (const [kind, methods] of [
  ['values', ['sum', 'average', 'weightedSum', 'weightedAverage']],
  ['classes', ['average', 'weightedAverage', 'majorityVote', 'weightedMajorityVote']],
] as const) {
  test(`a forest of ${kind} gives what its trees give one by one`, async () => {
    await fc.assert(
      fc.asyncProperty(plans(methods), tables, async (plan, table) => {
        const pmml = forest(plan, kind, '<True/>')
        const { part } = compilePmml(Buffer.from(pmml)).model
        assert.ok(part.kind === 'mining' && forestTrees(part) !== undefined, 'it is taken as a forest')
        const general = compilePmml(Buffer.from(forest(plan, kind, always))).model.part
        assert.ok(general.kind === 'mining' && forestTrees(general) === undefined, 'the other is not')
        const expected = scoreTable(await loadText(forest(plan, kind, always)), table)
        assert.equal(scoreTable(await loadText(pmml), table), expected)
      }),
      { numRuns: 300 },
    )
  })
}

test('a batch does not affect the next one', async () => {
  const plan: Plan = { method: 'sum', float: false, trees: [{ shape: { leaf: 3 }, weight: 1, returnsLast: false }] }
  const model = await loadText(forest(plan, 'values', '<True/>'))
  const rows = (count: number): string[][] => Array.from({ length: count }, () => ['1', '1', '1'])
  for (const count of [300, 1, 0, 5]) {
    const { rows: results } = scoreTable(model, { names, rows: rows(count) })
    assert.equal(
      results.map(({ score }) => score),
      Array.from({ length: count }, () => 0.3),
    )
  }
})

test.run()
