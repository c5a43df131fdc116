import { type PmmlCase, document, field, probabilities, schema, values } from '../pmml-builder.ts'

const rows = 'x;z;s\n0.5;1;u\n-1;2;v\n2;-0.3;w\n;1;u\n1;1;\n0;0;u'
const fields = [
  field('x'),
  field('z'),
  field('s', 'string', values('u', 'v', 'w')),
  field('y'),
  field('c', 'string', values('a', 'b', 'k')),
]
const inputs = ['x', 'z', 's']
const cons = (from: readonly number[], weights: readonly number[]): string =>
  from.map((id, at) => `<Con from="${id}" weight="${weights[at]}"/>`).join('')
const derived = (inside: string): string => `<DerivedField optype="continuous" dataType="double">${inside}</DerivedField>`
const neuralInputs = `<NeuralInputs><NeuralInput id="0">${derived('<NormContinuous field="x"><LinearNorm orig="-1" norm="0"/><LinearNorm orig="3" norm="1"/></NormContinuous>')}</NeuralInput><NeuralInput id="1">${derived('<FieldRef field="z"/>')}</NeuralInput><NeuralInput id="2">${derived('<NormDiscrete field="s" value="u"/>')}</NeuralInput></NeuralInputs>`

function network(target: string, attributes: string, hidden = '', neurons = ''): string {
  const classes = ['a', 'b', 'k']
  const last =
    target === 'y'
      ? `<Neuron id="20" bias="0.1">${cons([10, 11], [0.7, -0.4])}</Neuron>`
      : classes.map((_, at) => `<Neuron id="${20 + at}" bias="${at / 10}">${cons([10, 11], [0.7 - at, -0.4 + at / 2])}</Neuron>`).join('')
  const outputs =
    target === 'y'
      ? `<NeuralOutput outputNeuron="20">${derived('<NormContinuous field="y"><LinearNorm orig="-90" norm="-10"/><LinearNorm orig="10" norm="0"/><LinearNorm orig="250" norm="12"/></NormContinuous>')}</NeuralOutput>`
      : classes
          .map(
            (name, at) => `<NeuralOutput outputNeuron="${20 + at}">${derived(`<NormDiscrete field="c" value="${name}"/>`)}</NeuralOutput>`,
          )
          .join('')
  return document(
    fields,
    `<NeuralNetwork functionName="${target === 'y' ? 'regression' : 'classification'}" ${attributes}>${schema(inputs, target)}${target === 'y' ? '' : probabilities(...classes)}${neuralInputs}<NeuralLayer ${hidden}><Neuron id="10" bias="0.2" ${neurons}>${cons([0, 1, 2], [0.5, -0.6, 0.3])}</Neuron><Neuron id="11" bias="-0.3" ${neurons}>${cons([0, 1, 2], [-0.2, 0.4, 0.9])}</Neuron></NeuralLayer><NeuralLayer ${hidden.includes('radialBasis') || hidden.includes('Normalization') ? '' : 'activationFunction="identity"'} ${target === 'y' ? '' : 'normalizationMethod="softmax"'}>${last}</NeuralLayer><NeuralOutputs>${outputs}</NeuralOutputs></NeuralNetwork>`,
  )
}

const counts = (all: Readonly<Record<string, number>>): string =>
  `<TargetValueCounts>${Object.entries(all)
    .map(([value, count]) => `<TargetValueCount value="${value}" count="${count}"/>`)
    .join('')}</TargetValueCounts>`
const pair = (value: string, all: Readonly<Record<string, number>>): string => `<PairCounts value="${value}">${counts(all)}</PairCounts>`
const gaussian = ['a', 'b', 'k']
  .map(
    (value, at) =>
      `<TargetValueStat value="${value}"><GaussianDistribution mean="${at - 0.5}" variance="${0.5 + at / 3}"/></TargetValueStat>`,
  )
  .join('')
const bayes = (threshold: number, more = ''): string =>
  document(
    fields,
    `<NaiveBayesModel functionName="classification" threshold="${threshold}">${schema(inputs, 'c')}${probabilities('a', 'b', 'k')}<BayesInputs><BayesInput fieldName="s">${pair('u', { a: 10, b: 0, k: 5 })}${pair('v', { a: 3, b: 7, k: 1 })}</BayesInput>${more}</BayesInputs><BayesOutput fieldName="c">${counts({ a: 20, b: 15, k: 8 })}</BayesOutput></NaiveBayesModel>`,
  )
