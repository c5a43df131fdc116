import { type PmmlCase, apply, constant, document, field, output, ref, schema } from '../pmml-builder.ts'

const rows =
  'x;f;i;j;s;b;d;t;m\n2.5;0.1;7;2;Hello;true;2020-03-01;2020-03-01T13:14:15;\n-1.5;3;0;0;abc def;false;1959-12-31;1960-01-01T00:00:01;4\n0;-0.5;-7;3;;true;;;1\n0.25;0.5;12;5;x;true;2000-02-29;1999-12-31T23:59:59;-2'
const fields = [
  field('x'),
  field('f', 'float'),
  field('i', 'integer'),
  field('j', 'integer'),
  field('s', 'string'),
  field('b', 'boolean', '', 'categorical'),
  field('d', 'date'),
  field('t', 'dateTime'),
  field('m'),
  field('y'),
]
const inputs = ['x', 'f', 'i', 'j', 's', 'b', 'd', 't', 'm']

/** A model that gives the expression's value as an output. */
function of(expression: string, dataType = 'double', dictionary = ''): string {
  return document(
    fields,
    `<RegressionModel functionName="regression">${schema(inputs, 'y')}<Output>${output('value', 'transformedValue', `dataType="${dataType}"`, expression)}</Output><RegressionTable intercept="0"/></RegressionModel>`,
    dictionary,
  )
}

const call = (name: string, ...args: string[]): string =>
  apply(
    name,
    args.map(arg => (arg.startsWith('<') ? arg : ref(arg))),
  )
const with_ = (name: string, attributes: string, ...args: string[]): string =>
  apply(
    name,
    args.map(arg => (arg.startsWith('<') ? arg : ref(arg))),
    attributes,
  )
const missing = call('lessThan', 'm', constant(3))

