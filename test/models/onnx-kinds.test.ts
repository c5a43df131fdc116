import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { type Model, type Scores, defaultModelFactory } from '../../models/index.ts'
import { halfBits, halfValues } from '../../models/half-floats.ts'
import { elementType } from '../../models/onnx/proto/onnx-schema.ts'
import { type Cell, batchOf, specsOf, valuesOf } from './batches.ts'
import { type TestGraph, attribute, floats, node, onnx, value } from './onnx-builder.ts'

const test = suite('onnx kinds of inputs and outputs')
const x = value('x', 'float', ['N', 2])

async function load(graph: TestGraph): Promise<Model> {
  return defaultModelFactory().load({ bytes: onnx(graph), format: undefined, output: undefined })
}

async function using(
  graph: TestGraph,
  check: (score: (rows: Cell[][], texts?: string[]) => Promise<Scores>) => Promise<void>,
): Promise<void> {
  const model = await load(graph)
  try {
    await check(async (rows, texts = []) => {
      const names = model.inputs.length > 1 ? model.inputs.map(input => input.name) : rows[0]?.map((_, at) => `c${at}`)
      return model.score(batchOf(specsOf(names ?? [], texts), rows))
    })
  } finally {
    await model.dispose()
  }
}

async function refused(graph: TestGraph, message: RegExp): Promise<void> {
  assert.match(String(await load(graph).catch((error: unknown) => error)), message)
}

test('half floats: each value is converted both ways, and a number to the nearest', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, half) => half)
  const values = halfValues(all)
  for (const [half, number] of values.entries()) assert.ok(Number.isNaN(number) || halfBits(number) === half, `${half}: ${number}`)
  const nearest = (number: number): number | undefined => halfValues(Uint16Array.of(halfBits(number)))[0]
  assert.equal([0.1, -3.3, 65519, 65520, -1e9].map(nearest), [0.0999755859375, -3.30078125, 65504, Infinity, -Infinity])
  // Halfway: to the even one.
  assert.equal([2049, 2051, 2 ** -25, 3 * 2 ** -25, 1e-9].map(nearest), [2048, 2052, 0, 2 ** -23, 0])
  assert.ok(Number.isNaN(nearest(NaN)))
  // Beside halfway, by less than single precision has.
  assert.equal([2049 + 1e-9, 2051 - 1e-9, 65520 - 1e-9, 2 ** -25 * (1 + 1e-12)].map(nearest), [2050, 2050, 65504, 2 ** -24])
  assert.equal([Infinity, -Infinity, 1e300, -1e300].map(nearest), [Infinity, -Infinity, Infinity, -Infinity])
})

test('integers of every size: a value that does not fit gives no result', async () => {
  const ranges: [keyof typeof elementType, number, number][] = [
    ['uint8', 0, 255],
    ['int8', -128, 127],
    ['uint16', 0, 65535],
    ['int16', -32768, 32767],
    ['int32', -(2 ** 31), 2 ** 31 - 1],
    ['uint32', 0, 2 ** 32 - 1],
    ['uint64', 0, 2 ** 53],
    ['int64', -(2 ** 53), 2 ** 53],
  ]
  for (const [type, least, most] of ranges) {
    const cast = node('Cast', ['x'], ['y'], [attribute('to', BigInt(elementType.double))])
    await using({ nodes: [cast], inputs: [value('x', type, ['N', 1])], outputs: [value('y', 'double', ['N', 1])] }, async score => {
      const { score: given, noResult } = await score([[least], [most], [7], [1.5], [least * 4 - 1], [undefined]])
      assert.equal([...given].slice(0, 3), [least, most, 7], type)
      assert.equal([...(noResult ?? [])], [0, 0, 0, 1, type === 'int64' ? 0 : 1, 1], type)
    })
    await using(
      { nodes: [node('Identity', ['x'], ['y'])], inputs: [value('x', type, ['N'])], outputs: [value('y', type, ['N'])] },
      async score => assert.equal([...(await score([[least], [most]])).score], [least, most], type),
    )
  }
})

test('integers that a double cannot hold are not rounded', async () => {
  const graph = { nodes: [node('Identity', ['x'], ['y'])], inputs: [value('x', 'uint64', ['N'])], outputs: [value('y', 'uint64', ['N'])] }
  const model = await load(graph)
  const batch = batchOf(specsOf(['x']), [[-1], [2 ** 53]])
  const [column] = batch.columns
  assert.ok(column?.kind === 'number')
  column.exact = BigInt64Array.of(-1n, 2n ** 53n + 1n)
  const { noResult, labels } = await model.score(batch)
  assert.equal([...(noResult ?? [])], [1, 0])
  assert.equal(labels, ['', '9007199254740993'])
  batch.setWhole(0, 0, 2n ** 64n - 1n)
  batch.setInvalid(0, 1)
  const largest = await model.score(batch)
  assert.equal(
    [largest.labels, [...(largest.noResult ?? [])]],
    [
      ['18446744073709551615', ''],
      [0, 1],
    ],
  )
  await model.dispose()
})

