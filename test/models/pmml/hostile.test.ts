import * as assert from 'uvu/assert'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import { defaultModelFactory } from '../../../models/index.ts'
import { isPmml } from '../../../models/pmml/detect-pmml.ts'
import { parsePmml } from '../../../models/pmml/document/parse.ts'
import { loadPmmlModel } from '../../../models/pmml/pmml-model.ts'
import { SluiceError } from '../../../base/sluice-error.ts'
import { miningCases } from './cases/mining.ts'
import { treeCases } from './cases/trees.ts'
import { apply, constant, document, field, output, ref, schema, simple } from './pmml-builder.ts'
import { csvTable, loadText, scoreTable } from './score-table.ts'

const test = suite('PMML documents that cannot be used')

async function refusal(pmml: string | Uint8Array): Promise<string> {
  const error: unknown = await loadPmmlModel({ bytes: Buffer.from(pmml), format: undefined, output: undefined }).catch(
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof SluiceError, `it should be refused, not ${String(error)}`)
  assert.is(error.code, 'MODEL_LOAD_FAILED')
  return error.message
}

const fields = [field('x'), field('s', 'string'), field('y')]
const table = '<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>'
const regression = (inside: string, attributes = 'functionName="regression"'): string =>
  `<RegressionModel ${attributes}>${schema(['x', 's'], 'y')}${inside}</RegressionModel>`
const good = document(fields, regression(table))
const tree = (inside: string, attributes = ''): string =>
  document(fields, `<TreeModel functionName="regression" ${attributes}>${schema(['x', 's'], 'y')}${inside}</TreeModel>`)
const derived = (name: string, inside: string): string =>
  `<DerivedField name="${name}" optype="continuous" dataType="double">${inside}</DerivedField>`
const withOutput = (expression: string, dictionary = ''): string =>
  document(fields, regression(`<Output>${output('o', 'transformedValue', 'dataType="double"', expression)}</Output>${table}`), dictionary)
const define = (name: string, body: string): string =>
  `<DefineFunction name="${name}" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/>${body}</DefineFunction>`

const classes = (normalization: string, count: number): string =>
  document(
    [field('x'), field('c', 'string')],
    `<RegressionModel functionName="classification" normalizationMethod="${normalization}">${schema(['x'], 'c')}${Array.from({ length: count }, (_, at) => `<RegressionTable intercept="${at}" targetCategory="${at}"/>`).join('')}</RegressionModel>`,
  )

