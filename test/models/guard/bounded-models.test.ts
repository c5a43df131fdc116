import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, type Model, ModelGuard, ProcessModel } from '../../../models/index.ts'
import type { GuardedLoad } from '../../../models/guard/model-guard.ts'
import { contentOf } from '../../../models/sources/model-content.ts'
import type { NodeProto, TensorProto } from '../../../models/onnx/proto/index.ts'
import { present, shiftedSum } from '../../serving/serving-driver.ts'
import { processorMs } from '../../support/processor-time.ts'
import { batchOf, specsOf } from '../batches.ts'
import { growingOnnx, hangingOnnx, trappingOnnx } from '../hostile-onnx.ts'
import { attribute, floats, int64s, node, onnx, value } from '../onnx-builder.ts'

const specs = specsOf(Array.from({ length: 11 }, (_, at) => `f${at}`))
const textSpecs = [...specs, { name: 'words', kind: 'text' as const }]
const factory = defaultModelFactory()
const guard = new ModelGuard({ factory })

const loadOf = async (bytes: Uint8Array, fields = textSpecs): Promise<GuardedLoad> => ({
  content: await contentOf(bytes),
  format: undefined,
  output: undefined,
  specs: fields,
})

/** Where its graph or document alone lets a model be scored. */
async function placeOf(bytes: Uint8Array): Promise<string> {
  const format = factory.detect(bytes)
  const { compile, unbounded } = present(format === undefined ? undefined : factory.loader(format))
  return (await present(unbounded)(await present(compile)({ bytes, format, output: undefined }))) === undefined ? 'here' : 'apart'
}

/** Where a model is scored that is tried, and one that an instance took over as a light one. */
async function placesOf(bytes: Uint8Array): Promise<string> {
  const place = async (model: Model): Promise<string> => {
    await model.dispose()
    return model instanceof ProcessModel ? 'apart' : 'here'
  }
  const load = await loadOf(bytes)
  return `${await place((await guard.try(load)).model)} ${await place(await guard.open(load, false))}`
}

/** One more way to the score of a graph that adds a zero to the sum of its fields. */
function graphOf(nodes: NodeProto[], tensors: TensorProto[] = []): Uint8Array {
  return onnx({
    nodes: [node('ReduceSum', ['x', 'axis'], ['row']), ...nodes, node('Add', ['row', 'zero'], ['y'])],
    inputs: [value('x', 'float', ['N', 11])],
    outputs: [value('y', 'float', ['N', 1])],
    tensors: [int64s('axis', [1], [1]), ...tensors],
  })
}

const zeroOf = (name: string): NodeProto[] => [
  node('Cast', [name], ['fraction'], [attribute('to', 1n)]),
  node('ReduceMax', ['fraction'], ['one'], [attribute('axes', [1n])]),
  node('Sub', ['one', 'one'], ['zero']),
]
const wholeX = node('Cast', ['x'], ['whole'], [attribute('to', 7n)])

/** Trees of decisions that each lead to the next; `last`: where the last one leads. */
function chainOf(length: number, last: number, trees = 1): Uint8Array {
  const ids = Array.from({ length: trees * (length + 1) }, (_, at) => at % (length + 1))
  const whole = (of: (at: number) => number): bigint[] => ids.map(at => BigInt(of(at)))
  const treeIds = ids.map((_, at) => BigInt(Math.floor(at / (length + 1))))
  const roots = Array.from({ length: trees }, (_, at) => BigInt(at))
  const isLeaf = (at: number): boolean => at === length
  return onnx({
    nodes: [
      {
        ...node(
          'TreeEnsembleRegressor',
          ['x'],
          ['y'],
          [
            attribute('n_targets', 1n),
            attribute('nodes_treeids', treeIds),
            attribute(
              'nodes_nodeids',
              whole(at => at),
            ),
            attribute(
              'nodes_featureids',
              whole(() => 0),
            ),
            attribute(
              'nodes_modes',
              ids.map(at => (isLeaf(at) ? 'LEAF' : 'BRANCH_LEQ')),
            ),
            attribute(
              'nodes_values',
              ids.map(at => 1e9 + at),
            ),
            attribute(
              'nodes_truenodeids',
              whole(at => (isLeaf(at) ? 0 : length)),
            ),
            attribute(
              'nodes_falsenodeids',
              whole(at => (isLeaf(at) ? 0 : at === length - 1 ? last : at + 1)),
            ),
            attribute('target_treeids', roots),
            attribute(
              'target_nodeids',
              roots.map(() => BigInt(length)),
            ),
            attribute(
              'target_ids',
              roots.map(() => 0n),
            ),
            attribute(
              'target_weights',
              roots.map(() => 1),
            ),
          ],
        ),
        domain: 'ai.onnx.ml',
      },
    ],
    inputs: [value('x', 'float', ['N', 11])],
    outputs: [value('y', 'float', ['N', 1])],
  })
}

