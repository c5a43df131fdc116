import { type PmmlCase, apply, array, constant, document, field, output, ref, schema, simple } from '../pmml-builder.ts'

const rows = 'p;q\n0.5;0.25\n2;3\n1.5;1.5\n7;2\n;1\n-3;\n;'
const fields = [
  field('p'),
  field('q'),
  field('u'),
  field('v'),
  field('w', 'integer'),
  field('k', 'string', '<Value value="yes" displayValue="of course"/><Value value="no"/>'),
  field('c', 'string'),
]
const text = 'dataType="string" optype="categorical"'
const number = 'dataType="double" optype="continuous"'
const of = (target: string, attributes = number): string => `${attributes} targetField="${target}"`
const outputs = (...inside: string[]): string => (inside.length === 0 ? '' : `<Output>${inside.join('')}</Output>`)

function schemaOf(inputs: readonly string[], targets: readonly string[]): string {
  return schema([...inputs, ...targets.map(name => `<MiningField name="${name}" usageType="target"/>`)])
}

/** A line over p, or over another field. */
function line(target: string | undefined, intercept: number, slope: number, { over = 'p', out = '', more = '' } = {}): string {
  return `<RegressionModel functionName="regression">${schema([over], target)}${out}${more}<RegressionTable intercept="${intercept}"><NumericPredictor name="${over}" coefficient="${slope}"/></RegressionTable></RegressionModel>`
}

/** yes below a limit, no from it on. */
function classes(target: string | undefined, limit: number, { over = 'p', out = '', names = ['yes', 'no'] } = {}): string {
  const leaf = (name: string | undefined, operator: string, counts: readonly number[]): string =>
    `<Node score="${name}">${simple(over, operator, limit)}${names.map((known, at) => `<ScoreDistribution value="${known}" recordCount="${counts[at]}"/>`).join('')}</Node>`
  return `<TreeModel functionName="classification">${schema([over], target)}${out}<Node><True/>${leaf(names[0], 'lessThan', [6, 2])}${leaf(names[1], 'greaterOrEqual', [1, 3])}</Node></TreeModel>`
}

function clusters(target: string | undefined, { out = '', ids = ['0', '1'] } = {}): string {
  return `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2">${schema(['p'], target)}${out}<ComparisonMeasure kind="distance"><squaredEuclidean/></ComparisonMeasure><ClusteringField field="p"/>${ids.map((id, at) => `<Cluster id="${id}" name="around ${5 * at}">${array(5 * at)}</Cluster>`).join('')}</ClusteringModel>`
}

const segment = (model: string, { id = '', predicate = '<True/>' } = {}): string =>
  `<Segment${id === '' ? '' : ` id="${id}"`}>${predicate}${model}</Segment>`
const low = simple('p', 'lessThan', 1)
const high = simple('p', 'greaterOrEqual', 1)

interface Chain {
  readonly kind?: string
  readonly method?: string
  readonly targets?: readonly string[]
  readonly out?: string
  readonly attributes?: string
  readonly more?: string
}

function model(
  segments: readonly string[],
  { kind = 'regression', method = 'modelChain', targets = [], out = '', attributes = '', more = '' }: Chain = {},
): string {
  return `<MiningModel functionName="${kind}">${schemaOf(['p', 'q'], targets)}${out}${more}<Segmentation multipleModelMethod="${method}" ${attributes}>${segments.join('')}</Segmentation></MiningModel>`
}

const chain = (segments: readonly string[], given: Chain = {}): string => document(fields, model(segments, given))

const givesClass = outputs(output('pk', 'predictedValue', text), output('py', 'probability', `${number} value="yes"`))
const ofClass = (value: string): string => simple('pk', 'equal', value)
const both = { method: 'x-multiModelChain', targets: ['u', 'v'] } as const
const twoLines = [segment(line('u', 1, 2), { id: 'first' }), segment(line('v', 5, -1, { over: 'q' }), { id: 'second' })]
const twoClasses = [segment(classes('k', 1)), segment(classes('c', 2, { over: 'q', names: ['big', 'small'] }))]

