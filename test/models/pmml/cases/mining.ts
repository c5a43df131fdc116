import { type PmmlCase, apply, constant, document, field, output, probabilities, ref, schema, simple, values } from '../pmml-builder.ts'

const rows = 'x;z\n0.5;1\n2;-1\n;1\n-1.3;\n-0.5;0.25'
const fields = [field('x'), field('z'), field('y'), field('c', 'string', values('a', 'b', 'k'))]
const inputs = ['x', 'z']
const low = simple('x', 'lessThan', 1)
const high = simple('x', 'greaterOrEqual', 0)

function leaf(predicate: string, score: string, counts: Readonly<Record<string, number>>, target?: string): string {
  const distribution = Object.entries(counts)
    .map(([value, count]) => `<ScoreDistribution value="${value}" recordCount="${count}"/>`)
    .join('')
  return `<TreeModel functionName="classification">${schema(inputs, target)}<Node><True/><Node score="${score}">${predicate}${distribution}</Node></Node></TreeModel>`
}

function line(name: string, intercept: number, slope: number, { target, out = '' }: { target?: string; out?: string } = {}): string {
  return `<RegressionModel functionName="regression">${schema([name], target)}${out === '' ? '' : `<Output>${out}</Output>`}<RegressionTable intercept="${intercept}"><NumericPredictor name="${name}" coefficient="${slope}"/></RegressionTable></RegressionModel>`
}

const segment = (model: string, weight = 1, predicate = '<True/>'): string => `<Segment weight="${weight}">${predicate}${model}</Segment>`

function mining(target: string, method: string, segments: readonly string[], { attributes = '', extra = '' } = {}): string {
  const out = target === 'c' ? probabilities('a', 'b', 'k') : ''
  return document(
    fields,
    `<MiningModel functionName="${target === 'c' ? 'classification' : 'regression'}">${schema(inputs, target)}${extra.startsWith('<Output>') ? '' : out}${extra}<Segmentation multipleModelMethod="${method}" ${attributes}>${segments.join('')}</Segmentation></MiningModel>`,
  )
}

const voters = [
  segment(leaf(low, 'b', { b: 6, a: 2, k: 2 }), 1),
  segment(leaf(low, 'a', { k: 2, a: 5, b: 3 }), 2),
  segment(leaf(high, 'k', { k: 7, b: 2, a: 1 }), 3),
]
const tied = [segment(leaf('<True/>', 'k', { k: 1 })), segment(leaf('<True/>', 'b', { b: 1 }))]
const lines = [segment(line('x', 1, 1), 1), segment(line('x', 2, 3), 2), segment(line('x', 10, -1), 5, low), segment(line('z', 0, 1), 1)]
const few = [segment(line('x', 1, 1), 1), segment(line('x', 2, 3), 2), segment(line('z', 0, 1), 1)]
const first =
  output('first', 'predictedValue') +
  output('twice', 'transformedValue', 'dataType="double" optype="continuous"', apply('*', [ref('first'), constant(2)]))
const treatments = ['continue', 'returnMissing', 'skipSegment']
const target = (attributes: string, inside = ''): string => `<Targets><Target ${attributes}>${inside}</Target></Targets>`
const priors = ['a', 'b', 'k'].map((value, at) => `<TargetValue value="${value}" priorProbability="${[0.2, 0.7, 0.1][at]}"/>`).join('')

