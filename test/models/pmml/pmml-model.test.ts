import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { defaultModelFactory } from '../../../models/index.ts'
import { compilePmml } from '../../../models/pmml/compile-pmml.ts'
import { formatLoader } from '../../../models/pmml/pmml-loader.ts'
import { pmmlModel } from '../../../models/pmml/pmml-model.ts'
import { SluiceError } from '../../../base/sluice-error.ts'
import { batchOf, specsOf } from '../batches.ts'
import { modelSuite } from '../model-suite.ts'
import { clusteringCases } from './cases/clustering.ts'
import { expressionCases } from './cases/expressions.ts'
import { generalRegressionCases } from './cases/general-regression.ts'
import { miningCases } from './cases/mining.ts'
import { neighborCases } from './cases/neighbors.ts'
import { networkCases } from './cases/networks.ts'
import { ruleCases } from './cases/rules.ts'
import { segmentCases } from './cases/segments.ts'
import { supportVectorCases } from './cases/support-vectors.ts'
import { textIndexCases } from './cases/text-index.ts'
import { treeCases } from './cases/trees.ts'
import { type PmmlCase, document, field, output, probabilities, schema, simple, values } from './pmml-builder.ts'
import { csvTable, loadText, scoreTable } from './score-table.ts'

const all: readonly PmmlCase[] = [
  ...treeCases,
  ...miningCases,
  ...segmentCases,
  ...neighborCases,
  ...textIndexCases,
  ...generalRegressionCases,
  ...networkCases,
  ...clusteringCases,
  ...supportVectorCases,
  ...ruleCases,
  ...expressionCases,
]

function find(name: string): PmmlCase {
  const found = all.find(one => one.name === name)
  if (found === undefined) throw new RangeError(name)
  return found
}

const forest = find('mining classes average').pmml
modelSuite('PMML of numbers', {
  load: () => loadText(forest),
  specs: specsOf(['x', 'z']),
  rows: [
    [0.5, 1],
    [0.25, -1],
    [undefined, 3],
    [0, undefined],
  ],
  tolerance: 0,
  byName: true,
})
modelSuite('PMML of numbers and texts', {
  load: () => loadText(find('general regression').pmml.replaceAll(/<MiningField name="[on]"\/>/g, '')),
  specs: specsOf(['x', 'g', 'h'], ['g', 'h']),
  rows: [
    [0.5, 'f', 'u'],
    [1.5, 'm', 'v'],
    [undefined, 'f', 'w'],
    [2, 'unheard-of', 'u'],
  ],
  tolerance: 0,
  byName: true,
})

const test = suite('PMML models')

test('compiling and running a model can be in different threads: the compiled form can be cloned', async () => {
  for (const { name, pmml, rows } of all) {
    const compiled = structuredClone(compilePmml(Buffer.from(pmml)))
    const table = csvTable(rows.split('\n'))
    assert.equal(scoreTable(pmmlModel(compiled), table), scoreTable(await loadText(pmml), table), name)
  }
})

test('the factory recognizes a PMML document, and its loader can compile apart from running', async () => {
  const bytes = Buffer.from(forest)
  assert.is(defaultModelFactory().detect(bytes), 'PMML')
  const model = await defaultModelFactory().load({ bytes, format: 'PMML', output: undefined })
  assert.is(model.format, 'PMML')
  const compiled = structuredClone(await formatLoader.compile?.({ bytes, format: 'PMML', output: 'p_a' }))
  const constructed = await formatLoader.construct?.(compiled)
  const scores = await constructed?.score(batchOf(specsOf(['x', 'z']), [[0.5, 1]]))
  assert.is(scores?.score[0], 0.26666666666666666)
})