const graphs: Readonly<Record<string, readonly [bytes: Uint8Array, place: string]>> = {
  'a sum': [shiftedSum(1), 'here'],
  'a division of fractions': [graphOf([node('Div', ['x', 'x'], ['q']), ...zeroOf('row')]), 'here'],
  'a division of whole numbers of the record': [
    graphOf(
      [
        wholeX,
        node('Abs', ['whole'], ['size']),
        node('Add', ['size', 'one64'], ['more']),
        node('Div', ['more', 'more'], ['q']),
        ...zeroOf('q'),
      ],
      [int64s('one64', [1], [1])],
    ),
    'apart',
  ],
  'a remainder of whole numbers': [
    graphOf([wholeX, node('Mod', ['whole', 'seven'], ['rest']), ...zeroOf('rest')], [int64s('seven', [1], [7])]),
    'apart',
  ],
  'the least number by -1': [trappingOnnx(), 'apart'],
  'a loop that the record counts': [hangingOnnx(), 'apart'],
  'a size that the record says': [growingOnnx(), 'apart'],
  'places of what is not zero': [
    graphOf([node('NonZero', ['x'], ['places']), node('Size', ['places'], ['many']), ...zeroOf('many')]),
    'apart',
  ],
  'a shape made of sizes': [
    graphOf(
      [
        node('Shape', ['x'], ['shape']),
        node('Gather', ['shape', 'first'], ['rows']),
        node('Concat', ['rows', 'minus'], ['wanted'], [attribute('axis', 0n)]),
        node('Reshape', ['x', 'wanted'], ['same']),
        node('Expand', ['half', 'rows'], ['halves']),
        ...zeroOf('same'),
      ],
      [int64s('first', [1], [0]), int64s('minus', [1], [-1]), floats('half', [1], [0.5])],
    ),
    'here',
  ],
  'a size that is looked up by the number of records': [
    graphOf(
      [
        node('Shape', ['x'], ['shape']),
        node('Gather', ['shape', 'first'], ['rows']),
        node('Gather', ['table', 'rows'], ['size']),
        node('ConstantOfShape', ['size'], ['made']),
        ...zeroOf('row'),
      ],
      [
        int64s('first', [1], [0]),
        int64s(
          'table',
          [5000],
          Array.from({ length: 5000 }, () => 1),
        ),
      ],
    ),
    'apart',
  ],
  'a size that is calculated': [
    graphOf(
      [
        node('Shape', ['x'], ['shape']),
        node('Gather', ['shape', 'first'], ['rows']),
        node('Equal', ['rows', 'odd'], ['hit']),
        node('Cast', ['hit'], ['hits'], [attribute('to', 7n)]),
        node('Mul', ['hits', 'large'], ['size']),
        node('ConstantOfShape', ['size'], ['made']),
        ...zeroOf('row'),
      ],
      [int64s('first', [1], [0]), int64s('odd', [1], [777]), int64s('large', [1], [2 ** 31])],
    ),
    'apart',
  ],
  'a shallow tree': [chainOf(20, 20), 'here'],
  'trees of a long way for few records': [chainOf(1000, 1000, 20), 'apart'],
}

const bounded = suite('what runs in the scoring thread: ONNX')

for (const [name, [bytes, place]] of Object.entries(graphs)) {
  bounded(`${name}: ${place}`, async () => assert.is(await placeOf(bytes), place))
}

bounded('a tree whose branches lead back: apart', async () => assert.is(await placeOf(chainOf(3, 1)), 'apart'))

bounded('a model that is tried, and one that was accepted before, are scored where they may be', async () => {
  for (const [bytes, places] of [
    [shiftedSum(1), 'here here'],
    [trappingOnnx(), 'apart apart'],
    [chainOf(1000, 1000, 20), 'apart apart'],
    [pmmlOf(replaced('(a+)+$', 'b')), 'apart apart'],
    [pmmlOf(replaced('[0-9]+', '#')), 'here here'],
  ] as const) {
    let found = await placesOf(bytes)
    // A trial measures time too: on a busy machine a light model may count as a heavy one.
    for (let left = places === 'here here' ? 4 : 0; found !== places && left > 0; left--) found = await placesOf(bytes)
    assert.is(found, places)
  }
})

bounded('more rows than a trial measures are scored in several runs', async () => {
  const { model } = await guard.try(await loadOf(shiftedSum(1), specs))
  const rows = Array.from({ length: 10_000 }, (_, at) => specs.map((__, column) => (column === 0 ? at : 0)))
  const { score } = await model.score(batchOf(specs, rows))
  assert.equal([score[0], score[4095], score[4096], score[9999]], [1, 4096, 4097, 10_000])
  await model.dispose()
})

