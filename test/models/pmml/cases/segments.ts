import { type PmmlCase, apply, constant, document, field, output, probabilities, ref, schema, simple, values } from '../pmml-builder.ts'

const rows = 'x;z\n0.5;1\n2;-1\n;1\n1;\n;\n-3;0.2\n0.9;3'
const fields = [
  field('x'),
  field('z'),
  field('y'),
  field('f', 'float'),
  field('c', 'string', values('a', 'b', 'k')),
  field('d', 'string', values('a', 'b')),
]
const inputs = ['x', 'z']
const low = simple('x', 'lessThan', 1)

interface Line {
  readonly name: string
  readonly intercept: number
  readonly slope: number
  readonly target?: string
  readonly out?: string
  readonly more?: string
}

function line({ name, intercept, slope, target, out = '', more = '' }: Line): string {
  return `<RegressionModel functionName="regression" ${more}>${schema([name], target)}${out === '' ? '' : `<Output>${out}</Output>`}<RegressionTable intercept="${intercept}"><NumericPredictor name="${name}" coefficient="${slope}"/></RegressionTable></RegressionModel>`
}

function leaf(counts: readonly number[], { predicate = '<True/>', out = '', id = '' } = {}): string {
  const shares = counts.map((count, at) => `<ScoreDistribution value="${'abk'[at]}" recordCount="${count}"/>`).join('')
  return `<TreeModel functionName="classification">${schema(inputs)}${out === '' ? '' : `<Output>${out}</Output>`}<Node><True/><Node ${id} score="${'abk'[counts.indexOf(Math.max(...counts))]}">${predicate}${shares}</Node></Node></TreeModel>`
}

const segment = (model: string, { id = '', predicate = '<True/>' } = {}): string =>
  `<Segment ${id === '' ? '' : `id="${id}"`}>${predicate}${model}</Segment>`

function several(target: string, method: string, segments: readonly string[], { out = '', attributes = '', more = '' } = {}): string {
  return document(
    fields,
    `<MiningModel functionName="${target === 'c' || target === 'd' ? 'classification' : 'regression'}" ${more}>${schema(inputs, target)}${out === '' ? '' : `<Output>${out}</Output>`}<Segmentation multipleModelMethod="${method}" ${attributes}>${segments.join('')}</Segmentation></MiningModel>`,
  )
}

const xs: Line = { name: 'x', intercept: 1, slope: 1 }
const zs: Line = { name: 'z', intercept: 5, slope: 2 }
const plusOne = (name: string): string => apply('+', [ref(name), constant(1)])
const shares: readonly (readonly number[])[] = [
  [6, 2, 2],
  [3, 5, 2],
  [1, 2, 7],
  [4, 4, 2],
  [2, 5, 3],
  [5, 1, 4],
  [1, 1, 8],
  [3, 3, 4],
]
/** Trees that a float's rounding shows in, as gradient boosting makes them. */
const boosted = (target: string, normalization: string, classes: readonly string[]): string => {
  const tree = (scale: number): string =>
    `<Segment><True/><TreeModel functionName="regression" x-mathContext="float">${schema(inputs)}<Node score="${0.1 * scale}"><True/><Node score="${-0.7 * scale}">${simple('x', 'lessThan', 0.6)}</Node><Node score="${0.3 * scale}">${simple('x', 'greaterOrEqual', 0.6)}</Node></Node></TreeModel></Segment>`
  const sum = (name: string, scale: number): string =>
    segment(
      `<MiningModel functionName="regression" x-mathContext="float">${schema(inputs)}<Output>${output(name, 'predictedValue', 'dataType="float" isFinalResult="false"')}</Output><Targets><Target rescaleConstant="0.3"/></Targets><Segmentation multipleModelMethod="sum" missingPredictionTreatment="returnMissing">${[1, 0.3, 0.17].map(part => tree(scale * part)).join('')}</Segmentation></MiningModel>`,
    )
  const names = classes.length < 3 ? ['margin'] : classes.map(name => `margin_${name}`)
  const table = (at: number): string =>
    `<RegressionTable intercept="0" ${classes.length === 0 ? '' : `targetCategory="${classes[at]}"`}>${at < names.length ? `<NumericPredictor name="${names[at]}" coefficient="1"/>` : ''}</RegressionTable>`
  const last = `<RegressionModel functionName="${classes.length > 0 ? 'classification' : 'regression'}" normalizationMethod="${normalization}" x-mathContext="float">${schema(names, target)}${classes.length > 0 ? probabilities(...classes) : ''}${(classes.length === 0 ? [''] : classes).map((_, at) => table(at)).join('')}</RegressionModel>`
  return several(target, 'modelChain', [...names.map((name, at) => sum(name, 1 - at * 0.4)), segment(last)], {
    more: 'x-mathContext="float"',
  })
}

