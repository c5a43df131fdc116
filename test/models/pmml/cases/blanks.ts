import { type PmmlCase, apply, constant, document, field, output, schema, simple } from '../pmml-builder.ts'

const given = [
  field(
    'a',
    'string',
    ['" "', '" x"', '"x"', '"y z"', '"&#9;t"', '"b\\s"', "'&quot;q&quot;'"].map(value => `<Value value=${value}/>`).join(''),
  ),
  field('y'),
  field('free', 'string'),
]
const rows = `a;free\n${[' ', ' x', 'x', 'y z', '\tt', 'b\\s', '"q"', ' y'].map(text => `${text};${text}`).join('\n')}\n;the mic is  great\n;\u00a0 the \u00a0`

const text = 'optype="categorical" dataType="string"'
const framed = (inner: string): string => apply('concat', [constant('[', 'string'), inner, constant(']', 'string')])

/** A model that shows what an expression comes to. */
function shows(expression: string): string {
  return document(
    given,
    `<RegressionModel functionName="regression">${schema(['a', 'free'], 'y')}<Output>${output('o', 'transformedValue', text, framed(expression))}</Output><RegressionTable intercept="1"/></RegressionModel>`,
  )
}

function tree(predicates: readonly string[]): string {
  const nodes = predicates.map((predicate, at) => `<Node score="${at + 1}">${predicate}</Node>`).join('')
  return document(
    given,
    `<TreeModel functionName="regression" noTrueChildStrategy="returnLastPrediction">${schema(['a'], 'y')}<Node score="0"><True/>${nodes}</Node></TreeModel>`,
  )
}

const isIn = (array: string): string =>
  `<SimpleSetPredicate field="a" booleanOperator="isIn"><Array type="string">${array}</Array></SimpleSetPredicate>`

const constants: Readonly<Record<string, string>> = {
  'a blank': ' ',
  'no text': '',
  'a section of blanks': '<![CDATA[  ]]>',
  'a reference to a blank': '&#32;',
  'a tab': '&#9;',
  'a hard space': '&#160;',
  'blanks around a text': ' x ',
  'blanks, a section and a comment': ' <![CDATA[ ]]> x<!-- c --> ',
  'blanks around a comment': ' <!-- c --> ',
}

const arrays = [
  '" " "x"',
  '" x" " "',
  '"y z" x',
  '"&#9;t" " "',
  '"\\"q\\""',
  '"b\\s"',
  'b\\s',
  'x\n\t"y z"\n',
  '"" x',
  '"x""y z"',
  ' ',
  '<![CDATA[" "]]>',
]

const table = (cells: readonly (readonly [string, string])[], attributes = 'defaultValue="none"'): string =>
  `<MapValues outputColumn="out" ${attributes} dataType="string"><FieldColumnPair field="free" column="in"/><InlineTable>\n${cells
    .map(([from, to]) => `  <row>\n    <in>${from}</in>\n    <out>${to}</out>\n  </row>\n`)
    .join('')}</InlineTable></MapValues>`

const index = (cells: string, attributes = ''): string =>
  `<TextIndex textField="free"><TextIndexNormalization ${attributes}><InlineTable><row>${cells}</row></InlineTable></TextIndexNormalization><Constant>mic</Constant></TextIndex>`

/** Blanks are values. */
export const blankCases: readonly PmmlCase[] = [
  ...Object.entries(constants).flatMap(([name, inside]): PmmlCase[] => [
    { name: `blanks in a constant: ${name}`, pmml: shows(constant(inside, 'string')), rows },
    { name: `blanks in a constant of no type: ${name}`, pmml: shows(constant(inside)), rows },
  ]),
  {
    name: 'blanks in a table of values',
    pmml: shows(
      table([
        [' ', 'B'],
        ['x', ' '],
        [' x', ' X '],
        ['', 'E'],
        ['y z', ''],
        ['<![CDATA[ y]]>', '<![CDATA[ ]]>'],
      ]),
    ),
    rows,
  },
  { name: 'blanks for what a table does not have', pmml: shows(table([['x', 'X']], 'defaultValue=" " mapMissingTo="  "')), rows },
  {
    name: 'blanks in the values that predicates ask for',
    pmml: tree([' ', ' x', 'x', 'y z', '&#9;t', 'b\\s', '&quot;q&quot;'].map(value => simple('a', 'equal', value))),
    rows,
  },
  ...arrays.map(array => ({ name: `blanks in an array: ${array}`, pmml: tree([isIn(array)]), rows })),
  ...['true', 'false'].flatMap(recursive =>
    [
      '<string>(^|\\s+)(the|is)(\\s+|$)</string><stem> </stem><regex>true</regex>',
      '<string> is </string><stem> </stem>',
      '<string>is</string><stem/>',
      '<string>the </string><stem>mic </stem><regex>TRUE</regex>',
    ].map(cells => ({
      name: `blanks in a normalization: ${cells} ${recursive}`,
      pmml: shows(index(cells, `recursive="${recursive}"`)),
      rows,
    })),
  ),
  { name: 'blanks for a missing value', pmml: shows('<FieldRef field="a" mapMissingTo=" "/>'), rows },
  { name: 'blanks that are trimmed', pmml: shows(apply('trimBlanks', [constant(' \u00a0x\u00a0\t', 'string')])), rows },
  {
    name: 'blanks that are replaced',
    pmml: shows(apply('replace', ['<FieldRef field="free"/>', constant('\\s+', 'string'), constant(' ', 'string')], 'defaultValue=" "')),
    rows,
  },
  {
    name: 'blanks as classes',
    pmml: document(
      [field('free', 'string'), field('c', 'string', '<Value value=" "/><Value value="x "/>')],
      `<TreeModel functionName="classification">${schema(['free'], 'c')}<Output>${output('o', 'transformedValue', text, framed('<FieldRef field="l"/>')).replace('<OutputField', `${output('l', 'predictedValue', text)}<OutputField`)}</Output><Node score=" "><True/><ScoreDistribution value=" " recordCount="3"/><ScoreDistribution value="x " recordCount="1"/></Node></TreeModel>`,
    ),
    rows,
  },
  {
    name: 'blanks in the replacement of a missing value',
    pmml: document(
      [field('free', 'string'), field('y')],
      `<RegressionModel functionName="regression">${schema(['<MiningField name="free" missingValueReplacement=" "/>'], 'y')}<Output>${output('o', 'transformedValue', text, framed('<FieldRef field="free"/>'))}</Output><RegressionTable intercept="1"><CategoricalPredictor name="free" value=" " coefficient="4"/></RegressionTable></RegressionModel>`,
    ),
    rows,
  },
]