const schema = '<MiningSchema><MiningField name="words"/><MiningField name="f0"/><MiningField name="z" usageType="target"/></MiningSchema>'
const pmmlOf = (derived: string, field = 'made'): Uint8Array =>
  Buffer.from(
    '<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary><DataField name="words" optype="categorical" dataType="string"/>' +
      '<DataField name="f0" optype="continuous" dataType="double"/><DataField name="z" optype="continuous" dataType="double"/></DataDictionary>' +
      `<RegressionModel functionName="regression">${schema}<LocalTransformations>${derived}</LocalTransformations>` +
      `<RegressionTable intercept="1"><NumericPredictor name="${field}" coefficient="2"/></RegressionTable></RegressionModel></PMML>`,
  )
const derivedOf = (expression: string, name = 'made', type = 'double'): string =>
  `<DerivedField name="${name}" optype="${type === 'string' ? 'categorical' : 'continuous'}" dataType="${type}">${expression}</DerivedField>`
const lengthOf = (expression: string): string =>
  derivedOf(expression, 'text', 'string') + derivedOf('<Apply function="stringLength"><FieldRef field="text"/></Apply>')
const words = '<FieldRef field="words"/>'
const constant = (text: string): string => `<Constant dataType="string">${text}</Constant>`
const replaced = (pattern: string, by: string): string =>
  lengthOf(`<Apply function="replace">${words}${constant(pattern)}${constant(by)}</Apply>`)
const index = (attributes: string, term = constant('fine')): string =>
  derivedOf(`<TextIndex textField="words" ${attributes}>${term}</TextIndex>`)
const doubled = Array.from({ length: 10 }, (_, at) => {
  const before = at === 0 ? words : `<FieldRef field="t${at - 1}"/>`
  return derivedOf(`<Apply function="concat">${before}${before}</Apply>`, `t${at}`, 'string')
}).join('')

const documents: Readonly<Record<string, readonly [derived: string, place: string]>> = {
  arithmetic: [derivedOf('<Apply function="+"><FieldRef field="f0"/><Constant>1</Constant></Apply>'), 'here'],
  'a pattern of which only the end repeats': [replaced('[0-9]+', '#'), 'here'],
  'a pattern that tries again': [replaced('(a+)+$', 'b'), 'apart'],
  'two that repeat': [replaced('a*a*b', 'b'), 'apart'],
  'a pattern of the record': [lengthOf(`<Apply function="replace">${words}${words}${constant('')}</Apply>`), 'apart'],
  'a replacement that grows': [replaced('a', 'aa'), 'apart'],
  'a replacement of nothing': [replaced('a*', 'a'), 'apart'],
  'matches of a pattern that tries again': [
    derivedOf(
      `<Apply function="if"><Apply function="matches">${words}${constant('(x+x+)+y')}</Apply><Constant>1</Constant><Constant>2</Constant></Apply>`,
    ),
    'apart',
  ],
  'a text put together': [lengthOf(`<Apply function="concat">${words}${words}</Apply>`), 'here'],
  'a text doubled ten times': [`${doubled}${derivedOf('<Apply function="stringLength"><FieldRef field="t9"/></Apply>')}`, 'apart'],
  'a count of words': [index(''), 'here'],
  'words as scikit-learn finds them': [index(String.raw`x-wordRE="(?u)\b\w\w+\b"`), 'here'],
  'words by a pattern that tries again': [index('wordSeparatorCharacterRE="(\\s+)+x"'), 'apart'],
  'words by their distance': [index('maxLevenshteinDistance="2"'), 'apart'],
  'a term of the record': [index('', words), 'apart'],
}

const pmml = suite('what runs in the scoring thread: PMML')

for (const [name, [derived, place]] of Object.entries(documents)) {
  pmml(`${name}: ${place}`, async () => assert.is(await placeOf(pmmlOf(derived)), place))
}

pmml('texts that are punctuation or blanks for the most part take no longer than others', async () => {
  for (const derived of [index(''), lengthOf(`<Apply function="trimBlanks">${words}</Apply>`)]) {
    const { model } = await guard.try(await loadOf(pmmlOf(derived)))
    for (const char of ['!', ' ']) {
      const took = await processorMs(() => model.score(batchOf(textSpecs, [[...specs.map(() => 0), `a${char.repeat(300_000)}a`]])))
      assert.ok(took < 500, `${took} ms`)
    }
    await model.dispose()
  }
})

pmml.after(() => guard.close())
bounded.run()
pmml.run()
