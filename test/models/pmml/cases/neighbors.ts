import { type PmmlCase, document, field, output, schema, values } from '../pmml-builder.ts'

const rows = 'x;z\n0;0\n1;2\n-1.5;4\n10;10\n;2\n;\n0.5;0.4'
const fields = [field('x'), field('z'), field('y'), field('c', 'string', values('a', 'b'))]
const training: readonly (readonly [number, number, string, number])[] = [
  [0, 0.1, 'a', 1],
  [1, 2, 'b', 2.5],
  [1.1, 2.2, 'b', 3],
  [-1, 3, 'a', -1],
  [8, 9, 'a', 7],
]

function neighbors(target: 'c' | 'y', attributes: string, { measure = '<euclidean/>', count = 3, known = training } = {}): string {
  const instances = known.map(
    ([x, z, c, y], at) => `<row><x>${x}</x><z>${z}</z><t>${target === 'c' ? c : y}</t><id>${'pqrst'[at]}</id></row>`,
  )
  const instanceFields = [
    ['x', 'x'],
    ['z', 'z'],
    [target, 't'],
    ['id', 'id'],
  ]
  // The reference evaluator tells no distance of the first rank.
  const outputs = [1, 2, 3, 4].flatMap(rank => [
    output(`id${rank}`, 'entityId', `rank="${rank}" dataType="string"`),
    ...(rank === 1 ? [] : [output(`near${rank}`, 'affinity', `rank="${rank}" dataType="double"`)]),
  ])
  return document(
    [...fields, field('id', 'string')],
    `<NearestNeighborModel functionName="${target === 'c' ? 'classification' : 'regression'}" numberOfNeighbors="${count}" instanceIdVariable="id" ${attributes}>${schema(['x', 'z'], target)}<Output>${outputs.join('')}</Output><TrainingInstances><InstanceFields>${instanceFields.map(([name, column]) => `<InstanceField field="${name}" column="${column}"/>`).join('')}</InstanceFields><InlineTable>${instances.join('')}</InlineTable></TrainingInstances><ComparisonMeasure kind="distance">${measure}</ComparisonMeasure><KNNInputs><KNNInput field="x"/><KNNInput field="z" fieldWeight="0.5"/></KNNInputs></NearestNeighborModel>`,
  )
}

export const neighborCases: readonly PmmlCase[] = [
  ...['average', 'weightedAverage', 'median'].map(method => ({
    name: `neighbors ${method}`,
    pmml: neighbors('y', `continuousScoringMethod="${method}"`),
    rows,
  })),
  ...['majorityVote', 'weightedMajorityVote'].map(method => ({
    name: `neighbors ${method}`,
    pmml: neighbors('c', `categoricalScoringMethod="${method}"`),
    rows,
  })),
  { name: 'neighbors threshold', pmml: neighbors('y', 'continuousScoringMethod="weightedAverage" threshold="0.5"'), rows },
  { name: 'neighbors cityBlock', pmml: neighbors('y', '', { measure: '<cityBlock/>' }), rows },
  ...['average', 'median'].map(method => ({
    name: `neighbors ${method} of 2`,
    pmml: neighbors('y', `continuousScoringMethod="${method}"`, { count: 2 }),
    rows,
  })),
  ...['majorityVote', 'weightedMajorityVote'].flatMap(method =>
    [1, 2, 4].map(count => ({
      name: `neighbors ${method} of ${count}`,
      pmml: neighbors('c', `categoricalScoringMethod="${method}"`, { count }),
      rows,
    })),
  ),
  ...(['ab', 'ba'] as const).map(names => ({
    name: `neighbors tie, more of ${names[0]}`,
    pmml: neighbors('c', '', { count: 2, known: training.map(([x, z, c, y]) => [x, z, names['ab'.indexOf(c)] as string, y]) }),
    rows,
  })),
]
