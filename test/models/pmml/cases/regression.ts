import { type PmmlCase, document, field, probabilities, ref, schema, values } from '../pmml-builder.ts'

const rows = 'x;z;s\n0.5;1;u\n2;-1;v\n;1;\n1;;u\n1;2;\n-4;0;u'
const fields = [
  field('x'),
  field('z'),
  field('s', 'string'),
  field('y'),
  field('i', 'integer'),
  field('c', 'string', values('a', 'b', 'k')),
  field('d', 'string', values('a', 'b')),
  field('e', 'integer', values(1, 2), 'categorical'),
  field('o', 'string', values('a', 'b', 'k'), 'ordinal'),
]
const table = (attributes: string, slope: number): string =>
  `<RegressionTable ${attributes}>${slope === 0 ? '' : `<NumericPredictor name="x" coefficient="${slope}"/>`}</RegressionTable>`

function model(target: string, method: string, tables: string): string {
  const kind = target === 'y' || target === 'i' ? 'regression' : 'classification'
  const out =
    { c: probabilities('a', 'b', 'k'), o: probabilities('a', 'b', 'k'), d: probabilities('a', 'b'), e: probabilities('1', '2') }[target] ??
    ''
  return document(
    fields,
    `<RegressionModel functionName="${kind}" normalizationMethod="${method}">${schema(['x', 'z', 's'], target)}${out}${tables}</RegressionModel>`,
  )
}

const full = `<RegressionTable intercept="0.25"><NumericPredictor name="x" coefficient="0.5"/><NumericPredictor name="z" exponent="2" coefficient="0.1"/><CategoricalPredictor name="s" value="u" coefficient="0.3"/><CategoricalPredictor name="s" value="v" coefficient="-0.1"/><PredictorTerm coefficient="0.01">${ref('x')}${ref('z')}</PredictorTerm></RegressionTable>`
const two = table('intercept="0.25" targetCategory="b"', 0.5) + table('intercept="0" targetCategory="a"', 0)
const three =
  table('intercept="0.25" targetCategory="b"', 0.5) +
  table('intercept="0.1" targetCategory="a"', 0.2) +
  table('intercept="0" targetCategory="k"', 0)
const ordered =
  table('intercept="0.25" targetCategory="b"', 0.5) +
  table('intercept="0.5" targetCategory="a"', 0.5) +
  table('intercept="0" targetCategory="k"', 0)

export const regressionCases: readonly PmmlCase[] = [
  ...['none', 'softmax', 'logit', 'probit', 'cloglog', 'exp', 'loglog', 'cauchit'].map(method => ({
    name: `regression ${method}`,
    pmml: model('y', method, full),
    rows,
  })),
  ...['none', 'softmax', 'simplemax', 'logit', 'probit', 'cloglog', 'loglog', 'cauchit'].map(method => ({
    name: `regression two classes ${method}`,
    pmml: model('d', method, two),
    rows: 'x;z;s\n0.5;1;u\n2;-1;v\n;1;\n1;;u',
  })),
  ...['none', 'softmax', 'simplemax', 'logit'].map(method => ({
    name: `regression three classes ${method}`,
    pmml: model('c', method, three),
    rows,
  })),
  ...['none', 'logit', 'probit', 'cloglog', 'loglog', 'cauchit'].map(method => ({
    name: `regression ordinal ${method}`,
    pmml: model('o', method, ordered),
    rows: 'x;z;s\n0.5;1;u\n-0.2;-1;v\n;1;\n0.1;;u',
  })),
  { name: 'regression integer classes', pmml: model('e', 'logit', two.replace('"b"', '"2"').replace('"a"', '"1"')), rows },
  { name: 'regression integer target', pmml: model('i', 'none', table('intercept="0.5"', 1)), rows },
]