const classThenNumber = [
  segment(classes('k', 1, { out: givesClass })),
  segment(line('u', 1, 2), { predicate: ofClass('yes') }),
  segment(line('u', 100, 2), { predicate: ofClass('no') }),
]

/** Chains whose segments predict other fields than the whole names first, and output fields that name a field. */
export const chainCases: readonly PmmlCase[] = [
  { name: 'chain of a class, then a number by it', pmml: chain(classThenNumber, { targets: ['k', 'u'] }), rows },
  { name: 'chain of a class, then a number by it, named first', pmml: chain(classThenNumber, { targets: ['u', 'k'] }), rows },
  { name: 'chain of a class, then a number by it, of one target', pmml: chain(classThenNumber, { targets: ['u'] }), rows },
  { name: 'chain of a class, then a number by it, without a target', pmml: chain(classThenNumber), rows },
  { name: 'chain of a class, then perhaps a number', pmml: chain(classThenNumber.slice(0, 2), { targets: ['k', 'u'] }), rows },
  {
    name: 'chain of a class, then perhaps a number, for missing ones nothing',
    pmml: chain(classThenNumber, { targets: ['u'], attributes: 'missingPredictionTreatment="returnMissing"' }),
    rows,
  },
  {
    name: 'chain of a class and a number',
    pmml: chain([segment(classes('k', 1, { out: givesClass })), segment(line('u', 1, 2, { over: 'py' }))], { targets: ['k', 'u'] }),
    rows,
  },
  {
    name: 'chain of a number and a class',
    pmml: chain(
      [segment(line('u', 1, 2, { out: outputs(output('pu', 'predictedValue', number)) })), segment(classes('k', 4, { over: 'pu' }))],
      { kind: 'classification', targets: ['u', 'k'] },
    ),
    rows,
  },
  {
    name: 'chain of a number and a class, with outputs',
    pmml: chain(
      [segment(line('u', 1, 2, { out: outputs(output('pu', 'predictedValue', number)) })), segment(classes('k', 4, { over: 'pu' }))],
      {
        kind: 'classification',
        targets: ['u', 'k'],
        out: outputs(
          output('label', 'predictedValue', text),
          output('yes', 'probability', `${of('k')} value="yes"`),
          output('shown', 'predictedDisplayValue', of('k', text)),
          output('again', 'transformedValue', number, ref('pu')),
        ),
      },
    ),
    rows,
  },
  {
    name: 'chain of two numbers, now of one field, now of another',
    pmml: chain([segment(line('u', 1, 2), { predicate: low }), segment(line('v', 5, 1), { predicate: high })], { targets: ['u', 'v'] }),
    rows,
  },
  {
    name: 'chain of two numbers of types',
    pmml: chain([segment(line('u', 1, 2)), segment(line('w', 5, 2, { over: 'q' }), { predicate: high })], { targets: ['u', 'w'] }),
    rows,
  },
  {
    name: 'chain of two classes, now of one field, now of another',
    pmml: chain(
      [segment(classes('k', 0), { predicate: low }), segment(classes('c', 2, { names: ['big', 'small'] }), { predicate: high })],
      { kind: 'classification', targets: ['k', 'c'] },
    ),
    rows,
  },
  {
    name: 'first of two fields',
    pmml: chain([segment(line('u', 1, 2), { predicate: low }), segment(line('v', 5, 1))], { method: 'selectFirst', targets: ['u', 'v'] }),
    rows,
  },
  {
    name: 'first of one field, not the first target',
    pmml: chain([segment(line('v', 1, 2), { predicate: low }), segment(line('v', 5, 1))], {
      method: 'selectFirst',
      targets: ['u', 'v'],
      out: outputs(output('o', 'predictedValue', of('v')), output('which', 'entityId', text)),
    }),
    rows: 'p;q\n0.5;0.25\n2;3\n-3;1',
  },
  ...[['k', 'u'], ['u'], []].map(targets => ({
    name: `chain of a class and perhaps a number, mixed, of ${targets.join(' and ')}`,
    pmml: chain(classThenNumber.slice(0, 2), {
      kind: 'mixed',
      targets,
      ...(targets.length === 1 ? { out: outputs(output('o', 'predictedValue', 'dataType="string" optype="categorical"')) } : {}),
    }),
    rows: 'p;q\n0.5;0.25\n2;3\n1.5;1.5',
  })),
  {
    name: 'chain of numbers alone, mixed',
    pmml: chain(classThenNumber, { kind: 'mixed', targets: ['k', 'u'] }),
    rows: 'p;q\n0.5;0.25\n2;3\n1.5;1.5',
  },
  {
    name: 'fields by name: a number and a class, mixed',
    pmml: chain([twoLines[0] ?? '', segment(classes('k', 1))], {
      kind: 'mixed',
      method: 'x-multiModelChain',
      targets: ['u', 'k'],
      out: outputs(output('yes', 'probability', `${of('k')} value="yes"`)),
    }),
    rows,
  },
  {
    name: 'chain whose Targets are those of its segments',
    pmml: chain([segment(line('u', 1, 2, { more: '<Targets><Target field="u" rescaleFactor="2"/></Targets>' }))], {
      targets: ['u'],
      more: '<Targets><Target field="u" rescaleFactor="10"/></Targets>',
    }),
    rows,
  },
  {
    name: 'chain that has a value where no segment applies',
    pmml: chain([segment(line('u', 1, 2), { predicate: low })], {
      targets: ['u'],
      more: '<Targets><Target field="u" rescaleFactor="10"><TargetValue defaultValue="4"/></Target></Targets>',
    }),
    rows,
  },

  {
    name: 'fields by name: difference of two',
    pmml: chain(twoLines, {
      ...both,
      out: outputs(
        output('pu', 'predictedValue', of('u')),
        output('pv', 'predictedValue', of('v')),
        output('diff', 'transformedValue', number, apply('-', [ref('pu'), ref('pv')])),
        output('whole', 'predictedValue', 'dataType="string" targetField="v"'),
      ),
    }),
    rows: 'p;q\n0.5;0.25\n2;3\n-3;1',
  },
  {
    name: 'fields by name: hidden ones',
    pmml: chain(twoLines, {
      ...both,
      out: outputs(
        output('pu', 'predictedValue', `${of('u')} isFinalResult="false"`),
        output('twice', 'transformedValue', number, apply('*', [ref('pu'), constant(2)])),
      ),
    }),
    rows,
  },
  {
    name: 'fields by name: classes',
    pmml: chain(twoClasses, {
      kind: 'classification',
      method: 'x-multiModelChain',
      targets: ['k', 'c'],
      out: outputs(
        output('big', 'probability', `${of('c')} value="big"`),
        output('own', 'probability', of('c')),
        output('yes', 'probability', `${of('k')} value="yes"`),
        output('cc', 'predictedValue', of('c', text)),
        output('shown', 'predictedDisplayValue', of('k', text)),
        output('bare', 'predictedDisplayValue', of('c', text)),
      ),
    }),
    rows,
  },
  {
    name: 'fields by name: of a segment',
    pmml: chain(twoLines, {
      ...both,
      out: outputs(
        output('pv', 'predictedValue', `${of('v')} segmentId="second"`),
        output('pu', 'predictedValue', `${number} segmentId="first"`),
      ),
    }),
    rows,
  },
  {
    name: 'fields by name: what a segment gave out',
    pmml: chain(
      [
        segment(
          line('u', 1, 2, {
            out: outputs(
              output('inner', 'predictedValue', number),
              output('more', 'transformedValue', number, apply('*', [ref('inner'), constant(3)])),
            ),
          }),
          { id: 'first' },
        ),
        segment(line('v', 5, -1, { over: 'q' }), { id: 'second' }),
      ],
      {
        ...both,
        out: outputs(
          output('a', 'predictedValue', of('more')),
          output('b', 'transformedValue', `${number} segmentId="first" value="more"`),
          output('c2', 'predictedValue', `${of('inner')} segmentId="first"`),
        ),
      },
    ),
    rows,
  },
  {
    name: 'fields by name: its own',
    pmml: document(fields, line('u', 1, 2, { out: outputs(output('o', 'predictedValue', of('u'))) })),
    rows,
  },
  {
    name: 'fields by name: of a sum',
    pmml: chain([segment(line('u', 1, 2)), segment(line('u', 5, 1))], {
      method: 'sum',
      targets: ['u'],
      out: outputs(output('o', 'predictedValue', of('u'))),
    }),
    rows,
  },
  {
    name: 'fields by name: of a chain',
    pmml: chain(classThenNumber, { targets: ['k', 'u'], out: outputs(output('o', 'predictedValue', of('u'))) }),
    rows,
  },
  {
    name: 'chains in a chain',
    pmml: chain([segment(model(twoLines, both)), segment(model([segment(line('u', 7, 1))], { targets: ['u'] }), { predicate: low })], {
      targets: ['u', 'v'],
      out: outputs(output('o', 'predictedValue', of('u'))),
    }),
    rows,
  },
  {
    name: 'chains in a chain of several fields',
    pmml: chain([segment(model(classThenNumber, { targets: ['k', 'u'] })), segment(line('v', 3, 1))], { ...both, targets: ['u', 'v'] }),
    rows,
  },

  {
    name: 'clusters before a class',
    pmml: chain(
      [
        segment(clusters(undefined, { out: outputs(output('cl', 'predictedValue', text)) })),
        segment(classes('k', 1).replace(schema(['p'], 'k'), schema(['p', 'cl'], 'k'))),
      ],
      { kind: 'classification', targets: ['k'] },
    ),
    rows,
  },
  {
    name: 'clusters before a class, by their distance',
    pmml: chain(
      [
        segment(clusters(undefined, { out: outputs(output('far', 'clusterAffinity', `${number} value="1"`)) })),
        segment(classes('k', 9, { over: 'far' })),
      ],
      { kind: 'classification', targets: ['k'] },
    ),
    rows,
  },
  {
    name: 'clusters that bear names of classes before a class',
    pmml: chain(
      [segment(clusters(undefined, { ids: ['no', 'yes'], out: outputs(output('cl', 'predictedValue', text)) })), segment(classes('k', 1))],
      { kind: 'classification', targets: ['k'] },
    ),
    rows,
  },
  {
    name: 'clusters before a number',
    pmml: chain(
      [
        segment(clusters(undefined, { out: outputs(output('cl', 'predictedValue', text)) })),
        segment(line('u', 1, 2), { predicate: simple('cl', 'equal', '0') }),
        segment(line('u', 9, 1), { predicate: simple('cl', 'equal', '1') }),
      ],
      { targets: ['u'] },
    ),
    rows,
  },
  {
    name: 'clusters with a field of classes, after a number',
    pmml: chain([segment(line('u', 1, 2, { out: outputs(output('pu', 'predictedValue', number)) })), segment(clusters('k'))], {
      kind: 'clustering',
      targets: ['k'],
    }),
    rows,
  },
  {
    name: 'clusters by the first that applies',
    pmml: chain([segment(clusters('k'), { predicate: low }), segment(clusters('k', { ids: ['a', 'b'] }))], {
      kind: 'clustering',
      method: 'selectFirst',
      targets: ['k'],
      out: outputs(output('o', 'predictedValue', text)),
    }),
    rows,
  },
]