const discretized = `<BayesInput fieldName="z"><DerivedField name="zz" optype="categorical" dataType="string"><Discretize field="z"><DiscretizeBin binValue="low"><Interval closure="openOpen" rightMargin="0.5"/></DiscretizeBin><DiscretizeBin binValue="high"><Interval closure="closedOpen" leftMargin="0.5"/></DiscretizeBin></Discretize></DerivedField>${pair('low', { a: 4, b: 5, k: 6 })}${pair('high', { a: 6, b: 2, k: 1 })}</BayesInput>`
const stats = (distribution: (at: number) => string): string =>
  `<BayesInput fieldName="x"><TargetValueStats>${['a', 'b', 'k']
    .map((value, at) => (distribution(at) === '' ? '' : `<TargetValueStat value="${value}">${distribution(at)}</TargetValueStat>`))
    .join('')}</TargetValueStats></BayesInput>`
const activations = [
  'logistic',
  'tanh',
  'identity',
  'exponential',
  'reciprocal',
  'square',
  'Gauss',
  'sine',
  'cosine',
  'Elliott',
  'arctan',
  'rectifier',
]

export const networkCases: readonly PmmlCase[] = [
  ...activations.map(name => ({ name: `network ${name}`, pmml: network('y', `activationFunction="${name}"`), rows })),
  { name: 'network threshold', pmml: network('y', 'activationFunction="threshold" threshold="0.1"'), rows },
  { name: 'network classes', pmml: network('c', 'activationFunction="tanh"'), rows },
  {
    name: 'network of equal neurons',
    pmml: document(
      fields,
      `<NeuralNetwork functionName="classification" activationFunction="identity">${schema(inputs, 'c')}${probabilities('a', 'b', 'k')}${neuralInputs}<NeuralLayer>${[10, 11, 12].map(id => `<Neuron id="${id}">${cons([0], [1])}</Neuron>`).join('')}</NeuralLayer><NeuralOutputs>${['k', 'b', 'a'].map((name, at) => `<NeuralOutput outputNeuron="${10 + at}">${derived(`<NormDiscrete field="c" value="${name}"/>`)}</NeuralOutput>`).join('')}</NeuralOutputs></NeuralNetwork>`,
    ),
    rows,
  },
  {
    name: 'naive bayes of equal classes',
    pmml: bayes(0.001).replaceAll(/<TargetValueCounts>.*?<.TargetValueCounts>/g, counts({ k: 3, b: 3, a: 3 })),
    rows,
  },
  {
    name: 'network simplemax',
    pmml: network('c', 'activationFunction="logistic" normalizationMethod="simplemax"').replace('normalizationMethod="softmax"', ''),
    rows,
  },
  {
    name: 'network radial basis',
    pmml: network('y', 'activationFunction="identity"', 'activationFunction="radialBasis" width="1.5" altitude="2"'),
    rows,
  },
  {
    name: 'network radial basis neurons',
    pmml: network('y', 'activationFunction="identity"', 'activationFunction="radialBasis" width="1.5"', 'width="0.75"'),
    rows,
  },
  { name: 'naive bayes counts', pmml: bayes(0.001), rows },
  {
    name: 'naive bayes gaussian',
    pmml: bayes(0.001, `<BayesInput fieldName="x"><TargetValueStats>${gaussian}</TargetValueStats></BayesInput>`),
    rows,
  },
  {
    name: 'naive bayes high threshold',
    pmml: bayes(0.2, `<BayesInput fieldName="x"><TargetValueStats>${gaussian}</TargetValueStats></BayesInput>`),
    rows,
  },
  {
    name: 'network reciprocal of almost nothing',
    pmml: network('c', 'activationFunction="reciprocal"'),
    rows: 'x;z;s\n1;1;v\n0.2;1;u',
  },
  {
    name: 'naive bayes some counts',
    pmml: bayes(0.001, `<BayesInput fieldName="x">${pair('1', { a: 3 })}${pair('2', { b: 2, k: 5 })}</BayesInput>`),
    rows,
  },
  {
    name: 'naive bayes poisson',
    pmml: bayes(
      0.001,
      stats(at => `<PoissonDistribution mean="${at + 0.5}"/>`),
    ),
    rows: 'x;z;s\n0;1;u\n3;2;v\n0.5;1;u\n;1;v',
  },
  {
    name: 'naive bayes two kinds of distribution',
    pmml: bayes(
      0.001,
      stats(at => (at === 1 ? '<GaussianDistribution mean="1" variance="1.3"/>' : `<PoissonDistribution mean="${at + 1}"/>`)),
    ),
    rows: 'x;z;s\n0;1;u\n3;2;v\n;1;v',
  },
  {
    name: 'naive bayes distributions of some classes',
    pmml: bayes(
      0.001,
      stats(at => (at === 1 ? '' : `<GaussianDistribution mean="${at}" variance="0.5"/>`)),
    ),
    rows,
  },
  { name: 'naive bayes discretized', pmml: bayes(0.001, discretized), rows },
]
