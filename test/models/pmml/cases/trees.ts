import { type PmmlCase, document, field, output, schema, simple, values } from '../pmml-builder.ts'

const rows = 'x;z;s;n;b\n0.5;1;u;2;true\n2;-1;v;3;false\n;1;u;;\n1;;v;2;true\n-3;0.2;w;1;false\n;;;;\n0.5;;u;7;true'
const fields = [
  field('x', 'float'),
  field('z'),
  field('s', 'string', values('u', 'v', 'w')),
  field('n', 'integer'),
  field('b', 'boolean', '', 'categorical'),
  field('y'),
  field('c', 'string', values('a', 'b', 'k')),
]
const inputs = ['x', 'z', 's', 'n', 'b']
const outputs = `<Output>${['a', 'b', 'k'].map(name => output(`p_${name}`, 'probability', `value="${name}" dataType="double"`)).join('')}${output('p', 'probability', 'dataType="double"')}${output('node', 'entityId', 'dataType="string"')}${output('conf', 'confidence', 'value="a" dataType="double"')}${output('shown', 'predictedValue', 'dataType="string"')}</Output>`

interface Part {
  readonly id?: string
  readonly predicate: string
  readonly counts?: readonly number[]
  readonly score?: string
  readonly more?: string
  readonly inside?: string
}

function node({ id, predicate, counts, score, more = '', inside = '' }: Part): string {
  const distribution = (counts ?? []).map((count, at) => `<ScoreDistribution value="${'abk'[at]}" recordCount="${count}"/>`).join('')
  const total = (counts ?? [1]).reduce((sum, count) => sum + count, 0)
  const named = score ?? (counts === undefined ? undefined : 'abk'[counts.indexOf(Math.max(...counts))])
  return `<Node ${id === undefined ? '' : `id="${id}"`} recordCount="${total}" ${named === undefined ? '' : `score="${named}"`} ${more}>${predicate}${distribution}${inside}</Node>`
}

const always = '<True/>'
const lessZ = simple('z', 'lessOrEqual', 0.5)
const body = node({
  id: 'root',
  predicate: always,
  counts: [10, 8, 6],
  more: 'defaultChild="right"',
  inside:
    node({
      id: 'left',
      predicate: simple('x', 'lessThan', 0.7),
      counts: [7, 2, 1],
      more: 'defaultChild="ll"',
      inside:
        node({ id: 'll', predicate: lessZ, counts: [1, 2, 1] }) +
        node({ id: 'lr', predicate: simple('z', 'greaterThan', 0.5), counts: [6, 0, 0] }),
    }) +
    node({
      id: 'right',
      predicate: simple('x', 'greaterOrEqual', 0.7),
      counts: [3, 6, 5],
      more: 'defaultChild="rr"',
      inside:
        node({ id: 'rl', predicate: simple('s', 'equal', 'u'), counts: [2, 1, 1] }) +
        node({ id: 'rr', predicate: simple('s', 'notEqual', 'u'), counts: [1, 5, 4] }),
    }),
})

function tree(attributes: string, inside: string, target = 'c'): string {
  return document(
    fields,
    `<TreeModel functionName="${target === 'c' ? 'classification' : 'regression'}" ${attributes}>${schema(inputs, target)}${target === 'c' ? outputs : ''}${inside}</TreeModel>`,
  )
}

const compound = (operator: string, ...parts: string[]): string =>
  `<CompoundPredicate booleanOperator="${operator}">${parts.join('')}</CompoundPredicate>`
const set = (operator: string, ...all: string[]): string =>
  `<SimpleSetPredicate field="s" booleanOperator="${operator}"><Array type="string" n="${all.length}">${all.join(' ')}</Array></SimpleSetPredicate>`