test('inputs and outputs of bfloat16 and 8-bit floats are cast', async () => {
  const typed = (name: string, type: number): ReturnType<typeof value> => {
    const info = value(name, 'float', ['N', 2])
    Object.assign(info.type?.tensor_type ?? {}, { elem_type: type })
    return info
  }
  for (const [type, expected] of [
    [16, [3.140625, -1.5, 1e6]],
    [17, [3.25, -1.5, 448]],
  ] as const) {
    const nodes = [node('Identity', ['x'], ['h']), node('Identity', ['h'], ['y']), node('Identity', ['y'], ['z'])]
    const graph = { nodes, inputs: [typed('x', type)], outputs: [typed('y', type), typed('z', type)], opset: 19 }
    await using(graph, async score => {
      const { outputs } = await score([
        [3.1402, -1.5],
        [1e6, 0],
      ])
      for (const output of outputs) {
        assert.equal(valuesOf(output, 0), expected.slice(0, 2))
        assert.ok(Math.abs((valuesOf(output, 1)[0] as number) / expected[2] - 1) < 0.01, String(valuesOf(output, 1)[0]))
      }
    })
  }
})

test('inputs and outputs of half floats; a missing value is NaN', async () => {
  const half = value('x', 'float16', ['N', 2])
  const back = node('Cast', ['x'], ['y'], [attribute('to', BigInt(elementType.float))])
  await using({ nodes: [back], inputs: [half], outputs: [value('y', 'float', ['N', 2])] }, async score => {
    const { outputs } = await score([[0.1, undefined]])
    assert.equal(valuesOf(outputs[0], 0), [Math.fround(0.0999755859375), NaN])
  })
  const to = node('Cast', ['x'], ['y'], [attribute('to', BigInt(elementType.float16))])
  await using({ nodes: [to], inputs: [x], outputs: [value('y', 'float16', ['N', 2])] }, async score => {
    const { outputs, labels } = await score([
      [0.1, -2],
      [1, 70000],
    ])
    assert.equal([...valuesOf(outputs[0], 0), ...valuesOf(outputs[0], 1)], [0.0999755859375, -2, 1, Infinity])
    assert.equal(labels, ['0', '1'])
  })
})

