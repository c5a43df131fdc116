import { type PmmlCase, document, field, output, ref, schema, simple, values } from '../pmml-builder.ts'

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

/** What the model sees of one field, as text, and whether it is more than a limit. */
const seen = (definition: string, mining: string, test: string): string => {
  const name = /name="(\w)"/.exec(definition)?.[1] ?? ''
  return document(
    [definition, field('y')],
    `<TreeModel functionName="regression" missingValueStrategy="lastPrediction" noTrueChildStrategy="returnLastPrediction">${schema([`<MiningField name="${name}" ${mining}/>`], 'y')}<Output>${definition.includes('date') ? '' : output('seen', 'transformedValue', 'dataType="string"', ref(name))}</Output><Node score="5"><True/><Node score="1">${test}</Node><Node score="0"><True/></Node></Node></TreeModel>`,
  )
}
const range = '<Interval closure="closedOpen" leftMargin="0" rightMargin="10"/>'
const dates = 'd\n2020-01-05\n1999-12-31\n\n2020-02-29\n2020-02-30\n0001-01-01\n2020-1-5\n2021-01-01'
const wholes = 'i\n3\n30\n\n-9\n5\n2.5\n0\n1e300'
const floats = 'f\n0.1\n1.5\n\n-9\n5\n0.10000000149\n1e300\n-0'
const words = 's\nu\nv\n\nNA\nzz\n u\nU'
const replacements = (value: string, wrong: string): readonly string[] => [
  '',
  'invalidValueTreatment="asIs"',
  `invalidValueTreatment="asMissing" missingValueReplacement="${value}"`,
  `invalidValueTreatment="asValue" invalidValueReplacement="${value}"`,
  `missingValueReplacement="${wrong}" missingValueTreatment="asMode"`,
]
const withMarks = `${values('u', 'v')}<Value value="NA" property="missing"/><Value value="zz" property="invalid"/>`
const simpleCases: readonly PmmlCase[] = [
  ...['', range, `${range}<Value value="-9" property="missing"/>`].flatMap(inside =>
    [
      ...replacements('3', '77'),
      'outliers="asExtremeValues" lowValue="1" highValue="4"',
      'outliers="asMissingValues" lowValue="1" highValue="4"',
    ].map(mining => ({
      name: `whole number ${inside} ${mining}`,
      pmml: seen(field('i', 'integer', inside), mining, simple('i', 'greaterThan', 2)),
      rows: wholes,
    })),
  ),
  ...['', range].flatMap(inside =>
    [...replacements('0.1', '99'), 'outliers="asExtremeValues" lowValue="0.1" highValue="4"'].map(mining => ({
      name: `float ${inside} ${mining}`,
      pmml: seen(field('f', 'float', inside), mining, simple('f', 'greaterThan', 0.1)),
      rows: floats,
    })),
  ),
  ...['', values('u', 'v'), withMarks, '<Value value="NA" property="missing"/>'].flatMap(inside =>
    replacements('u', 'qq').map(mining => ({
      name: `words ${inside} ${mining}`,
      pmml: seen(field('s', 'string', inside), mining, simple('s', 'equal', 'u')),
      rows: words,
    })),
  ),
  ...['', values('2020-01-05', '2021-01-01')].flatMap(inside =>
    [...replacements('2021-01-01', '2021-01-01'), 'missingValueTreatment="returnInvalid"'].map(mining => ({
      name: `dates ${inside} ${mining}`,
      pmml: seen(field('d', 'date', inside, 'ordinal'), mining, simple('d', inside === '' ? 'greaterThan' : 'equal', '2020-01-05')),
      rows: dates,
    })),
  ),
]

export const fieldCases: readonly PmmlCase[] = [
  ...simpleCases,
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
