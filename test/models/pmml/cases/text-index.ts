import { type PmmlCase, apply, constant, document, field, output, ref, schema } from '../pmml-builder.ts'

const rows = [
  'text;word',
  'Not as advertised. The battery was bad, bad BAD!;bad',
  'good phone. Good battery life, good value;good',
  'battery battery Battery battry;',
  'god batery;phone',
  '  ;bad',
  'user interface, user-friendly interfaces UI;',
  '(bad) "bad" «bad» bad— $bad$ bad:bad;bad',
  'naïve Ärger straße bet bat aab aaab;x',
  'a  b;x',
  ';bad',
].join('\n')

/** A model that gives the weight as an output. */
function of(expression: string, { dictionary = '', dataType = 'double' } = {}): string {
  const derived = `<DerivedField name="weight" optype="continuous" dataType="${dataType}">${expression}</DerivedField>`
  return document(
    [field('text', 'string'), field('word', 'string'), field('y')],
    `<RegressionModel functionName="regression">${schema(['text', 'word'], 'y')}<Output>${output('value', 'transformedValue', `dataType="${dataType}"`, ref('weight'))}</Output><RegressionTable intercept="0"/></RegressionModel>`,
    dictionary + derived,
  )
}

const index = (term: string, attributes = '', normalization = ''): string =>
  `<TextIndex textField="text" ${attributes}>${normalization}${constant(term, 'string')}</TextIndex>`

type Row = readonly [from: string, to: string, regex: boolean]

function normal(rowsOf: readonly Row[], attributes = ''): string {
  const cells = rowsOf.map(([from, to, regex]) => `<row><string>${from}</string><stem>${to}</stem><regex>${regex}</regex></row>`)
  return `<TextIndexNormalization ${attributes}><InlineTable>${cells.join('')}</InlineTable></TextIndexNormalization>`
}

const terms = ['bad', 'Good', 'battery', 'good battery', 'user interface', 'a b', 'bad!', '', 'ärger', 'bad bad']
const readings: Readonly<Record<string, string>> = {
  plain: '',
  'with case': 'isCaseSensitive="true"',
  'between letters': 'wordSeparatorCharacterRE="[^a-zA-Z]+"',
  'between blanks and hyphens': 'wordSeparatorCharacterRE="[\\s\\-]" tokenize="true"',
  'of word characters': 'x-wordRE="\\w+"',
  'of words in Python': 'x-wordRE="(?u)\\b\\w\\w+\\b"',
  'between what is no letter': 'wordSeparatorCharacterRE="[^\\p{Alpha}]+"',
}
const hits = [0, 1, 2].flatMap(distance =>
  ['allHits', 'bestHits'].map(count => `maxLevenshteinDistance="${distance}" countHits="${count}"`),
)
const normalizations: Readonly<Record<string, readonly [term: string, normalization: string, attributes?: string]>> = {
  'regular expressions': ['interface', normal([['interfaces?', 'interface', true]])],
  'two words': ['uf', normal([['user-friendly', 'uf', false]])],
  'part of a word': ['bx', normal([['ad', 'x', false]])],
  'in order': [
    'x',
    normal([
      ['bad', 'good', false],
      ['good', 'x', false],
    ]),
  ],
  'out of order': [
    'x',
    normal([
      ['good', 'x', false],
      ['bad', 'good', false],
    ]),
  ],
  'out of order, again and again': [
    'x',
    normal(
      [
        ['good', 'x', false],
        ['bad', 'good', false],
      ],
      'recursive="true"',
    ),
  ],
  'one after the other': ['x', normal([['good', 'bad', false]]) + normal([['bad', 'x', false]])],
  groups: ['dab', normal([['b(a)d', 'd$1b', true]])],
  'until nothing changes': ['ab', normal([['aab', 'ab', true]], 'recursive="true"')],
  'once only': ['ab', normal([['aab', 'ab', true]])],
  'case of the index': ['x', normal([['bad', 'x', false]]), 'isCaseSensitive="true"'],
  'case of its own': ['x', normal([['bad', 'x', false]], 'isCaseSensitive="false"'), 'isCaseSensitive="true"'],
  'the text alone': ['bad', normal([['bad', 'good', false]])],
}
const counted = (inside: string): string =>
  `<DefineFunction name="tf" optype="continuous" dataType="double"><ParameterField name="document"/><ParameterField name="term"/><ParameterField name="weight"/>${inside}</DefineFunction>`

export const textIndexCases: readonly PmmlCase[] = [
  ...Object.entries(readings).flatMap(([name, attributes]) =>
    terms.map(term => ({ name: `text index ${name}: ${term}`, pmml: of(index(term, attributes)), rows })),
  ),
  ...['termFrequency', 'binary', 'logarithmic'].map(weight => ({
    name: `text index ${weight}`,
    pmml: of(index('bad', `localTermWeights="${weight}"`)),
    rows,
  })),
  ...hits.flatMap(attributes =>
    ['bad', 'good battery', 'battery'].map(term => ({
      name: `text index ${attributes}: ${term}`,
      pmml: of(index(term, attributes)),
      rows,
    })),
  ),
  ...Object.entries(normalizations).map(([name, [term, normalization, attributes]]) => ({
    name: `text index normalizes ${name}`,
    pmml: of(index(term, attributes, normalization)),
    rows,
  })),
  { name: 'text index of a field', pmml: of(`<TextIndex textField="text">${ref('word')}</TextIndex>`), rows },
  {
    name: 'text index in a function',
    pmml: of(apply('tf', [ref('text'), constant('bad', 'string'), constant(0.5, 'double')]), {
      dictionary: counted(
        apply('*', [
          `<TextIndex textField="document" wordSeparatorCharacterRE="\\W+" localTermWeights="logarithmic">${ref('term')}</TextIndex>`,
          ref('weight'),
        ]),
      ),
    }),
    rows,
  },
  { name: 'text index as text', pmml: of(apply('concat', [index('bad'), constant('!')]), { dataType: 'string' }), rows },
]