export const segmentCases: readonly PmmlCase[] = [
  {
    name: 'segments as outputs of values',
    pmml: several('y', 'average', [segment(line(xs), { id: 'one', predicate: low }), segment(line(zs), { id: 'two' })], {
      out:
        output('all', 'predictedValue') +
        output('one', 'predictedValue', 'segmentId="one"') +
        output('two', 'predictedValue', 'segmentId="two"'),
    }),
    rows,
  },
  {
    name: 'segments as outputs of classes',
    pmml: several(
      'c',
      'majorityVote',
      [segment(leaf([2, 6, 2], { predicate: low }), { id: 'one' }), segment(leaf([5, 3, 2], { id: 'id="leaf"' }))],
      {
        out:
          output('one', 'predictedValue', 'segmentId="one"') +
          output('b of two', 'probability', 'segmentId="2" value="b"') +
          output('node of two', 'entityId', 'segmentId="2"') +
          output('share of one', 'probability', 'segmentId="one"'),
      },
    ),
    rows,
  },
  {
    name: 'segments as outputs of a chain',
    pmml: several(
      'c',
      'modelChain',
      [
        segment(leaf([2, 6, 2]), { id: 'one' }),
        segment(leaf([5, 3, 2]).replace('</MiningSchema>', '<MiningField name="c" usageType="target"/></MiningSchema>')),
      ],
      {
        out:
          output('label', 'predictedValue') +
          output('k of one', 'probability', 'segmentId="one" value="k"') +
          output('b', 'probability', 'value="b"'),
      },
    ),
    rows,
  },
  {
    name: 'a chain whose outputs name those of its segments',
    pmml: several(
      'y',
      'modelChain',
      [
        segment(line({ ...xs, out: output('first', 'predictedValue') })),
        segment(line({ name: 'first', intercept: 0, slope: 10, target: 'y', out: output('last', 'predictedValue') })),
      ],
      {
        out:
          output('next', 'transformedValue', 'dataType="double"', plusOne('first')) +
          output('after', 'transformedValue', 'dataType="double"', plusOne('last')),
      },
    ),
    rows,
  },
  {
    name: 'a chain from classes to a number',
    pmml: several('y', 'modelChain', [
      segment(
        leaf([2, 6, 2], {
          out: output('share', 'probability', 'value="b" dataType="double"') + output('label', 'predictedValue', 'dataType="string"'),
        }),
      ),
      segment(
        `<RegressionModel functionName="regression">${schema(['share', 'label', 'x'], 'y')}<RegressionTable intercept="1"><NumericPredictor name="share" coefficient="2"/><NumericPredictor name="x" coefficient="0.1"/><CategoricalPredictor name="label" value="b" coefficient="100"/></RegressionTable></RegressionModel>`,
      ),
    ]),
    rows,
  },
  {
    name: 'a chain of several targets',
    pmml: several('y', 'x-multiModelChain', [
      segment(line({ ...xs, target: 'y', out: output('first', 'predictedValue') })),
      segment(line({ name: 'first', intercept: 0.5, slope: 2, target: 'f', out: output('second', 'predictedValue') })),
    ]).replace('usageType="target"/>', 'usageType="target"/><MiningField name="f" usageType="target"/>'),
    rows,
  },
  ...shares.flatMap((_, at) =>
    ['median', 'max'].map(method => ({
      name: `segments ${method} of ${2 + (at % 5)}, from ${at}`,
      pmml: several(
        'c',
        method,
        Array.from({ length: 2 + (at % 5) }, (_none, step) =>
          segment(leaf(shares[(at * 3 + step * (1 + (at % 3))) % shares.length] ?? [])),
        ),
        { out: ['a', 'b', 'k'].map(value => output(`p_${value}`, 'probability', `value="${value}"`)).join('') },
      ),
      rows: 'x;z\n1;1',
    })),
  ),
  { name: 'boosted trees exp', pmml: boosted('f', 'exp', []), rows },
  { name: 'boosted trees logit of a number', pmml: boosted('f', 'logit', []), rows },
  { name: 'boosted trees cauchit', pmml: boosted('f', 'cauchit', []), rows },
  { name: 'boosted trees cloglog', pmml: boosted('f', 'cloglog', []), rows },
  { name: 'boosted trees loglog', pmml: boosted('f', 'loglog', []), rows },
  { name: 'boosted trees logit', pmml: boosted('d', 'logit', ['b', 'a']), rows },
  { name: 'boosted trees softmax', pmml: boosted('c', 'softmax', ['a', 'b', 'k']), rows },
  { name: 'boosted trees logits', pmml: boosted('c', 'logit', ['a', 'b', 'k']), rows },
]