const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a DTD': [`<!DOCTYPE PMML>${good}`, /DTD.*line 1/],
  'entities of its own': [`<!DOCTYPE PMML [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>${good}`, /DTD/],
  'an external entity': [`<!DOCTYPE PMML SYSTEM "file:///etc/passwd">${good}`, /DTD/],
  'an unknown entity': [good.replace('name="y"', 'name="&lol;"'), /well-formed/],
  'no XML': ['<PMML version="4.4"><Header>', /well-formed|unclosed/],
  'another root': ['<html/>', /first element is html/],
  'another namespace': [good.replace('PMML-4_4', 'PMML-9_9'), /namespace/],
  'no model': [document(fields, ''), /PMML in line 1 lacks/],
  'a model of another kind': [document(fields, '<AssociationModel functionName="associationRules"/>'), /AssociationModel in line 1/],
  'a missing attribute': [good.replace(' functionName="regression"', ''), /RegressionModel in line 1 lacks the attribute functionName/],
  'a number that is none': [good.replace('coefficient="1"', 'coefficient="one"'), /NumericPredictor in line 1 has coefficient="one"/],
  'a field that there is not': [
    good.replace('predictor name="x"', 'predictor name="q"').replace('Predictor name="x"', 'Predictor name="q"'),
    /NumericPredictor.*field q/,
  ],
  'a text to calculate with': [good.replace('Predictor name="x"', 'Predictor name="s"'), /calculates with the field s/],
  'a MiningField without a DataField': [good.replace('<DataField name="x"', '<DataField name="xx"'), /MiningField.*DataDictionary/],
  'an unknown function': [withOutput(apply('launch', [ref('x')])), /Apply.*launch/],
  'too few arguments': [withOutput(apply('+', [ref('x')])), /\+ with 1 arguments/],
  'an expression that is not supported': [withOutput('<Lag field="x"/>'), /Lag/],
  'an aggregate of many records': [withOutput('<Aggregate field="x" function="sum"/>'), /Aggregate/],
  'terms in a text without words': [
    withOutput('<TextIndex textField="s" tokenize="false"><Constant>a</Constant></TextIndex>'),
    /TextIndex.*tokenize/,
  ],
  'a weight of terms that is not known': [
    withOutput('<TextIndex textField="s" localTermWeights="augmentedNormalizedTermFrequency"><Constant>a</Constant></TextIndex>'),
    /localTermWeights="augmented/,
  ],
  'words between what is no expression': [
    withOutput('<TextIndex textField="s" wordSeparatorCharacterRE="["><Constant>a</Constant></TextIndex>'),
    /TextIndex.*regular expression/,
  ],
  'a sum with a text': [withOutput(apply('sum', [ref('x'), ref('s')])), /calls sum with a value of the type string/],
  'days of a text': [withOutput(apply('dateDaysSinceYear', [ref('s'), constant(1960)])), /calls dateDaysSinceYear/],
  'exponentials as probabilities': [classes('exp', 2), /normalizationMethod="exp" for classes/],
  'a link for each of three classes': [classes('probit', 3), /normalizationMethod="probit" for 3 classes/],
  'a chain from a number to a class': [
    document(
      fields,
      `<MiningModel functionName="regression">${schema(['x'], 'y')}<Segmentation multipleModelMethod="modelChain"><Segment><True/><TreeModel functionName="classification">${schema(['x'])}<Node score="a"><True/></Node></TreeModel></Segment></Segmentation></MiningModel>`,
    ),
    /predicts a class/,
  ],
  'derived fields that need each other': [
    withOutput(ref('p'), derived('p', ref('q')) + derived('q', ref('p'))),
    /field \w, which depends on itself/,
  ],
  'a function that calls itself': [withOutput(apply('f', [ref('x')]), define('f', apply('f', [ref('a')]))), /calls f recursively/],
  'an unknown operator': [
    tree(`<Node score="1"><True/><Node score="2">${simple('x', 'resembles', 1)}</Node></Node>`),
    /SimplePredicate.*resembles/,
  ],
  'an order of texts': [tree(`<Node score="1">${simple('s', 'lessThan', 'm')}</Node>`), /compares by order the text/],
  'a score that is no number': [tree('<Node score="high"><True/></Node>'), /Node in line 1 has score="high"/],
  'a default child that there is not': [
    tree(
      `<Node score="1" defaultChild="9"><True/><Node id="2" score="2">${simple('x', 'lessThan', 1)}</Node></Node>`,
      'missingValueStrategy="defaultChild"',
    ),
    /defaultChild="9"/,
  ],
  'an unknown strategy': [tree('<Node score="1"><True/></Node>', 'missingValueStrategy="guess"'), /missingValueStrategy="guess"/],
  'an array of another length': [
    tree(
      '<Node score="1"><SimpleSetPredicate field="s" booleanOperator="isIn"><Array type="string" n="1000000000">u v</Array></SimpleSetPredicate></Node>',
    ),
    /Array.*n="1000000000"/,
  ],
  'a sparse array that is too long': [
    document(
      fields,
      `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="1">${schema(['x'])}<ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><ClusteringField field="x"/><Cluster><REAL-SparseArray n="1000000000"/></Cluster></ClusteringModel>`,
    ),
    /lacks Array/,
  ],
}

for (const [name, [pmml, cause]] of Object.entries(refused)) {
  test(name, async () => {
    assert.match(await refusal(pmml), cause)
  })
}

test('nesting of any depth is refused or compiled', async () => {
  const deep = (open: string, close: string, count = 10_000): string => open.repeat(count) + close.repeat(count)
  assert.match(await refusal(`<PMML version="4.4">${deep('<a>', '</a>')}</PMML>`), /nested more than/)
  assert.match(await refusal(`<PMML version="4.4">${deep('<Extension>', '</Extension>')}</PMML>`), /nested more than/)
  assert.match(await refusal(tree(deep('<Node score="1"><True/>', '</Node>'))), /nested more than/)
  assert.match(await refusal('<a>'.repeat(1_000_000)), /first element/)
  const predicates = deep('<CompoundPredicate booleanOperator="and">', '</CompoundPredicate>', 5_000)
  assert.match(await refusal(tree(`<Node score="1">${predicates}</Node>`)), /nested too deep/)
  const rules = deep('<CompoundRule><True/>', '</CompoundRule>', 5_000)
  const ruleSet = `<RuleSetModel functionName="classification">${schema(['x'], 's')}<RuleSet><RuleSelectionMethod criterion="firstHit"/>${rules}</RuleSet></RuleSetModel>`
  assert.match(await refusal(document(fields, ruleSet)), /nested too deep/)
})

test('chains of derived fields and functions that would overflow the stack are refused', async () => {
  const chain = Array.from({ length: 20_000 }, (_, at) => derived(`d${at}`, ref(at === 0 ? 'x' : `d${at - 1}`)))
  assert.match(await refusal(withOutput(ref('d19999'), chain.join(''))), /too deep/)
  assert.match(await refusal(withOutput(ref('d19999'), chain.reverse().join(''))), /too deep/)
})