const numbers: readonly string[] = [
  call('+', 'x', 'f'),
  call('+', 'i', 'j'),
  call('+', 'f', 'i'),
  call('+', 'x', 'm'),
  call('-', 'x', 'i'),
  call('*', 'f', 'f'),
  call('*', 'i', 'j'),
  call('/', 'i', 'j'),
  call('/', 'x', 'j'),
  call('/', 'i', constant('2')),
  call('/', 'i', constant('2.0')),
  call('/', constant('0.0'), constant('0.0')),
  call('min', 'x', 'f', 'i'),
  call('max', 'x', 'm', 'i'),
  call('sum', 'x', 'm'),
  call('avg', 'i', 'j'),
  call('avg', 'm', 'm'),
  call('product', 'x', 'm', 'i'),
  ...[
    'log10',
    'ln',
    'sqrt',
    'abs',
    'exp',
    'floor',
    'ceil',
    'round',
    'rint',
    'expm1',
    'ln1p',
    'sin',
    'asin',
    'sinh',
    'cos',
    'acos',
    'cosh',
    'tan',
    'atan',
    'tanh',
    'erf',
    'stdNormalCDF',
    'stdNormalPDF',
  ].map(name => call(name, 'x')),
  call('pow', 'x', 'j'),
  call('pow', 'i', 'j'),
  call('threshold', 'x', constant('1')),
  call('modulo', 'i', 'j'),
  call('modulo', 'x', constant('2')),
  call('hypot', 'x', 'f'),
  call('normalCDF', 'x', constant(1), constant(2)),
  call('normalPDF', 'x', constant(1), constant(2)),
  call('normalIDF', constant(0.3), constant(1), constant(2)),
  call('stdNormalIDF', constant(0.999)),
  call('stringLength', 's'),
  call('dateDaysSinceYear', 'd', constant(1960)),
  call('dateSecondsSinceYear', 't', constant(1960)),
  call('dateSecondsSinceMidnight', 't'),
  call('if', 'b', 'x', 'i'),
  call('if', 'b', 'x'),
  call('if', 'b', 'm', 'i'),
  call('if', call('isMissing', 'm'), constant('-1'), 'm'),
  call('if', missing, 'x', 'i'),
  with_('/', 'invalidValueTreatment="asMissing"', 'i', 'j'),
  with_('/', 'invalidValueTreatment="asMissing" defaultValue="-9"', 'i', 'j'),
  with_('+', 'mapMissingTo="-1"', 'x', 'm'),
  with_('+', 'defaultValue="-1"', 'x', 'm'),
  with_('+', 'mapMissingTo="5" defaultValue="-1"', 'x', 'm'),
  with_('if', 'mapMissingTo="5"', 'b', 'm', 'i'),
  with_('sum', 'mapMissingTo="5"', 'x', 'm'),
  '<NormDiscrete field="s" value="Hello"/>',
  '<NormDiscrete field="s" value="Hello" mapMissingTo="7"/>',
  '<FieldRef field="m" mapMissingTo="-7"/>',
  '<Constant missing="true"/>',
  ...['', 'outliers="asExtremeValues"', 'outliers="asMissingValues" mapMissingTo="5"'].map(
    attributes =>
      `<NormContinuous field="x" ${attributes}><LinearNorm orig="0" norm="0"/><LinearNorm orig="1" norm="10"/><LinearNorm orig="2" norm="15"/></NormContinuous>`,
  ),
  '<Discretize field="m" defaultValue="9" mapMissingTo="-1"><DiscretizeBin binValue="4"><Interval closure="openClosed" leftMargin="0" rightMargin="1"/></DiscretizeBin></Discretize>',
  call('product', 'f', constant(3), 'i'),
  call('sum', 'f', 'i'),
  call('modulo', 'i', constant(-3)),
  call('rint', constant(2.5)),
  call('expm1', constant(1e-10)),
  call('stdNormalCDF', constant(-30)),
  call('normalPDF', 'x', constant(0), constant(-1)),
  call('dateDaysSinceYear', 't', constant(2000)),
  with_('if', 'mapMissingTo="8"', 'm', 'x', 'i'),
  '<NormDiscrete field="d" value="2020-03-01"/>',
  '<NormDiscrete field="i" value="7.0"/>',
  '<NormContinuous field="f"><LinearNorm orig="0.1" norm="0.3"/><LinearNorm orig="0.7" norm="0.1"/></NormContinuous>',
  '<MapValues outputColumn="o" dataType="double"><FieldColumnPair field="d" column="k"/><InlineTable><row><k>2020-03-01</k><o>3</o></row></InlineTable></MapValues>',
  '<MapValues outputColumn="out" defaultValue="9" dataType="integer"><FieldColumnPair field="i" column="a"/><FieldColumnPair field="b" column="c"/><InlineTable><row><a>7</a><c>true</c><out>1</out></row><row><a>0</a><c>false</c><out>2</out></row></InlineTable></MapValues>',
]
const booleans: readonly string[] = [
  call('isMissing', 'm'),
  call('isNotMissing', 'm'),
  call('equal', 'x', constant('2.5')),
  call('equal', 'i', constant('7.0')),
  call('equal', 'f', constant('0.1', 'double')),
  call('notEqual', 's', constant('Hello')),
  call('lessThan', 'x', 'f'),
  call('greaterOrEqual', 'i', 'x'),
  call('equal', 'b', constant('true')),
  call('lessThan', 'f', constant('0.1', 'double')),
  missing,
  call('and', 'b', call('lessThan', 'x', 'f')),
  call('or', 'b', call('lessThan', 'x', 'f')),
  call('not', 'b'),
  call('isIn', 's', constant('Hello'), constant('x')),
  call('isNotIn', 'i', constant('7'), constant('1')),
  call('matches', 's', constant('l+')),
  call('matches', 's', constant('(?i)^h\\p{Alpha}+$')),
  call('lessThan', 'd', constant('2000-03-01')),
  call('greaterThan', 't', constant('1970-01-01T00:00:00', 'dateTime')),
  call('isIn', 'd', constant('2020-03-01', 'date')),
]
const texts: readonly string[] = [
  call('uppercase', 's'),
  call('lowercase', 's'),
  call('substring', 's', constant('2'), constant('3')),
  call('trimBlanks', 's'),
  call('concat', 's', constant('-'), 'i'),
  call('concat', 'x', constant('-'), 'f'),
  call('concat', 'b', 's'),
  call('replace', 's', constant('l+'), constant('L')),
  call('formatNumber', 'i', constant('%3d')),
  call('formatNumber', 'x', constant('%.2f')),
  call('formatDatetime', 'd', constant('%m/%d/%y')),
  call('formatDatetime', 't', constant('%H:%M:%S')),
  call('concat', constant('10000000.0', 'double'), constant('0.0001', 'double'), constant('1e-5', 'float')),
  call('if', 'b', constant('yes'), constant('no')),
  call('replace', 's', constant('(.)b'), constant('$1-$0\\$')),
  call('replace', 's', constant('[^\\p{Lower}]'), constant('_')),
  ...['%F', '%D', '%A %a', '%B %b', '%j', '%e'].map(pattern => call('formatDatetime', 'd', constant(pattern))),
  ...['%T', '%R', '%Y%m%d%H'].map(pattern => call('formatDatetime', 't', constant(pattern))),
  '<Discretize field="x" defaultValue="other" mapMissingTo="none"><DiscretizeBin binValue="a"><Interval closure="openClosed" leftMargin="-2" rightMargin="0"/></DiscretizeBin></Discretize>',
  '<MapValues outputColumn="out" defaultValue="other" mapMissingTo="none"><FieldColumnPair field="s" column="a"/><InlineTable><row><a>Hello</a><out>hi</out></row></InlineTable></MapValues>',
]
const derived = (type: string, inside: string): string =>
  `<DerivedField name="dx" optype="${type === 'string' ? 'categorical' : 'continuous'}" dataType="${type}">${inside}</DerivedField>`