test('an output that is a list of tensors becomes one output for each', async () => {
  const nodes = [
    node('Neg', ['x'], ['n']),
    node('ReduceSum', ['x'], ['s'], [attribute('keepdims', 0n)]),
    node('SequenceConstruct', ['x', 'n'], ['all']),
  ]
  await using({ nodes, inputs: [x], outputs: [{ name: 'all', type: listOfFloats }] }, async score => {
    const { outputs } = await score([
      [1, 2],
      [3, 4],
    ])
    assert.equal(
      outputs.map(output => [output.name, ...valuesOf(output, 1)]),
      [
        ['all[0]', 3, 4],
        ['all[1]', -3, -4],
      ],
    )
  })
  const unknown = { nodes: [node('SplitToSequence', ['x'], ['parts'])], inputs: [x], outputs: [{ name: 'parts', type: listOfFloats }] }
  await refused(unknown, /none of the model's outputs can be read: parts is a list, a map or an optional value\. .*export the model/)
})

test('the score is the probability of the class that the model chose, even if another is larger', async () => {
  const classify = node(
    'LinearClassifier',
    ['x'],
    ['label', 'raw'],
    [attribute('coefficients', [1, 0, 0, 1]), attribute('intercepts', [0, 0]), attribute('classlabels_strings', ['ham', 'eggs'])],
  )
  const graph = {
    nodes: [classify, node('Neg', ['raw'], ['p'])],
    inputs: [x],
    outputs: [value('label', 'string', ['N']), value('p', 'float', ['N', 2])],
  }
  await using(graph, async score => {
    const { labels, score: given } = await score([
      [1, 2],
      [4, 3],
    ])
    assert.equal(labels, ['eggs', 'ham'])
    assert.equal([...given], [-2, -4])
  })
  const spell = node(
    'LabelEncoder',
    ['label'],
    ['spelt'],
    [attribute('keys_strings', ['ham']), attribute('values_strings', ['spam']), attribute('default_string', '?')],
  )
  await using(
    { ...graph, nodes: [...graph.nodes, spell], outputs: [value('spelt', 'string', ['N']), value('p', 'float', ['N', 2])] },
    async score => {
      const { labels, score: given } = await score([
        [1, 2],
        [4, 3],
      ])
      assert.equal(labels, ['?', 'spam'])
      assert.equal([...given], [-1, -3])
    },
  )
  const zip = node('ZipMap', ['raw'], ['z'], [attribute('classlabels_strings', ['ham', 'eggs'])])
  const zipped = { nodes: [classify, spell, zip], inputs: [x], outputs: [value('spelt', 'string', ['N']), value('z', 'float', ['N', 2])] }
  await using(zipped, async score => {
    const { score: given } = await score([
      [1, 2],
      [4, 3],
    ])
    assert.equal([...given], [NaN, NaN])
  })
})

test('a class whose probability is a separate output has that as its score', async () => {
  const nodes = [
    node('LabelEncoder', ['i'], ['label'], [attribute('keys_int64s', [0n, 1n]), attribute('values_strings', ['low', 'shy'])]),
    node('Cast', ['i'], ['slow'], [attribute('to', BigInt(elementType.float))]),
    node('Neg', ['slow'], ['sshy']),
  ]
  const outputs = [value('label', 'string', ['N', 1]), value('slow', 'float', ['N', 1]), value('sshy', 'float', ['N', 1])]
  await using({ nodes, inputs: [value('i', 'int64', ['N', 1])], outputs }, async score => {
    const { labels, score: given } = await score([[0], [1]])
    assert.equal(labels, ['low', 'shy'])
    assert.equal([...given], [0, -1])
  })
})

test('the case of text is changed on systems with only the plain locale; other locales that they lack are reported', async () => {
  const lower = (locale: string[]): TestGraph => ({
    nodes: [
      node('StringNormalizer', ['x'], ['y'], [attribute('case_change_action', 'LOWER'), ...locale.map(name => attribute('locale', name))]),
    ],
    inputs: [value('x', 'string', ['N'])],
    outputs: [value('y', 'string', ['N'])],
  })
  for (const locale of [[], ['en_US.UTF-8'], ['en_XX.none'], ['C.UTF-8']]) {
    await using(lower(locale), async score => assert.equal((await score([['AbC Ä'], ['É']], ['c0'])).labels, ['abc ä', 'é']))
  }
  await refused(lower(['xx_YY.none']), /locale.*xx_YY/)
})

test('dynamically quantized numbers: the score of a record does not depend on the records beside it', async () => {
  const nodes = [node('DynamicQuantizeLinear', ['x'], ['q', 'scale', 'zero']), node('DequantizeLinear', ['q', 'scale', 'zero'], ['y'])]
  await using({ nodes, inputs: [x], outputs: [value('y', 'float', ['N', 2])] }, async score => {
    const rows = [
      [1, 0.3],
      [1000, -7],
      [0.01, 0.02],
    ]
    const { outputs } = await score(rows)
    for (const [at, row] of rows.entries()) {
      const together = valuesOf(outputs[0], at)
      assert.equal(together, valuesOf((await score([row])).outputs[0], 0))
      assert.ok(Math.abs((together[0] as number) - (row[0] as number)) <= 0.01 * Math.abs(row[0] as number))
    }
  })
})

test('an input without a shape takes whole rows; beside other inputs, one value of each record', async () => {
  const product = { nodes: [node('MatMul', ['x', 'w'], ['y'])], inputs: [value('x', 'float')], outputs: [value('y', 'float')] }
  await using({ ...product, tensors: [floats('w', [2, 1], [1, 10])] }, async score =>
    assert.equal(
      [
        ...(
          await score([
            [1, 2],
            [3, 4],
          ])
        ).score,
      ],
      [21, 43],
    ),
  )
  const concat = { nodes: [node('Concat', ['a', 'b'], ['y'], [attribute('axis', 1n)])], inputs: [value('a', 'float'), value('b', 'float')] }
  await using({ ...concat, outputs: [value('y', 'float')] }, async score => {
    const { outputs } = await score([
      [1, 2],
      [3, 4],
    ])
    assert.equal(valuesOf(outputs[0], 1), [3, 4])
  })
})

test('vectors beside other inputs take the columns of their elements’ names, or the remaining columns', async () => {
  const inputs = [value('u', 'float', ['N', 2]), value('s', 'float', ['N', 1]), value('v', 'float', ['N', 2])]
  const graph = {
    nodes: [node('Concat', ['u', 's', 'v'], ['y'], [attribute('axis', 1n)])],
    inputs,
    outputs: [value('y', 'float', ['N', 5])],
  }
  const model = await load(graph)
  const { outputs } = await model.score(batchOf(specsOf(['p', 'v[1]', 'S', 'v[0]', 'q']), [[1, 2, 3, 4, 5]]))
  assert.equal(valuesOf(outputs[0], 0), [1, 5, 3, 4, 2])
  await model.dispose()
})

/** TypeProto { sequence_type { elem_type { tensor_type { elem_type: float } } } }. */
const listOfFloats = { $unknowns: [Uint8Array.of(0x22, 6, 0x0a, 4, 0x0a, 2, 0x08, 1)] } as object

test.run()
