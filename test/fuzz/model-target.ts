import { readFileSync } from 'node:fs'
import { defaultModelFactory, ModelGuard } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { endlessOnnx } from '../models/hostile-onnx.ts'
import { document, field, schema } from '../models/pmml/pmml-builder.ts'
import { constant, graph, node, placeholder } from '../models/tensorflow/graph-builder.ts'
import { archiveOf, signature } from '../models/tensorflow/saved-model-builder.ts'
import { ServingDriver, shiftedSum, wine } from '../serving/serving-driver.ts'
import { type FuzzKind, type FuzzTarget, type Outcome, refusal } from './fuzz-target.ts'
import { type Dice, type Mutate, mutateBytes, mutated, mutateProtobuf, mutateText } from './mutate.ts'

const { ModelType } = sluice.ModelDescriptor
const example = (name: string): Buffer => readFileSync(new URL(`../../examples/wine/${name}`, import.meta.url))

interface Seed {
  readonly bytes: Uint8Array
  readonly type: sluice.ModelDescriptor.ModelType
  readonly mutate: Mutate
}

const nodes = [
  placeholder('x', [-1, 11]),
  constant(
    'w',
    [11, 1],
    Array.from({ length: 11 }, () => 0.5),
  ),
  node('MatMul', 'product', ['x', 'w']),
  constant('zero', [1], [0]),
  node('Add', 'y', ['product', 'zero']),
]
const fields = ['alcohol', 'pH', 'y'].map(name => field(name))
const tree =
  '<Node score="5"><True/><Node score="6"><SimplePredicate field="alcohol" operator="greaterThan" value="10"/></Node><Node score="4"><SimplePredicate field="pH" operator="lessOrEqual" value="3"/></Node></Node>'
const table =
  '<RegressionTable intercept="1"><NumericPredictor name="alcohol" coefficient="0.5"/><NumericPredictor name="pH" coefficient="2" exponent="2"/></RegressionTable>'
const inputs = schema(['alcohol', 'pH'], 'y')

async function seedsOf(): Promise<readonly Seed[]> {
  const onnx = [example('wine-linear.onnx'), example('wine-mlp.onnx'), shiftedSum(1), endlessOnnx()]
  const pmml = [
    document(fields, `<TreeModel functionName="regression">${inputs}${tree}</TreeModel>`),
    document(fields, `<RegressionModel functionName="regression">${inputs}${table}</RegressionModel>`),
  ]
  const saved = await archiveOf({ nodes, signatures: { serving_default: signature({ x: ['x:0', [-1, 11]] }, { y: 'y:0' }) } })
  return [
    ...onnx.map(bytes => ({ bytes, type: ModelType.ONNX, mutate: mutateProtobuf })),
    ...pmml.map(text => ({ bytes: Buffer.from(text), type: ModelType.PMML, mutate: mutateText })),
    { bytes: graph(nodes), type: ModelType.TENSORFLOW, mutate: mutateProtobuf },
    { bytes: saved, type: ModelType.TENSORFLOWSAVED, mutate: mutateBytes },
  ]
}

/** Mutants of models of every format, and of the records that bring them. */
class ModelTarget implements FuzzTarget {
  readonly #serving: ServingDriver
  readonly #guard: ModelGuard
  readonly #seeds: readonly Seed[]
  #published = 0

  constructor(serving: ServingDriver, guard: ModelGuard, seeds: readonly Seed[]) {
    this.#serving = serving
    this.#guard = guard
    this.#seeds = seeds
  }

  async attack(dice: Dice): Promise<Outcome> {
    const seed = dice.of(this.#seeds)
    // The record itself is changed now and then; its name keeps the store from growing.
    const dataType = `bad ${this.#published++ % 20}`
    const data = mutated(seed.bytes, seed.mutate, dice)
    const plain = sluice.ModelDescriptor.encode({ name: 'm', dataType, modeltype: seed.type, data: Buffer.from(data) }).finish()
    const value = dice.below(4) === 0 ? mutated(plain, mutateProtobuf, dice) : plain
    await this.#serving.driver.pipe('models', { key: dataType, value })
    await this.#serving.send(wine(dataType, dice.of([0, 10, -1, 1e308, NaN])), wine('good', 10), wine(dataType, 10))
    const good = this.#serving.results().filter(result => result.dataType === 'good')
    if (good.length !== 1 || good[0]?.score !== 11) throw new Error(`another data type got ${JSON.stringify(good)}`)
    const [letter] = this.#serving.deadLetters()
    return letter === undefined ? 'taken' : refusal(letter.code, letter.message)
  }

  async close(): Promise<void> {
    await this.#serving.driver.close()
    this.#guard.close()
  }
}

export const models: FuzzKind = {
  mostMs: 60_000,
  open: async () => {
    const factory = defaultModelFactory()
    const guard = new ModelGuard({ factory, timeoutMs: 5000 })
    const serving = await ServingDriver.open({ factory, guard })
    await serving.publish({ dataType: 'good', bytes: shiftedSum(1) })
    return new ModelTarget(serving, guard, await seedsOf())
  },
}