const scaled = (parameters: string, dataType: string): string =>
  `<DefineFunction name="scaled" optype="continuous" ${dataType}>${parameters}${apply('/', [apply('-', [ref('a'), ref('c')]), constant('2.0')])}</DefineFunction>`

export const expressionCases: readonly PmmlCase[] = [
  ...numbers.map((expression, at) => ({ name: `number ${at}`, pmml: of(expression), rows })),
  ...booleans.map((expression, at) => ({ name: `truth ${at}`, pmml: of(expression, 'boolean'), rows })),
  ...texts.map((expression, at) => ({ name: `text ${at}`, pmml: of(expression, 'string'), rows })),
  ...[
    ['integer', 'x'],
    ['string', 'x'],
    ['string', 'i'],
    ['double', 'b'],
    ['string', 'b'],
    ['float', 'x'],
    ['boolean', 'x'],
    ['double', 's'],
  ].map(([type = '', from = '']) => ({ name: `derived ${type} of ${from}`, pmml: of(ref('dx'), type, derived(type, ref(from))), rows })),
  {
    name: 'derived of derived, in any order',
    pmml: of(
      ref('dx'),
      'double',
      derived('double', call('*', 'later', 'later')) + derived('double', call('+', 'x', constant(1))).replace('"dx"', '"later"'),
    ),
    rows,
  },
  {
    name: 'function',
    pmml: of(
      call('scaled', 'x', 'i'),
      'double',
      scaled('<ParameterField name="a" dataType="double"/><ParameterField name="c" dataType="double"/>', 'dataType="double"'),
    ),
    rows,
  },
  {
    name: 'function with the name of a standard one',
    pmml: of(
      call('abs', 'x'),
      'double',
      `<DefineFunction name="abs" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/>${apply('*', [ref('a'), constant(2)])}</DefineFunction>`,
    ),
    rows,
  },
  // A day can be a dateTime, too: its first moment. The reference evaluator does without.
  ...['date', 'dateTime', 'time'].flatMap(type =>
    (type === 'dateTime' ? ['t', 'x', 'b', 's'] : ['d', 't', 'x', 'b', 's']).map(from => ({
      name: `${type} of ${from}`,
      pmml: of(apply('isMissing', [ref('dx')]), 'boolean', derived(type, ref(from))),
      rows,
    })),
  ),
  {
    name: 'function of any types',
    pmml: of(call('scaled', 'i', 'j'), 'double', scaled('<ParameterField name="a"/><ParameterField name="c"/>', '')),
    rows,
  },
]
