import { type PmmlCase, document, field, output, schema, simple, values } from '../pmml-builder.ts'

const rows =
  'x;z;s;n;b;d\n0.5;1;u;2;true;2020-01-05\n2;-1;v;3;false;2019-12-31\n;1;u;;;\n1;;v;2;true;2020-01-05\n-3;0.2;w;1;false;0099-01-01\n;;;;;\n0.5;;u;7;true;2020-01-06\n0.5;1;u;7;true;2020-02-30'
const fields = [
  field('x', 'float'),
  field('z'),
  field('s', 'string', values('u', 'v', 'w')),
  field('n', 'integer'),
  field('b', 'boolean', '', 'categorical'),
  field('d', 'date', '', 'ordinal'),
  field('y'),
  field('c', 'string', values('a', 'b', 'k')),
]
const inputs = ['x', 'z', 's', 'n', 'b', 'd']
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

const compound = (operator: string, ...parts: string[]): string =>
  `<CompoundPredicate booleanOperator="${operator}">${parts.join('')}</CompoundPredicate>`
const set = (operator: string, ...all: string[]): string =>
  `<SimpleSetPredicate field="s" booleanOperator="${operator}"><Array type="string" n="${all.length}">${all.join(' ')}</Array></SimpleSetPredicate>`
const between = compound('and', simple('z', 'greaterOrEqual', 0), simple('z', 'lessThan', 1))
const wide = node({
  predicate: always,
  counts: [10, 8, 6],
  more: 'defaultChild="m"',
  inside:
    node({ id: 'l', predicate: simple('z', 'lessThan', 0), counts: [1, 1, 3] }) +
    node({
      id: 'm',
      predicate: between,
      counts: [2, 7, 0],
      inside:
        node({ predicate: simple('n', 'lessOrEqual', 2), counts: [0, 5, 0] }) +
        node({ predicate: simple('n', 'greaterThan', 4), counts: [2, 2, 0] }),
    }) +
    node({
      id: 'h',
      predicate: simple('z', 'greaterOrEqual', 1),
      counts: [7, 0, 3],
      inside: node({ id: 'hd', predicate: simple('d', 'lessThan', '2020-01-06'), counts: [0, 0, 2] }),
    }),
})

function tree(attributes: string, inside: string, target = 'c'): string {
  return document(
    fields,
    `<TreeModel functionName="${target === 'c' ? 'classification' : 'regression'}" ${attributes}>${schema(inputs, target)}${target === 'c' ? outputs : ''}${inside}</TreeModel>`,
  )
}

const known = [simple('x', 'greaterThan', 0), simple('z', 'greaterThan', 0), simple('n', 'greaterThan', 0)]
/** A tree whose nodes are sure of themselves, but for what was missing. */
function doubted(predicate: string): string {
  const sure = (id: string, more: string, inside: string): string =>
    `<Node id="${id}" score="a" ${more}>${inside.replace(/(?=<Node|$)/, `<ScoreDistribution value="a" recordCount="3" confidence="0.8"/>`)}</Node>`
  return sure('r', 'defaultChild="n"', always + sure('n', 'defaultChild="m"', predicate + sure('m', '', predicate)))
}
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
  'is in fractions': '<SimpleSetPredicate field="n" booleanOperator="isIn"><Array type="real" n="2">2.0 7.0</Array></SimpleSetPredicate>',
  'is in floats': '<SimpleSetPredicate field="x" booleanOperator="isIn"><Array type="real">0.5 -3</Array></SimpleSetPredicate>',
  'is in truths': '<SimpleSetPredicate field="b" booleanOperator="isNotIn"><Array type="string" n="1">true</Array></SimpleSetPredicate>',
  'is in dates':
    '<SimpleSetPredicate field="d" booleanOperator="isIn"><Array type="string" n="2">2020-01-05 "0099-01-01"</Array></SimpleSetPredicate>',
  'date less': simple('d', 'lessThan', '2020-01-05'),
  'date equal': simple('d', 'equal', '2020-01-05'),
  'boolean not equal': simple('b', 'notEqual', 'TRUE'),
  'integer equal to a double': simple('n', 'equal', '2.0'),
  'number with blanks': simple('z', 'equal', ' 1 '),
  'text with a blank': simple('s', 'equal', ' u'),
  'surrogate of sets and dates': compound(
    'surrogate',
    set('isIn', 'u'),
    simple('d', 'greaterThan', '2020-01-01'),
    simple('n', 'lessThan', 3),
  ),
  'surrogate within and': compound(
    'and',
    compound('surrogate', simple('x', 'greaterThan', 0), simple('z', 'greaterThan', 0)),
    simple('s', 'isNotMissing'),
  ),
  'xor of the known': compound('xor', always, simple('b', 'equal', 'true'), always),
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
  ...['none', 'lastPrediction', 'nullPrediction', 'defaultChild'].flatMap(strategy =>
    ['returnNullPrediction', 'returnLastPrediction'].map(last => ({
      name: `tree of many children ${strategy} ${last}`,
      pmml: tree(
        `missingValueStrategy="${strategy}" noTrueChildStrategy="${last}" missingValuePenalty="0.7" splitCharacteristic="multiSplit"`,
        wide,
      ),
      rows,
    })),
  ),
  ...Object.entries(questions).flatMap(([name, predicate]) => [
    { name: `predicate ${name}`, pmml: question(predicate), rows },
    { name: `predicate ${name}, unknown is no`, pmml: question(predicate, 'none'), rows },
  ]),
  ...Object.entries({
    surrogate: compound('surrogate', ...known),
    'surrogate within and': compound('and', compound('surrogate', ...known.slice(0, 2)), simple('n', 'greaterThan', 0)),
    'surrogate of a surrogate': compound('surrogate', compound('surrogate', ...known.slice(0, 2)), simple('n', 'greaterThan', 0)),
  }).flatMap(([name, predicate]) =>
    ['lastPrediction', 'defaultChild'].map(strategy => ({
      name: `tree penalty ${name} ${strategy}`,
      pmml: tree(
        `missingValueStrategy="${strategy}" noTrueChildStrategy="returnLastPrediction" missingValuePenalty="0.5"`,
        doubted(predicate),
      ),
      rows,
    })),
  ),
  {
    name: 'tree probability of a class that it does not know',
    pmml: tree(
      '',
      node({
        predicate: always,
        inside:
          node({ predicate: simple('z', 'lessThan', 0.5), counts: [1, 2, 1] }) +
          node({ predicate: simple('z', 'greaterOrEqual', 0.5), counts: [3, 1, 4] }),
      }),
    ).replace(
      /<Output>.*<.Output>/,
      `<Output>${['a', 'zz', 'k'].map(name => output(`p_${name}`, 'probability', `value="${name}" dataType="double"`)).join('')}</Output>`,
    ),
    rows,
  },
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
