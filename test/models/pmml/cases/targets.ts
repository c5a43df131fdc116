import { type PmmlCase, apply, array, constant, document, field, output, ref, schema, simple, values } from '../pmml-builder.ts'

const rows = 'p;q;s\n0.5;0.25;lo\n2;3;hi\n1.5;1.5;lo\n7;2;\n;1;mid\n-3;;hi\n;;'
const inputs = ['p', 'q', 's']
const fields = [
  field('p'),
  field('q'),
  field('s', 'string'),
  field('u'),
  field('v'),
  field('w', 'integer'),
  field('k', 'string', '<Value value="yes" displayValue="of course"/><Value value="no"/>'),
  field('c', 'string'),
]

const text = 'dataType="string" optype="categorical"'
const number = 'dataType="double" optype="continuous"'
const of = (target: string, attributes = number): string => `${attributes} targetField="${target}"`

/** A MiningSchema of some inputs and several targets. */
function targets(names: readonly string[], from: readonly string[] = inputs): string {
  const wanted = names.map(name => `<MiningField name="${name}" usageType="target"/>`)
  return schema([...from, ...wanted])
}

function network(
  names: readonly string[],
  outputs: readonly string[],
  { kind = 'regression', out = '', more = '', dictionary = '', from = ref('p') } = {},
): string {
  const neurons = outputs.map(
    (_, at) =>
      `<Neuron id="1,${at}" bias="${[1, 5, -0.5, 0.25][at]}"><Con from="0,0" weight="${[2, -1, 0.5, 3][at]}"/><Con from="0,1" weight="${[0.5, 1, -2, 1][at]}"/></Neuron>`,
  )
  const layer = `<NeuralLayer${kind === 'classification' ? ' activationFunction="logistic"' : ''}>${neurons.join('')}</NeuralLayer>`
  const made = outputs.map(
    (expression, at) => `<NeuralOutput outputNeuron="1,${at}"><DerivedField ${number}>${expression}</DerivedField></NeuralOutput>`,
  )
  return document(
    fields,
    `<NeuralNetwork functionName="${kind}" activationFunction="identity">${targets(names)}${out}${more}<NeuralInputs><NeuralInput id="0,0"><DerivedField ${number}>${from}</DerivedField></NeuralInput><NeuralInput id="0,1"><DerivedField ${number}><NormDiscrete field="s" value="lo" mapMissingTo="0.5"/></DerivedField></NeuralInput></NeuralInputs>${layer}<NeuralOutputs>${made.join('')}</NeuralOutputs></NeuralNetwork>`,
    dictionary,
  )
}

const discrete = (name: string, value: string): string => `<NormDiscrete field="${name}" value="${value}"/>`
const scaled = (name: string): string =>
  `<NormContinuous field="${name}"><LinearNorm orig="0" norm="-100"/><LinearNorm orig="10" norm="100"/></NormContinuous>`
const twoClasses = [discrete('k', 'yes'), discrete('k', 'no')]
const fourClasses = [...twoClasses, discrete('c', 'big'), discrete('c', 'small')]

interface Neighbors {
  readonly kind?: string
  readonly out?: string
  readonly measure?: string
  readonly inputs?: string
  readonly attributes?: string
  readonly local?: string
  readonly columns?: readonly string[]
}

const instances: readonly (readonly [string, string])[] = [
  ['p', '0 1 9 2 -3'],
  ['q', '0 2 1 2 5'],
  ['s', 'lo lo hi mid hi'],
  ['u', '1 2 5 8 9'],
  ['v', '10 20 90 30 70'],
  ['w', '1 3 5 7 9'],
  ['k', 'yes no no yes no'],
  ['c', 'big small big big small'],
  ['id', 'a b c d e'],
]

function neighbors(
  names: readonly string[],
  {
    kind = 'regression',
    out = '',
    measure = '<euclidean/>',
    inputs: by = '<KNNInput field="p"/><KNNInput field="q"/>',
    attributes = '',
    local = '',
    columns = instances.map(([name]) => name),
  }: Neighbors = {},
): string {
  const all = instances.filter(([name]) => columns.includes(name))
  const table = Array.from(
    { length: 5 },
    (_, row) => `<row>${all.map(([name, cells]) => `<${name}>${cells.split(' ')[row]}</${name}>`).join('')}</row>`,
  )
  return document(
    fields,
    `<NearestNeighborModel functionName="${kind}" numberOfNeighbors="3" ${attributes}>${targets(names)}${out}${local === '' ? '' : `<LocalTransformations>${local}</LocalTransformations>`}<TrainingInstances><InstanceFields>${all.map(([name]) => `<InstanceField field="${name}" column="${name}"/>`).join('')}</InstanceFields><InlineTable>${table.join('')}</InlineTable></TrainingInstances><ComparisonMeasure kind="distance">${measure}</ComparisonMeasure><KNNInputs>${by}</KNNInputs></NearestNeighborModel>`,
  )
}

const outputs = (...inside: string[]): string => `<Output>${inside.join('')}</Output>`

