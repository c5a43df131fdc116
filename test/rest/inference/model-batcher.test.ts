import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, type Model } from '../../../models/index.ts'
import type { SluiceError } from '../../../base/sluice-error.ts'
import { ModelBatcher, type RowOutputs, type Rows } from '../../../rest/inference/model-batcher.ts'
import { InputRows } from '../../../rest/inference/input-rows.ts'
import { tensorHead, tensorOfJson } from '../../../rest/inference/tensor.ts'
import { attribute, floats, int64s, node, onnx, value } from '../../models/onnx-builder.ts'
import { wineModel } from './served-models.ts'

const test = suite('model batcher')

const specs = Array.from({ length: 11 }, (_, at) => ({ name: `features_${at}`, kind: 'number' as const }))

const singleSpecs = [{ name: 'x', kind: 'number' as const }]

/** So many rows that differ from each other. */
function rows(length: number, seed = 0): Rows {
  const columns = specs.map((_, column) => ({
    values: Float64Array.from({ length }, (__, row) => ((row + seed) * 7 + column * 3) % 13),
    exact: undefined,
  }))
  return { length, specs, columns }
}

function numbers({ outputs }: RowOutputs): number[][] {
  return outputs.map(({ values }) => Array.from(values as ArrayLike<number>))
}

/** The model, and how many rows each of its runs had. */
async function withModel(use: (model: Model, runs: number[]) => Promise<void>): Promise<void> {
  const model = await defaultModelFactory().load({ bytes: wineModel('wine-mlp'), format: undefined, output: undefined })
  const runs: number[] = []
  const counted: Model = {
    format: model.format,
    inputs: model.inputs,
    outputs: model.outputs,
    score: batch => {
      runs.push(batch.length)
      return model.score(batch)
    },
    dispose: () => model.dispose(),
  }
  try {
    await use(counted, runs)
  } finally {
    await model.dispose()
  }
}

test('requests of the same turn are one run, and each gets the same results as alone', () =>
  withModel(async (model, runs) => {
    const batcher = new ModelBatcher(model, 4096)
    const sizes = [1, 3, 0, 2, 1]
    const together = await Promise.all(sizes.map((size, at) => batcher.score(rows(size, at * 10))))
    assert.equal(runs, [7])
    assert.equal(
      together.map(({ runs: counted }) => counted),
      [[7], [], [], [], []],
    )
    for (const [at, size] of sizes.entries())
      assert.equal(numbers(together[at] as RowOutputs), numbers(await batcher.score(rows(size, at * 10))))
  }))

test('a run has at most the allowed rows; a larger request is divided and its results joined', () =>
  withModel(async (model, runs) => {
    const batcher = new ModelBatcher(model, 4)
    const [large, small] = await Promise.all([batcher.score(rows(10)), batcher.score(rows(2, 50))])
    assert.equal(runs, [4, 4, 4])
    assert.equal([large.length, large.runs, small.runs], [10, [4, 4, 4], []])
    assert.equal(numbers(large), numbers(await new ModelBatcher(model, 4096).score(rows(10))))
    assert.equal(numbers(small), numbers(await new ModelBatcher(model, 4096).score(rows(2, 50))))
  }))

test('a failing request does not fail others', () =>
  withModel(async model => {
    const picky: Model = {
      ...model,
      score: batch => {
        if (batch.columns[0]?.values[batch.length - 1] === 0) throw new Error('a zero')
        return model.score(batch)
      },
    }
    const batcher = new ModelBatcher(picky, 4096)
    const outcomes = await Promise.allSettled([batcher.score(rows(1, 1)), batcher.score(rows(1, 0)), batcher.score(rows(1, 13))])
    assert.equal(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    )
  }))

test('requests of a model whose records influence each other are batched without affecting each other', async () => {
  const bytes = onnx({
    nodes: [node('ReduceMean', ['x'], ['m'], [attribute('axes', [0n])]), node('Sub', ['x', 'm'], ['y'])],
    inputs: [value('x', 'float', ['N', 1])],
    outputs: [value('y', 'float', ['N', 1])],
  })
  const model = await defaultModelFactory().load({ bytes, format: undefined, output: undefined })
  const batcher = new ModelBatcher(model, 4096)
  const one = (number: number): Rows => ({
    length: 1,
    specs: singleSpecs,
    columns: [{ values: Float64Array.of(number), exact: undefined }],
  })
  const answers = await Promise.all([3, 5, 7].map(number => batcher.score(one(number))))
  assert.equal(answers.map(numbers), [[[0]], [[0]], [[0]]])
  await model.dispose()
})

/** Models that look at more than a row, or at its place. */
const mixing: Readonly<Record<string, Uint8Array>> = {
  'turns rows into columns': onnx({
    nodes: [node('Transpose', ['x'], ['y'])],
    inputs: [value('x', 'float', ['N', 'W'])],
    outputs: [value('y', 'float', ['W', 'N'])],
  }),
  'holds each row against all': onnx({
    nodes: [node('Transpose', ['x'], ['t']), node('MatMul', ['x', 't'], ['y'])],
    inputs: [value('x', 'float', ['N', 2])],
    outputs: [value('y', 'float', ['N', 'M'])],
  }),
  'adds up row after row': onnx({
    nodes: [node('CumSum', ['x', 'axis'], ['y'])],
    inputs: [value('x', 'float', ['N', 2])],
    outputs: [value('y', 'float', ['N', 2])],
    tensors: [int64s('axis', [1], [0])],
  }),
  'takes three rows, each in its own way': onnx({
    nodes: [node('Mul', ['x', 'factors'], ['y'])],
    inputs: [value('x', 'float', [3, 2])],
    outputs: [value('y', 'float', [3, 2])],
    tensors: [floats('factors', [3, 1], [1, 100, 10_000])],
  }),
}

for (const [what, bytes] of Object.entries(mixing)) {
  test(`a model that ${what} gives no request the results of another`, async () => {
    const model = await defaultModelFactory().load({ bytes, format: undefined, output: undefined })
    const inputs = new InputRows(model)
    const sent = [1, 2, 1, 3, 1].map((length, at) => {
      const head = tensorHead({ name: 'x', datatype: 'FP32', shape: [length, 2] })
      return inputs.rowsOf([tensorOfJson(head, Array<number>(length * 2).fill(10 ** at))])
    })
    const batcher = new ModelBatcher(model, 4096)
    const together = await Promise.all(sent.map(each => batcher.score(each)))
    for (const [at, each] of sent.entries()) {
      const alone = await new ModelBatcher(model, 4096).score(each)
      assert.equal(numbers(together[at] as RowOutputs), numbers(alone), `request ${at}`)
    }
    await model.dispose()
  })
}

test('the results of a divided request are joined only if their dimensions are equal', () =>
  withModel(async model => {
    const growing: Model = {
      ...model,
      score: batch => {
        const width = batch.length
        const values = new Float64Array(batch.length * width)
        const outputs = [{ name: 'y', kind: 'number', width, shape: [width], values }] as const
        return { length: batch.length, score: new Float64Array(batch.length), labels: undefined, noResult: undefined, outputs }
      },
    }
    const batcher = new ModelBatcher(growing, 2)
    assert.equal((await batcher.score(rows(4))).outputs[0]?.shape, [2])
    const error = (await batcher.score(rows(3)).catch((thrown: unknown) => thrown)) as SluiceError
    assert.equal([error.code, error.message.slice(0, 38)], ['MODEL_FAILED', 'output y does not have the same dimens'])
  }))

test.run()