/** A tree of one question, whose answers are 1 (yes) and 0 (no); with the strategy an unknown one is the root's 5. */
const question = (predicate: string, strategy = 'lastPrediction'): string =>
  tree(
    `missingValueStrategy="${strategy}" noTrueChildStrategy="returnLastPrediction"`,
    node({ predicate: always, score: '5', inside: node({ predicate, score: '1' }) + node({ predicate: always, score: '0' }) }),
    'y',
  )

const questions: Readonly<Record<string, string>> = {
  'float less': simple('x', 'lessThan', 0.5),
  'float equal': simple('x', 'equal', '0.5'),
  'double greater': simple('z', 'greaterThan', 0.2),
  'text equal': simple('s', 'equal', 'u'),
  'text not equal': simple('s', 'notEqual', 'u'),
  'boolean equal': simple('b', 'equal', 'true'),
  'integer less than fraction': simple('n', 'lessThan', '2.5'),
  'is missing': simple('x', 'isMissing'),
  'is not missing': simple('x', 'isNotMissing'),
  'is in': set('isIn', 'u', 'v'),
  'is not in': set('isNotIn', 'u', '"w"'),
  'is in numbers': '<SimpleSetPredicate field="n" booleanOperator="isIn"><Array type="int" n="2">2 7</Array></SimpleSetPredicate>',
  and: compound('and', simple('x', 'greaterThan', 0), simple('z', 'greaterThan', 0)),
  or: compound('or', simple('x', 'greaterThan', 0), simple('z', 'greaterThan', 0)),
  xor: compound('xor', simple('x', 'greaterThan', 0), simple('z', 'greaterThan', 0), simple('s', 'equal', 'u')),
  surrogate: compound('surrogate', simple('x', 'greaterThan', 0), simple('z', 'greaterThan', 0), always),
  nested: compound(
    'or',
    compound('and', simple('x', 'greaterThan', 0), '<False/>'),
    compound('and', set('isIn', 'u'), simple('n', 'greaterOrEqual', 2)),
  ),
}

export const treeCases: readonly PmmlCase[] = [
  ...['none', 'lastPrediction', 'nullPrediction', 'defaultChild'].flatMap(strategy =>
    ['returnNullPrediction', 'returnLastPrediction'].map(last => ({
      name: `tree ${strategy} ${last}`,
      pmml: tree(
        `missingValueStrategy="${strategy}" noTrueChildStrategy="${last}" missingValuePenalty="0.8" splitCharacteristic="binarySplit"`,
        body,
      ),
      rows,
    })),
  ),
  ...Object.entries(questions).flatMap(([name, predicate]) => [
    { name: `predicate ${name}`, pmml: question(predicate), rows },
    { name: `predicate ${name}, unknown is no`, pmml: question(predicate, 'none'), rows },
  ]),
  {
    name: 'tree root is a question',
    pmml: tree(
      'noTrueChildStrategy="returnLastPrediction"',
      node({ predicate: simple('x', 'lessThan', 1), score: '9', inside: node({ predicate: lessZ, score: '1.5' }) }),
      'y',
    ),
    rows,
  },
  {
    name: 'tree nodes without scores',
    pmml: tree(
      'noTrueChildStrategy="returnLastPrediction"',
      node({
        predicate: always,
        score: '5',
        inside: node({ predicate: simple('x', 'lessThan', 1), inside: node({ predicate: lessZ, score: '2' }) }),
      }),
      'y',
    ),
    rows,
  },
  {
    name: 'tree probabilities and confidences given',
    pmml: tree(
      '',
      '<Node><True/><Node score="a" recordCount="10"><SimplePredicate field="x" operator="lessThan" value="1"/><ScoreDistribution value="b" recordCount="3" probability="0.3" confidence="0.2"/><ScoreDistribution value="a" recordCount="3" probability="0.5" confidence="0.7"/></Node><Node id="other" score="b"><SimplePredicate field="x" operator="greaterOrEqual" value="1"/><ScoreDistribution value="b" recordCount="3"/></Node></Node>',
    ),
    rows,
  },
]
