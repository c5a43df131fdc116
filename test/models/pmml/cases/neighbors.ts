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

function neighbors(target: 'c' | 'y', attributes: string, measure = '<euclidean/>'): string {
  const instances = training.map(
    ([x, z, c, y], at) => `<row><x>${x}</x><z>${z}</z><t>${target === 'c' ? c : y}</t><id>${'pqrst'[at]}</id></row>`,
  )
  const instanceFields = [
    ['x', 'x'],
    ['z', 'z'],
    [target, 't'],
    ['id', 'id'],
  ]
  const outputs = [1, 2, 3].flatMap(rank => [
    output(`id${rank}`, 'entityId', `rank="${rank}" dataType="string"`),
    output(`near${rank}`, 'affinity', `rank="${rank}" dataType="double"`),
  ])
  return document(
    [...fields, field('id', 'string')],
    `<NearestNeighborModel functionName="${target === 'c' ? 'classification' : 'regression'}" numberOfNeighbors="3" instanceIdVariable="id" ${attributes}>${schema(['x', 'z'], target)}<Output>${outputs.join('')}</Output><TrainingInstances><InstanceFields>${instanceFields.map(([name, column]) => `<InstanceField field="${name}" column="${column}"/>`).join('')}</InstanceFields><InlineTable>${instances.join('')}</InlineTable></TrainingInstances><ComparisonMeasure kind="distance">${measure}</ComparisonMeasure><KNNInputs><KNNInput field="x"/><KNNInput field="z" fieldWeight="0.5"/></KNNInputs></NearestNeighborModel>`,
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
  { name: 'neighbors cityBlock', pmml: neighbors('y', '', '<cityBlock/>'), rows },
]