/** Models of several fields at once, as multi-output estimators are exported. */
export const targetCases: readonly PmmlCase[] = [
  { name: 'targets of a network: numbers', pmml: network(['u', 'v'], [ref('u'), ref('v')]), rows },
  { name: 'targets of a network: in another order', pmml: network(['v', 'u'], [ref('u'), scaled('v')]), rows },
  {
    name: 'targets of a network: three',
    pmml: network(['u', 'v', 'w'], [scaled('u'), ref('v'), ref('w')], { from: constant(2, 'double') }),
    rows,
  },
  {
    name: 'targets of a network: rescaled',
    pmml: network(['u', 'v'], [ref('u'), ref('v')], {
      more: '<Targets><Target field="v" rescaleFactor="3" rescaleConstant="1" max="4"/><Target field="u"><TargetValue defaultValue="-7"/></Target></Targets>',
    }),
    rows,
  },
  {
    name: 'targets of a network: output fields of each',
    pmml: network(['u', 'v'], [ref('u'), ref('v')], {
      out: outputs(
        output('ou', 'predictedValue', of('u')),
        output('ov', 'predictedValue', of('v')),
        output('sum', 'transformedValue', number, apply('+', [ref('ou'), ref('ov')])),
      ),
    }),
    rows,
  },
  { name: 'targets of a network: an output of no target', pmml: network(['v'], [ref('u'), ref('v')]), rows },
  { name: 'targets of a network: two classes each', pmml: network(['k', 'c'], fourClasses, { kind: 'classification' }), rows },
  {
    name: 'targets of a network: probabilities of each',
    pmml: network(['k', 'c'], fourClasses, {
      kind: 'classification',
      out: outputs(
        output('yes', 'probability', `${of('k')} value="yes"`),
        output('big', 'probability', `${of('c')} value="big"`),
        output('kk', 'predictedValue', of('k', text)),
        output('shown', 'predictedDisplayValue', of('k', text)),
        output('cc', 'predictedValue', of('c', text)),
        output('neuron', 'entityId', of('c', text)),
      ),
    }),
    rows,
  },
  {
    name: 'the neuron of a network’s class',
    pmml: network(['k'], twoClasses, {
      kind: 'classification',
      out: outputs(output('neuron', 'entityId', text), output('share', 'probability', number)),
    }),
    rows,
  },
  {
    name: 'a network whose outputs stand in fields of their own',
    pmml: network(['k'], [ref('isYes'), ref('isNo')], {
      kind: 'classification',
      dictionary: `<DerivedField name="isYes" ${number}>${discrete('k', 'yes')}</DerivedField><DerivedField name="isNo" ${number}>${discrete('k', 'no')}</DerivedField>`,
    }),
    rows,
  },
  {
    name: 'a network whose input has a type of its own',
    pmml: document(
      fields,
      `<NeuralNetwork functionName="regression" activationFunction="identity">${schema(inputs, 'u')}<NeuralInputs><NeuralInput id="0"><DerivedField dataType="float" optype="continuous">${apply('/', [ref('p'), constant(3, 'double')])}</DerivedField></NeuralInput></NeuralInputs><NeuralLayer><Neuron id="1"><Con from="0" weight="1"/></Neuron></NeuralLayer><NeuralOutputs><NeuralOutput outputNeuron="1"><DerivedField ${number}>${ref('u')}</DerivedField></NeuralOutput></NeuralOutputs></NeuralNetwork>`,
    ),
    rows,
  },
  { name: 'targets of neighbors: numbers', pmml: neighbors(['u', 'v']), rows },
  { name: 'targets of neighbors: medians', pmml: neighbors(['v', 'u'], { attributes: 'continuousScoringMethod="median"' }), rows },
  {
    name: 'targets of neighbors: by weight',
    pmml: neighbors(['v', 'k'], {
      kind: 'mixed',
      attributes: 'continuousScoringMethod="weightedAverage" categoricalScoringMethod="weightedMajorityVote"',
    }),
    rows,
  },
  { name: 'targets of neighbors: classes', pmml: neighbors(['k', 'c'], { kind: 'classification' }), rows },
  { name: 'targets of neighbors: a class and a number', pmml: neighbors(['k', 'u'], { kind: 'mixed' }), rows },
  { name: 'targets of neighbors: a number and a class', pmml: neighbors(['u', 'c'], { kind: 'mixed' }), rows },
  { name: 'targets of neighbors: whole numbers', pmml: neighbors(['u', 'w'], { attributes: 'continuousScoringMethod="median"' }), rows },
  { name: 'neighbors that are called mixed, of one number', pmml: neighbors(['u'], { kind: 'mixed' }), rows },
  { name: 'neighbors that are called mixed, of one class', pmml: neighbors(['k'], { kind: 'mixed' }), rows },
  { name: 'neighbors that are called a regression, of a class', pmml: neighbors(['k'], { kind: 'regression' }), rows },
  {
    name: 'targets of neighbors: output fields of each',
    pmml: neighbors(['u', 'k'], {
      kind: 'mixed',
      attributes: 'instanceIdVariable="id"',
      out: outputs(
        output('ou', 'predictedValue', of('u')),
        output('ok', 'predictedValue', of('k', text)),
        output('shown', 'predictedDisplayValue', of('k', text)),
        output('first', 'entityId', of('u', text)),
        output('second', 'entityId', `${of('k', text)} rank="2"`),
        output('near', 'entityAffinity', of('u')),
      ),
    }),
    rows,
  },
  ...['delta', 'equal'].flatMap(compare =>
    ['euclidean', 'cityBlock', 'chebychev'].map(measure => ({
      name: `neighbors by texts, ${compare}, ${measure}`,
      pmml: neighbors(['u', 'k'], {
        kind: 'mixed',
        measure: `<${measure}/>`,
        inputs: `<KNNInput field="s" compareFunction="${compare}" fieldWeight="2"/><KNNInput field="p"/>`,
      }),
      rows,
    })),
  ),
  {
    name: 'neighbors by texts alone',
    pmml: neighbors(['k'], { kind: 'classification', inputs: '<KNNInput field="s" compareFunction="delta"/>' }),
    rows,
  },
  {
    name: 'neighbors by a field that the instances do not hold',
    pmml: neighbors(['u'], {
      inputs: '<KNNInput field="twice"/><KNNInput field="ql"/>',
      local: `<DerivedField name="twice" ${number}>${apply('*', [ref('p'), constant(2)])}</DerivedField><DerivedField name="ql" ${number}>${apply('+', [ref('q'), '<NormDiscrete field="s" value="hi"/>'])}</DerivedField>`,
    }),
    rows,
  },
  {
    name: 'neighbors by a text that the instances do not hold',
    pmml: neighbors(['u'], {
      inputs: '<KNNInput field="more" compareFunction="delta"/><KNNInput field="p"/>',
      local: `<DerivedField name="more" ${text}>${apply('concat', [ref('s'), constant('!')])}</DerivedField>`,
    }),
    rows,
  },
  {
    name: 'a cluster by its number, whatever its field is',
    pmml: document(
      [...fields, field('g', 'integer', values(7, 8))],
      `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2">${schema(['p', 'q'], 'g')}${outputs(output('cl', 'predictedValue', text), output('id', 'entityId', text), output('shown', 'predictedDisplayValue', text))}<ComparisonMeasure kind="distance"><squaredEuclidean/></ComparisonMeasure><ClusteringField field="p"/><ClusteringField field="q"/><Cluster name="c0">${array(0, 0)}</Cluster><Cluster>${array(5, 5)}</Cluster></ClusteringModel>`,
    ),
    rows,
  },
  {
    name: 'a cluster by its id, with known classes',
    pmml: document(
      fields,
      `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2">${schema(['p', 'q'], 'k')}<ComparisonMeasure kind="distance"><squaredEuclidean/></ComparisonMeasure><ClusteringField field="p"/><ClusteringField field="q"/><Cluster id="near">${array(0, 0)}</Cluster><Cluster id="no">${array(5, 5)}</Cluster></ClusteringModel>`,
    ),
    rows,
  },
  {
    name: 'a field of naive Bayes that has a type of its own',
    pmml: document(
      fields,
      `<NaiveBayesModel functionName="classification" threshold="0.001">${schema(['p', 'q'], 'k')}<BayesInputs>${[
        'string',
        'integer',
        'double',
        undefined,
      ]
        .slice(0, 2)
        .map(
          (type, at) =>
            `<BayesInput fieldName="${'pq'[at]}"><DerivedField optype="categorical" dataType="${type}"><Discretize field="${'pq'[at]}"${at === 1 ? ' dataType="double"' : ''}><DiscretizeBin binValue="10"><Interval closure="closedOpen" rightMargin="1"/></DiscretizeBin><DiscretizeBin binValue="20"><Interval closure="closedOpen" leftMargin="1"/></DiscretizeBin></Discretize></DerivedField><PairCounts value="10"><TargetValueCounts><TargetValueCount value="yes" count="40"/><TargetValueCount value="no" count="5"/></TargetValueCounts></PairCounts><PairCounts value="20"><TargetValueCounts><TargetValueCount value="yes" count="10"/><TargetValueCount value="no" count="45"/></TargetValueCounts></PairCounts></BayesInput>`,
        )
        .join(
          '',
        )}</BayesInputs><BayesOutput fieldName="k"><TargetValueCounts><TargetValueCount value="yes" count="50"/><TargetValueCount value="no" count="50"/></TargetValueCounts></BayesOutput></NaiveBayesModel>`,
    ),
    rows,
  },
  {
    name: 'a partial score that is a sum of whole numbers',
    pmml: document(
      fields,
      `<Scorecard functionName="regression" useReasonCodes="false">${schema(['p', 'q'], 'u')}<Characteristics><Characteristic name="a"><Attribute>${simple('p', 'lessThan', 2)}<ComplexPartialScore>${apply('round', [ref('p')])}</ComplexPartialScore></Attribute><Attribute partialScore="3"><True/></Attribute></Characteristic></Characteristics></Scorecard>`,
    ),
    rows,
  },
]