export const miningCases: readonly PmmlCase[] = [
  ...['majorityVote', 'weightedMajorityVote', 'average', 'weightedAverage', 'median', 'max'].map(method => ({
    name: `mining classes ${method}`,
    pmml: mining('c', method, voters),
    rows,
  })),
  ...['majorityVote', 'average', 'max'].map(method => ({ name: `mining tie ${method}`, pmml: mining('c', method, tied), rows })),
  ...['average', 'weightedAverage', 'median', 'weightedMedian', 'sum', 'weightedSum'].map(method => ({
    name: `mining values ${method}`,
    pmml: mining('y', method, lines),
    rows,
  })),
  ...treatments.flatMap(treatment =>
    ['average', 'sum', 'weightedAverage'].map(method => ({
      name: `mining ${treatment} ${method}`,
      pmml: mining('y', method, few, { attributes: `missingPredictionTreatment="${treatment}"` }),
      rows,
    })),
  ),
  ...treatments.map(treatment => ({
    name: `mining ${treatment} majorityVote`,
    pmml: mining('c', 'majorityVote', voters, { attributes: `missingPredictionTreatment="${treatment}"` }),
    rows,
  })),
  ...[0.3, 0.5].map(threshold => ({
    name: `mining missing threshold ${threshold}`,
    pmml: mining('y', 'average', few, { attributes: `missingPredictionTreatment="skipSegment" missingThreshold="${threshold}"` }),
    rows,
  })),
  ...['defaultChild', 'lastPrediction'].map(strategy => ({
    name: `mining a tree of which nothing is known, ${strategy}`,
    pmml: mining(
      'y',
      'average',
      [
        segment(
          `<TreeModel functionName="regression" missingValueStrategy="${strategy}">${schema(inputs)}<Node defaultChild="1" score="1" recordCount="2">${simple('x', 'lessThan', 3)}<Node id="1" score="3" recordCount="2"><True/></Node></Node></TreeModel>`,
        ),
        segment(line('z', 0, 1)),
      ],
      { attributes: 'missingPredictionTreatment="skipSegment"' },
    ),
    rows,
  })),
  {
    name: 'mining select first',
    pmml: mining(
      'y',
      'selectFirst',
      [
        segment(line('x', 1, 1, { target: 'y', out: output('first', 'predictedValue') }), 1, low),
        segment(line('x', 5, 2, { target: 'y', out: output('second', 'predictedValue') }), 1, high),
      ],
      { extra: `<Output>${output('own', 'predictedValue')}${output('segment', 'entityId', 'dataType="string"')}</Output>` },
    ),
    rows,
  },
  {
    name: 'mining select first classes',
    pmml: mining('c', 'selectFirst', [
      segment(leaf(low, 'b', { b: 6, a: 3, k: 1 }, 'c'), 1, simple('z', 'greaterThan', 0)),
      segment(leaf(high, 'k', { k: 7, b: 2, a: 1 }, 'c')),
    ]),
    rows,
  },
  {
    name: 'mining chain',
    pmml: mining(
      'y',
      'modelChain',
      [segment(line('x', 1, 1, { out: first })), segment(line('twice', 0, 10, { target: 'y', out: output('last', 'predictedValue') }))],
      { extra: `<Output>${output('own', 'predictedValue')}</Output>` },
    ),
    rows,
  },
  {
    name: 'targets',
    pmml: mining('y', 'sum', few.slice(0, 2), {
      extra: target('field="y" min="0" max="5" rescaleFactor="2" rescaleConstant="0.3" castInteger="round"'),
    }),
    rows,
  },
  {
    name: 'targets ceiling',
    pmml: mining('y', 'sum', few.slice(0, 2), {
      extra: target('field="y" rescaleFactor="-2.2" rescaleConstant="0.3" castInteger="ceiling"'),
    }),
    rows,
  },
  {
    name: 'targets floor',
    pmml: mining('y', 'sum', few.slice(0, 2), { extra: target('field="y" rescaleFactor="-2.2" castInteger="floor"') }),
    rows,
  },
  {
    name: 'targets default',
    pmml: mining('y', 'sum', few.slice(0, 2), { extra: target('field="y" rescaleFactor="3"', '<TargetValue defaultValue="4"/>') }),
    rows,
  },
  {
    name: 'targets priors',
    pmml: document(
      fields,
      leaf(low, 'b', { b: 6, a: 3, k: 1 }, 'c').replace('<Node>', `${probabilities('a', 'b', 'k')}${target('field="c"', priors)}<Node>`),
    ),
    rows,
  },
]
