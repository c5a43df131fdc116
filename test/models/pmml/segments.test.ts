import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { loadPmmlModel } from '../../../models/pmml/pmml-model.ts'
import { SluiceError } from '../../../base/sluice-error.ts'
import { batchOf, specsOf } from '../batches.ts'
import { document, field, output, schema, simple, values } from './pmml-builder.ts'
import { csvTable, loadText, scoreTable } from './score-table.ts'

const test = suite('PMML models with the results of all segments')

const fields = [field('x'), field('z'), field('y'), field('w'), field('c', 'string', values('a', 'k'))]
const low = simple('x', 'lessThan', 1)
const line = (name: string, intercept: number, { target = 'y', out = '' } = {}): string =>
  `<RegressionModel functionName="regression">${schema([name], target)}${out === '' ? '' : `<Output>${out}</Output>`}<RegressionTable intercept="${intercept}"><NumericPredictor name="${name}" coefficient="1"/></RegressionTable></RegressionModel>`
const leaf = (score: string, a: number, k: number): string =>
  `<TreeModel functionName="classification">${schema(['x'], 'c')}<Node score="${score}"><True/><ScoreDistribution value="a" recordCount="${a}"/><ScoreDistribution value="k" recordCount="${k}"/></Node></TreeModel>`
const segment = (model: string, id: string, predicate = '<True/>'): string => `<Segment id="${id}">${predicate}${model}</Segment>`

interface Parts {
  readonly target?: string
  readonly out?: string
  readonly attributes?: string
}

function all(segments: readonly string[], { target = 'y', out = '', attributes = '' }: Parts = {}): string {
  return document(
    fields,
    `<MiningModel functionName="${target === 'c' ? 'classification' : 'regression'}">${schema(['x', 'z'], target)}${out}<Segmentation multipleModelMethod="selectAll" ${attributes}>${segments.join('')}</Segmentation></MiningModel>`,
  )
}

const two = [segment(line('x', 1), 'low', low), segment(line('z', 5), 'any')]
const rows = ['x;z', '0.5;1', '2;-1', ';1', '1;', '-3;0.25']

test('each segment has its own column; the first result is the score', async () => {
  // The reference evaluator's lists: 1.5 and 6; 4; 6; none; -2 and 5.25.
  const { names, rows: results } = scoreTable(await loadText(all(two)), csvTable(rows))
  assert.equal(names, ['y', 'y(low)', 'y(any)'])
  assert.equal(
    results.map(({ outputs }) => outputs),
    [
      ['1.5', '1.5', '6'],
      ['4', '', '4'],
      ['6', '', '6'],
      ['', '', ''],
      ['-2', '-2', '5.25'],
    ],
  )
  assert.equal(
    results.map(({ score, none }) => (none ? undefined : score)),
    [1.5, 4, 6, undefined, -2],
  )
})

test('a named segment can be the score', async () => {
  const model = await loadPmmlModel({ bytes: Buffer.from(all(two)), format: undefined, output: 'y(any)' })
  const scores = await model.score(
    batchOf(specsOf(['x', 'z']), [
      [0.5, 1],
      [0.5, undefined],
    ]),
  )
  assert.equal([...scores.score], [6, NaN])
  assert.equal([...(scores.noResult ?? [])], [0, 1])
})

test('classes are the label; output fields can read the probability of a segment', async () => {
  const out = `<Output>${output('share', 'probability', 'segmentId="two" value="k"')}${output('node', 'entityId', 'segmentId="two"')}</Output>`
  const model = await loadText(all([segment(leaf('a', 3, 1), 'one', low), segment(leaf('k', 1, 4), 'two')], { target: 'c', out }))
  const { names, rows: results } = scoreTable(model, csvTable(['x;z', '0.5;1', '2;1']))
  assert.equal(names, ['c', 'c(one)', 'c(two)', 'share', 'node'])
  assert.equal(
    results.map(({ label, outputs }) => [label, ...outputs]),
    [
      ['a', 'a', 'a', 'k', '0.8', '1'],
      ['k', 'k', '', 'k', '0.8', '1'],
    ],
  )
})

