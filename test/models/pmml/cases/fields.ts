import { type PmmlCase, document, field, schema, values } from '../pmml-builder.ts'

const interval = '<Interval closure="closedClosed" leftMargin="0" rightMargin="10"/>'
const marked = '<Value value="-9" property="missing"/><Value value="5" property="invalid"/>'
const kinds: Readonly<Record<string, string>> = {
  interval: field('x', 'double', interval),
  'interval and marked values': field('x', 'double', interval + marked),
  'two intervals': field(
    'x',
    'double',
    '<Interval closure="openClosed" leftMargin="0" rightMargin="1.5"/><Interval closure="closedOpen" leftMargin="2" rightMargin="20"/>',
  ),
  categories: field('x', 'double', values(1, 2) + marked, 'categorical'),
  integer: field('x', 'integer'),
  float: field('x', 'float'),
}
const treatments = [
  '',
  'invalidValueTreatment="asIs"',
  'invalidValueTreatment="asMissing" missingValueReplacement="3"',
  'invalidValueTreatment="asValue" invalidValueReplacement="6"',
  'missingValueTreatment="returnInvalid"',
  'outliers="asExtremeValues" lowValue="1" highValue="2" invalidValueTreatment="asIs"',
  'outliers="asMissingValues" lowValue="1" highValue="2" missingValueReplacement="7"',
]
const line = (mining: string, target?: string): string =>
  `<RegressionModel functionName="regression">${schema([`<MiningField name="x" ${mining}/>`], target)}<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>`
const nested = (outer: string, inner: string): string =>
  document(
    [kinds['interval'] ?? '', field('y')],
    `<MiningModel functionName="regression">${schema([`<MiningField name="x" ${outer}/>`], 'y')}<Segmentation multipleModelMethod="sum"><Segment><True/>${line(inner)}</Segment></Segmentation></MiningModel>`,
  )
const rows = 'x\n1.5\n20\n\n-9\n5\n2\n0.1\n1\n12\n0\n10'

const texts = (mining: string, inside = values('u', 'v')): string =>
  document(
    [field('s', 'string', inside), field('y')],
    `<RegressionModel functionName="regression">${schema([`<MiningField name="s" ${mining}/>`], 'y')}<RegressionTable intercept="1"><CategoricalPredictor name="s" value="u" coefficient="10"/><CategoricalPredictor name="s" value="zz" coefficient="20"/></RegressionTable></RegressionModel>`,
  )

export const fieldCases: readonly PmmlCase[] = [
  ...Object.entries(kinds).flatMap(([kind, definition]) =>
    treatments
      .filter(mining => kind !== 'categories' || !mining.includes('outliers'))
      .map(mining => ({ name: `field ${kind} ${mining}`, pmml: document([definition, field('y')], line(mining, 'y')), rows })),
  ),
  { name: 'nested field as it is', pmml: nested('', ''), rows },
  { name: 'nested field of values as they are', pmml: nested('invalidValueTreatment="asIs"', ''), rows },
  {
    name: 'nested field with a treatment of its own',
    pmml: nested('invalidValueTreatment="asIs"', 'invalidValueTreatment="asMissing" missingValueReplacement="3"'),
    rows,
  },
  { name: 'nested field with a replacement', pmml: nested('', 'missingValueReplacement="3"'), rows },
  { name: 'nested field replaced before', pmml: nested('missingValueReplacement="3"', 'missingValueReplacement="4"'), rows },
  {
    name: 'nested field with outliers',
    pmml: nested('invalidValueTreatment="asIs"', 'outliers="asExtremeValues" lowValue="1" highValue="2"'),
    rows,
  },
  ...[
    '',
    'invalidValueTreatment="asIs"',
    'invalidValueTreatment="asMissing"',
    'invalidValueTreatment="asMissing" missingValueReplacement="u"',
    'invalidValueTreatment="asValue" invalidValueReplacement="u"',
  ].map(mining => ({ name: `text field ${mining}`, pmml: texts(mining), rows: 's\nu\n\nv\nzz' })),
  { name: 'text field of any values', pmml: texts('', ''), rows: 's\nu\n\nv\nzz' },
]
