import { type PmmlCase, array, document, field, output, schema } from '../pmml-builder.ts'

const rows = 'x;y;z\n0;0;1\n1;2;3\n-1.5;4;0.25\n10;10;10\n;2;3\n1;;\n;;\n0.5;0.5;0.5'
const binaryRows = 'x;y;z\n0;0;1\n1;1;1\n1;0;0\n0;1;1\n;1;0\n1;1;0\n2;1;0'
const outputs = `<Output>${output('cluster', 'predictedValue', 'dataType="string"')}${output('shown', 'predictedDisplayValue', 'dataType="string"')}${output('id', 'entityId', 'dataType="string"')}${output('near', 'affinity', 'dataType="double"')}${output('second', 'affinity', 'value="b" dataType="double"')}</Output>`

interface Clustering {
  readonly measure: string
  readonly kind?: string
  readonly fields?: readonly string[]
  readonly centers?: readonly (readonly number[])[]
  readonly missing?: string
  readonly ids?: boolean
}

function clustering({
  measure,
  kind = 'distance',
  fields = ['', '', ''],
  centers = [
    [0, 0, 0],
    [1, 2, 3],
    [8, 9, 10],
  ],
  missing = '',
  ids = true,
}: Clustering): string {
  const names = ['x', 'y', 'z']
  const clusters = centers.map(
    (center, at) => `<Cluster${ids ? ` id="${'abc'[at]}" name="cluster ${at}"` : ''}>${array(...center)}</Cluster>`,
  )
  return document(
    names.map(name => field(name)),
    `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="${centers.length}">${schema(names)}${ids ? outputs : outputs.replace(/<OutputField name="second".*(?=<.Output>)/, '')}<ComparisonMeasure kind="${kind}">${measure}</ComparisonMeasure>${names.map((name, at) => `<ClusteringField field="${name}" ${fields[at]}/>`).join('')}${missing}${clusters.join('')}</ClusteringModel>`,
  )
}

const binary = [
  [0, 0, 1],
  [1, 1, 0],
  [1, 1, 1],
]

export const clusteringCases: readonly PmmlCase[] = [
  ...['euclidean', 'squaredEuclidean', 'chebychev', 'cityBlock'].map(name => ({
    name: `clustering ${name}`,
    pmml: clustering({ measure: `<${name}/>` }),
    rows,
  })),
  { name: 'clustering minkowski', pmml: clustering({ measure: '<minkowski p-parameter="3"/>' }), rows },
  { name: 'clustering without ids', pmml: clustering({ measure: '<euclidean/>', ids: false }), rows },
  { name: 'clustering weights', pmml: clustering({ measure: '<euclidean/>', fields: ['fieldWeight="2"', 'fieldWeight="0.5"', ''] }), rows },
  {
    name: 'clustering weights cityBlock',
    pmml: clustering({ measure: '<cityBlock/>', fields: ['fieldWeight="2"', 'fieldWeight="0.5"', ''] }),
    rows,
  },
  {
    name: 'clustering missing weights',
    pmml: clustering({ measure: '<squaredEuclidean/>', missing: `<MissingValueWeights>${array(1, 2, 0.5)}</MissingValueWeights>` }),
    rows,
  },
  {
    name: 'clustering compare functions',
    pmml: clustering({
      measure: '<euclidean/>',
      fields: ['compareFunction="delta"', 'compareFunction="gaussSim" similarityScale="2"', 'compareFunction="equal"'],
    }),
    rows,
  },
  ...['simpleMatching', 'jaccard', 'tanimoto'].map(name => ({
    name: `clustering ${name}`,
    pmml: clustering({ measure: `<${name}/>`, kind: 'similarity', centers: binary }),
    rows: binaryRows,
  })),
  {
    name: 'clustering binarySimilarity',
    pmml: clustering({
      measure:
        '<binarySimilarity c00-parameter="1" c01-parameter="0.5" c10-parameter="0.25" c11-parameter="2" d00-parameter="1" d01-parameter="2" d10-parameter="1" d11-parameter="3"/>',
      kind: 'similarity',
      centers: binary,
    }),
    rows: binaryRows,
  },
]