test('output fields of the same name are distinguished by the segment', async () => {
  const out = output('p', 'predictedValue')
  const model = await loadText(all([segment(line('x', 1, { out }), 'low'), segment(line('z', 5, { out }), 'any')]))
  const { names, rows: results } = scoreTable(model, csvTable(['x;z', '1;2']))
  assert.equal(names, ['y', 'p', 'p(any)', 'y(low)', 'y(any)'])
  assert.equal(results[0]?.outputs, ['2', '2', '7', '2', '7'])
})

test('the result of the whole can be the missing result of a segment', async () => {
  const model = await loadText(
    all(two.slice(1).concat(segment(line('x', 1), 'x')), { attributes: 'missingPredictionTreatment="returnMissing"' }),
  )
  const { rows: results } = scoreTable(model, csvTable(rows))
  assert.equal(
    results.map(({ none }) => none),
    [false, false, true, true, false],
  )
})

test('segments that predict one field each: the first target is the score', async () => {
  const chain = document(
    fields,
    `<MiningModel functionName="mixed"><MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/><MiningField name="c" usageType="target"/><MiningField name="w" usageType="target"/></MiningSchema><Segmentation multipleModelMethod="multiModelChain">${segment(line('x', 1, { out: output('first', 'predictedValue') }), '1')}${segment(leaf('k', 1, 4), '2')}${segment(line('first', 10, { target: 'w' }), '3')}</Segmentation></MiningModel>`,
  )
  const { names, rows: results } = scoreTable(await loadText(chain), csvTable(['x', '0.5', '']))
  assert.equal(names, ['y', 'first', 'c', 'w'])
  assert.equal(results[0], { score: 1.5, label: '', none: false, outputs: ['1.5', '1.5', 'k', '11.5'] })
  assert.equal(results[1], { score: NaN, label: '', none: true, outputs: ['', '', 'k', ''] })
})

test('an unknown segment is refused', async () => {
  const out = `<Output>${output('p', 'predictedValue', 'segmentId="other"')}</Output>`
  const error: unknown = await loadText(all(two, { out })).catch((thrown: unknown) => thrown)
  assert.ok(error instanceof SluiceError && /OutputField in line 1 names the segment other/.test(error.message), String(error))
})

test('names are equal however accents are encoded; values are not', async () => {
  const [composed, decomposed] = ['gr\u00f6\u00dfe', 'gro\u0308\u00dfe']
  const pmml = document(
    [field(composed), field('s', 'string'), field('y')],
    `<RegressionModel functionName="regression">${schema([decomposed, 's'], 'y')}<RegressionTable intercept="1"><NumericPredictor name="${composed}" coefficient="2"/><CategoricalPredictor name="s" value="${decomposed}" coefficient="100"/></RegressionTable></RegressionModel>`,
  )
  const model = await loadText(pmml)
  assert.equal(
    model.inputs.map(({ name }) => name),
    [composed, 's'],
  )
  const { rows: results } = scoreTable(model, csvTable([`${composed};s`, `3;${decomposed}`, `3;${composed}`]))
  assert.equal(
    results.map(({ score }) => score),
    [107, 7],
  )
})

test('a record without the target field has a score, but no residual', async () => {
  const out = output('r', 'residual', 'dataType="double"')
  const model = await loadText(document(fields, line('x', 1, { out })))
  assert.equal(
    model.inputs.map(({ name, required }) => [name, required]),
    [
      ['x', false],
      ['y', false],
    ],
  )
  const { rows: results } = scoreTable(model, csvTable(['x;y', '1;5', '1;', ';5']))
  assert.equal(
    results.map(({ none, outputs }) => [none, ...outputs]),
    [
      [false, '2', '3'],
      [false, '2', ''],
      [true, '', ''],
    ],
  )
})

test('a result that is NaN is no result', async () => {
  const infinite = `<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/><NumericPredictor name="z" coefficient="-1"/></RegressionTable>`
  const model = await loadText(
    document(fields, `<RegressionModel functionName="regression">${schema(['x', 'z'], 'y')}${infinite}</RegressionModel>`),
  )
  const { rows: results } = scoreTable(model, csvTable(['x;z', 'Infinity;Infinity', '3;1']))
  assert.equal(
    results.map(({ none, score }) => (none ? undefined : score)),
    [undefined, 2],
  )
})

test.run()
