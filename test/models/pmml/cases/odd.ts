import { type PmmlCase, apply, constant, document, field, output, ref, schema, simple, values } from '../pmml-builder.ts'

const text = 'dataType="string" optype="categorical"'
const number = 'dataType="double" optype="continuous"'

/** A tree of which each node has but one child. */
function deep(depth: number, attributes = ''): PmmlCase {
  const nodes = Array.from(
    { length: depth },
    (_, at) => `<Node id="${at}" score="${at}" recordCount="${depth - at}">${simple('x', 'greaterThan', at)}`,
  )
  return {
    name: `a tree of ${depth} levels ${attributes}`,
    pmml: document(
      [field('x'), field('z'), field('y')],
      `<TreeModel functionName="regression" noTrueChildStrategy="returnLastPrediction" ${attributes}>${schema(['x'], 'y')}<Node score="-1"><True/>${nodes.join('')}${'</Node>'.repeat(depth + 1)}</TreeModel>`,
    ),
    rows: 'x;z\n0.5;1\n650;1\n10000;1\n-1;1\n;1',
  }
}

const line = (inside: string): string =>
  document(
    [field('x'), field('y')],
    `<RegressionModel functionName="regression">${schema(['x'], 'y')}<Output>${inside}</Output><RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable></RegressionModel>`,
  )

const leaf = (value: string, counts: readonly number[], predicate: string): string =>
  `<Node score="${value}">${predicate}${['a', 'b'].map((name, at) => `<ScoreDistribution value="${name}" recordCount="${counts[at]}"/>`).join('')}</Node>`
const tree = (inside: string): string =>
  document(
    [field('x'), field('c', 'string', values('a', 'b'))],
    `<TreeModel functionName="classification">${schema(['x'], 'c')}<Output>${inside}</Output><Node><True/>${leaf('a', [6, 2], simple('x', 'lessThan', 1))}${leaf('b', [1, 3], simple('x', 'greaterOrEqual', 1))}</Node></TreeModel>`,
  )

const report = (name: string): string => output(`${name}_report`, 'x-report', `${text} x-reportField="${name}"`)

/** What producers write that is seldom seen. */
export const oddCases: readonly PmmlCase[] = [
  ...['', 'missingValueStrategy="lastPrediction"', 'missingValueStrategy="nullPrediction"'].map(attributes => deep(700, attributes)),
  deep(3000),
  { name: 'a report of a number', pmml: line(output('p', 'predictedValue', number) + report('p')), rows: 'x;y\n1;2\n;3' },
  {
    name: 'a report of a probability',
    pmml: tree(output('p', 'probability', `${number} value="a"`) + report('p') + output('l', 'predictedValue', text)),
    rows: 'x;c\n1;a\n0;a',
  },
  {
    name: 'how far a number is from the record’s',
    pmml: line(output('p', 'predictedValue', number) + output('r', 'residual', number)),
    rows: 'x;y\n1;2\n0.5;-3\n2;5',
  },
  {
    name: 'how far a number is from the record’s, by name',
    pmml: line(
      output('r', 'residual', `${number} targetField="y"`) +
        output('twice', 'transformedValue', number, apply('*', [ref('r'), constant(2)])),
    ),
    rows: 'x;y\n1;2\n0.5;-3\n2;5',
  },
  {
    name: 'how far a class is from the record’s',
    pmml: tree(output('p', 'probability', `${number} value="a"`) + output('r', 'residual', number)),
    rows: 'x;c\n1;a\n0;a\n0;b\n2;b',
  },
]