test('missing fields are missing values; if these are refused, there is no result', async () => {
  const line = `<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/><NumericPredictor name="z" coefficient="1"/><NumericPredictor name="u" coefficient="0"/></RegressionTable>`
  const mining = [
    'x',
    '<MiningField name="z" missingValueReplacement="10"/>',
    '<MiningField name="u" missingValueTreatment="returnInvalid"/>',
  ]
  const model = await loadText(
    document(
      ['x', 'z', 'u', 'y'].map(name => field(name)),
      `<RegressionModel functionName="regression">${schema(mining, 'y')}${line}</RegressionModel>`,
    ),
  )
  assert.equal(
    model.inputs.map(({ name, required }) => [name, required]),
    [
      ['x', false],
      ['z', false],
      ['u', true],
    ],
  )
  const scores = await model.score(batchOf(specsOf(['x', 'u']), [[3, 1]]))
  assert.is(scores.score[0], 17)
  assert.equal((await model.score(batchOf(specsOf(['u']), [[1]]))).noResult?.[0], 1)
  assert.is(scores.labels, undefined)
  assert.throws(
    () => model.score(batchOf(specsOf(['z']), [[3]])),
    (error: unknown) => error instanceof SluiceError && error.code === 'MODEL_INPUT_MISMATCH',
  )
})

test('a class that is a number is the score; otherwise the probability of the class', async () => {
  const model = (labels: readonly string[], type: string): string =>
    document(
      [field('x'), field('c', type, values(...labels), 'categorical')],
      `<RegressionModel functionName="classification" normalizationMethod="logit">${schema(['x'], 'c')}<RegressionTable intercept="1" targetCategory="${labels[0]}"/><RegressionTable intercept="0" targetCategory="${labels[1]}"/></RegressionModel>`,
    )
  const numbered = await (await loadText(model(['7', '8'], 'integer'))).score(batchOf(specsOf(['x']), [[1]]))
  assert.is(numbered.score[0], 7)
  assert.equal(numbered.labels, ['7'])
  const named = await (await loadText(model(['good', 'bad'], 'string'))).score(batchOf(specsOf(['x']), [[1]]))
  assert.equal(named.labels, ['good'])
  assert.ok(Math.abs((named.score[0] as number) - 0.7310585786300049) < 1e-15)
  assert.equal(
    named.outputs.map(({ name }) => name),
    ['c', 'probability(good)', 'probability(bad)'],
  )
})

test('an unknown output is refused when the model is loaded', async () => {
  const load = formatLoader.load({ bytes: Buffer.from(forest), format: undefined, output: 'nonsense' })
  const error: unknown = await load.catch((thrown: unknown) => thrown)
  assert.ok(error instanceof SluiceError && error.code === 'MODEL_LOAD_FAILED' && /p_a/.test(error.message))
})

test('for a missing value, the possible leaves are weighted by their record counts', async () => {
  const share = (a: number, b: number): string =>
    `<ScoreDistribution value="a" recordCount="${a}"/><ScoreDistribution value="b" recordCount="${b}"/>`
  const leaf = (predicate: string, a: number, b: number): string =>
    `<Node score="${a > b ? 'a' : 'b'}" recordCount="${a + b}">${predicate}${share(a, b)}</Node>`
  const tree = (strategy: string): string =>
    document(
      [field('x'), field('c', 'string', values('a', 'b'))],
      `<TreeModel functionName="classification" missingValueStrategy="${strategy}">${schema(['x'], 'c')}${probabilities('a', 'b')}<Node score="a" recordCount="20"><True/>${leaf(simple('x', 'lessThan', 1), 9, 3)}${leaf(simple('x', 'greaterOrEqual', 1), 0, 8)}</Node></TreeModel>`,
    )
  for (const strategy of ['weightedConfidence', 'aggregateNodes']) {
    const rows = scoreTable(await loadText(tree(strategy)), csvTable(['x', '', '0', '2'])).rows
    assert.equal(
      rows[0]?.outputs.slice(1).map(text => Math.round(Number(text) * 1e12) / 1e12),
      [0.45, 0.55],
      strategy,
    )
    assert.equal(
      rows.map(({ label }) => label),
      ['b', 'a', 'b'],
    )
  }
})

test('support vector machines as plain coefficients, and with the larger value winning', async () => {
  const machine = (category: string, weights: readonly number[], offset: number): string =>
    `<SupportVectorMachine targetCategory="${category}"><Coefficients absoluteValue="${offset}">${weights.map(value => `<Coefficient value="${value}"/>`).join('')}</Coefficients></SupportVectorMachine>`
  const model = document(
    [field('x'), field('z'), field('c', 'string', values('a', 'b'))],
    `<SupportVectorMachineModel functionName="classification" svmRepresentation="Coefficients" classificationMethod="OneAgainstAll" maxWins="true">${schema(['x', 'z'], 'c')}<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field="x"/><FieldRef field="z"/></VectorFields></VectorDictionary>${machine('a', [1, -2], 0.5)}${machine('b', [-1, 0], 0)}</SupportVectorMachineModel>`,
  )
  const { rows } = scoreTable(await loadText(model), csvTable(['x;z', '1;0', '-1;0', '0;0.3']))
  assert.equal(
    rows.map(({ label }) => label),
    ['a', 'b', 'b'],
  )
})