test('functions that double their work with each call are refused', async () => {
  const functions = Array.from({ length: 60 }, (_, at) =>
    define(`f${at}`, at === 0 ? ref('a') : apply('+', [apply(`f${at - 1}`, [ref('a')]), apply(`f${at - 1}`, [ref('a')])])),
  )
  assert.match(await refusal(withOutput(apply('f59', [constant(1, 'double')]), functions.join(''))), /steps/)
})

test('documents beyond the limits are refused', () => {
  const limits = { maxBytes: 1000, maxElements: 10, maxDepth: 5 }
  assert.throws(
    () => parsePmml(Buffer.alloc(1001, 32), limits),
    (error: unknown) => error instanceof SluiceError && error.code === 'MODEL_TOO_LARGE',
  )
  assert.throws(() => parsePmml(Buffer.from(`<PMML>${'<a/>'.repeat(20)}</PMML>`), limits), /more than 10 elements/)
})

test('the encoding that the document names is used', async () => {
  const text = good.replaceAll('"s"', '"größe"')
  const names = async (bytes: Uint8Array): Promise<string[]> =>
    (await loadPmmlModel({ bytes, format: undefined, output: undefined })).inputs.map(({ name }) => name)
  assert.equal(await names(Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')), ['x', 'größe'])
  assert.equal(await names(Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${text}`, 'utf16le')), ['x', 'größe'])
  assert.equal(await names(Buffer.from(`\ufeff${text}`)), ['x', 'größe'])
  assert.match(await refusal(Buffer.from(text, 'latin1')), /not text in utf-8/)
})

test('versions, prefixes and extensions of known producers are accepted', async () => {
  const rows = csvTable(['x;s', '2;a'])
  for (const namespace of [
    'http://www.dmg.org/PMML-3_0',
    'http://www.dmg.org/PMML-3_2',
    'http://www.dmg.org/PMML-4_2',
    'http://www.dmg.org/PMML-4_4',
  ])
    assert.is(scoreTable(await loadText(good.replace(/http:[^"]*/, namespace)), rows).rows[0]?.score, 2)
  const bare = good.replace(/ xmlns="[^"]*"/, '')
  assert.is(scoreTable(await loadText(bare), rows).rows[0]?.score, 2)
  const prefixed = bare.replaceAll(/<(\/?)(\w)/g, '<$1p:$2').replace('<p:PMML', '<p:PMML xmlns:p="http://www.dmg.org/PMML-4_1"')
  assert.is(scoreTable(await loadText(prefixed), rows).rows[0]?.score, 2)
  const extended = good.replaceAll(
    '<MiningSchema>',
    '<Extension name="n" value="v"><X:unknown xmlns:X="urn:x"><Node/></X:unknown></Extension><MiningSchema>',
  )
  assert.is(scoreTable(await loadText(`<!-- a comment --><?pi?>${extended}`), rows).rows[0]?.score, 2)
})

test('PMML is recognized by its first element', () => {
  const told = [
    '<PMML version="4.4"/>',
    '\ufeff<?xml version="1.0"?>\n<!-- <x> -->\n<PMML>',
    '<p:PMML xmlns:p="u">',
    '<!DOCTYPE PMML [<!ELEMENT a ANY>]><PMML>',
  ]
  for (const text of told) assert.ok(isPmml(Buffer.from(text)), text)
  assert.ok(isPmml(Buffer.from('\ufeff<PMML>', 'utf16le')))
  for (const text of ['', '<', '<!--', '<?', '<html><PMML/></html>', '<PMMLX>', 'PMML', '<!DOCTYPE html><html>'])
    assert.not.ok(isPmml(Buffer.from(text)), text)
})

test('any bytes give a model, or a refusal with a cause', async () => {
  const seeds = [...treeCases.slice(0, 3), ...miningCases.slice(0, 3), { name: '', pmml: good, rows: '' }].map(({ pmml }) =>
    Buffer.from(pmml),
  )
  const mutation = fc.record({ seed: fc.nat(seeds.length - 1), at: fc.nat(4000), bytes: fc.uint8Array({ maxLength: 6 }), cut: fc.nat(40) })
  await fc.assert(
    fc.asyncProperty(mutation, async ({ seed, at, bytes, cut }) => {
      const source = seeds[seed] ?? Buffer.alloc(0)
      const mutated = Buffer.concat([source.subarray(0, at), bytes, source.subarray(at + cut)])
      const error: unknown = await loadPmmlModel({ bytes: mutated, format: undefined, output: undefined }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      assert.ok(error === undefined || (error instanceof SluiceError && error.code === 'MODEL_LOAD_FAILED'), String(error))
      const format = defaultModelFactory().detect(mutated)
      assert.ok(format === undefined || format === 'PMML' || !isPmml(mutated), String(format))
    }),
    { numRuns: 400 },
  )
})

test.run()
