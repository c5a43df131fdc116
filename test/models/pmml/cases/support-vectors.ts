import { type PmmlCase, array, document, field, probabilities, schema, values } from '../pmml-builder.ts'

const rows = 'x;y;s\n0;0;u\n1;2;v\n-1.5;4;u\n0.3;-0.7;v\n;2;u\n1;1;'
const fields = [
  field('x'),
  field('y'),
  field('s', 'string', values('u', 'v')),
  field('t'),
  field('c', 'string', values('a', 'b', 'k')),
  field('d', 'string', values('a', 'b')),
]
const dictionary = `<VectorDictionary><VectorFields numberOfFields="3"><FieldRef field="x"/><FieldRef field="y"/><CategoricalPredictor name="s" value="u" coefficient="1"/></VectorFields><VectorInstance id="1">${array(0.5, 1, 0)}</VectorInstance><VectorInstance id="2">${array(-1, 0.25, 1)}</VectorInstance><VectorInstance id="3"><REAL-SparseArray n="3"><Indices>1 3</Indices><REAL-Entries>2 1</REAL-Entries></REAL-SparseArray></VectorInstance></VectorDictionary>`

function machine(attributes: string, ids: readonly number[], coefficients: readonly number[], offset: number): string {
  return `<SupportVectorMachine ${attributes}><SupportVectors numberOfSupportVectors="${ids.length}">${ids.map(id => `<SupportVector vectorId="${id}"/>`).join('')}</SupportVectors><Coefficients absoluteValue="${offset}">${coefficients.map(value => `<Coefficient value="${value}"/>`).join('')}</Coefficients></SupportVectorMachine>`
}

function model(target: string, attributes: string, inside: string): string {
  const kind = target === 't' ? 'regression' : 'classification'
  return document(
    fields,
    `<SupportVectorMachineModel functionName="${kind}" ${attributes}>${schema(['x', 'y', 's'], target)}${inside}</SupportVectorMachineModel>`,
  )
}

const kernels = [
  '<LinearKernelType/>',
  '<PolynomialKernelType gamma="0.5" coef0="1" degree="3"/>',
  '<RadialBasisKernelType gamma="0.7"/>',
  '<SigmoidKernelType gamma="0.2" coef0="0.1"/>',
]
const one = (attributes: string): string => machine(attributes, [1, 2, 3], [0.5, -1.25, 0.75], 0.1)
const rbf = kernels[2] as string
const pairs = (extra: string): string =>
  machine(`targetCategory="a" alternateTargetCategory="b" ${extra}`, [1, 2], [1, -1], 0.05) +
  machine(`targetCategory="a" alternateTargetCategory="k" ${extra}`, [2, 3], [-0.5, 1], 0) +
  machine(`targetCategory="b" alternateTargetCategory="k" ${extra}`, [1, 3], [0.7, -0.2], -0.1)
const all =
  machine('targetCategory="a"', [1, 2], [1, -1], 0.05) +
  machine('targetCategory="b"', [2, 3], [-0.5, 1], 0) +
  machine('targetCategory="k"', [1, 3], [0.7, -0.2], -0.1)

export const supportVectorCases: readonly PmmlCase[] = [
  ...kernels.map((kernel, at) => ({ name: `support vectors regression ${at}`, pmml: model('t', '', kernel + dictionary + one('')), rows })),
  {
    name: 'support vectors two classes',
    pmml: model('d', 'classificationMethod="OneAgainstOne"', rbf + dictionary + one('targetCategory="a" alternateTargetCategory="b"')),
    rows,
  },
  {
    name: 'support vectors threshold',
    pmml: model(
      'd',
      'classificationMethod="OneAgainstOne" threshold="0.3"',
      rbf + dictionary + one('targetCategory="a" alternateTargetCategory="b"'),
    ),
    rows,
  },
  {
    name: 'support vectors own threshold',
    pmml: model(
      'd',
      'classificationMethod="OneAgainstOne" threshold="0.3"',
      rbf + dictionary + one('targetCategory="a" alternateTargetCategory="b" threshold="-0.2"'),
    ),
    rows,
  },
  { name: 'support vectors pairs', pmml: model('c', 'classificationMethod="OneAgainstOne"', rbf + dictionary + pairs('')), rows },
  ...kernels.map((kernel, at) => ({
    name: `support vectors votes ${at}`,
    pmml: model('c', 'classificationMethod="OneAgainstOne"', probabilities('a', 'b', 'k') + kernel + dictionary + pairs('')),
    rows,
  })),
  {
    name: 'support vectors of equal machines',
    pmml: model(
      'c',
      'classificationMethod="OneAgainstAll"',
      rbf + dictionary + ['k', 'b', 'a'].map(name => machine(`targetCategory="${name}"`, [1], [1], 0.1)).join(''),
    ),
    rows,
  },
  { name: 'support vectors one against all', pmml: model('c', 'classificationMethod="OneAgainstAll"', rbf + dictionary + all), rows },
]