test('one support vector machine decides between both classes', async () => {
  const machine = (attributes: string, own: string): string =>
    document(
      [field('x'), field('c', 'string', values('no', 'yes'))],
      `<SupportVectorMachineModel functionName="classification" ${attributes}>${schema(['x'], 'c')}<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field="x"/></VectorFields></VectorDictionary><SupportVectorMachine targetCategory="yes" ${own}><Coefficients><Coefficient value="1"/></Coefficients></SupportVectorMachine></SupportVectorMachineModel>`,
    )
  // The second is how PMML 3 said it.
  for (const pmml of [machine('', 'alternateTargetCategory="no"'), machine('alternateBinaryTargetCategory="no"', '')]) {
    const { rows } = scoreTable(await loadText(pmml), csvTable(['x', '-1', '2']))
    assert.equal(
      rows.map(({ label }) => label),
      ['yes', 'no'],
    )
  }
})

test('a segment that is skipped gives later segments missing values', async () => {
  const first = `<Segment>${simple('x', 'lessThan', 1)}<RegressionModel functionName="regression">${schema(['x'])}<Output>${output('half', 'transformedValue', 'dataType="double"', '<Apply function="/"><FieldRef field="x"/><Constant>2.0</Constant></Apply>')}</Output><RegressionTable intercept="0"/></RegressionModel></Segment>`
  const second = `<Segment><True/><RegressionModel functionName="regression">${schema(['<MiningField name="half" missingValueReplacement="7"/>'], 'y')}<RegressionTable intercept="0"><NumericPredictor name="half" coefficient="10"/></RegressionTable></RegressionModel></Segment>`
  const model = document(
    [field('x'), field('y')],
    `<MiningModel functionName="regression">${schema(['x'], 'y')}<Segmentation multipleModelMethod="modelChain">${first}${second}</Segmentation></MiningModel>`,
  )
  const { rows } = scoreTable(await loadText(model), csvTable(['x', '0.5', '3', '0.25']))
  assert.equal(
    rows.map(({ score }) => score),
    [2.5, 70, 1.25],
  )
})

test('the probability of a class is its share of the votes; without votes there are no probabilities', async () => {
  const voted = await loadText(find('neighbors majorityVote').pmml.replace(/<Output>.*<.Output>/, ''))
  const { names, rows } = scoreTable(voted, csvTable(['x;z', '0;0']))
  assert.equal(names, ['c', 'probability(a)', 'probability(b)'])
  assert.equal(
    rows.map(({ label, score }) => [label, score]),
    [['b', 2 / 3]],
  )
  const single = await loadText(find('support vectors one against all').pmml)
  assert.equal(
    single.outputs.map(({ name }) => name),
    ['c'],
  )
})

test('the distances of neighbors are ranked, the nearest first', async () => {
  const { rows } = scoreTable(
    await loadText(find('neighbors average').pmml.replaceAll('feature="entityId" rank="1"', 'feature="affinity" rank="1"')),
    csvTable(['x;z', '0;0.1', '1;2']),
  )
  assert.equal(
    rows.map(({ outputs }) => outputs[1]),
    ['0.0', '0.0'],
  )
})

test('the texts of records are dropped with them', async () => {
  const table = (from: number): ReturnType<typeof csvTable> =>
    csvTable([
      'x;f;i;j;s;b;d;t;m',
      ...Array.from({ length: 1000 }, (_, at) => `1;1;1;1;text ${from + at};true;2020-01-01;2020-01-01T00:00:00;1`),
    ])
  const model = await loadText(find('text 0').pmml)
  for (let batch = 0; batch < 3; batch++) {
    const { rows } = scoreTable(model, table(batch * 1000))
    assert.is(rows[999]?.outputs[1], `TEXT ${batch * 1000 + 999}`)
  }
})

test.run()
