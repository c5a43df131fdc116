import { normalNumbers } from '../../examples/wine/index.ts'
import { type AttrValue, type NodeDef, graphDef } from '../../models/tensorflow/graph/index.ts'

const float: AttrValue = { type: 1 }

/** A frozen TensorFlow graph of 16 nodes: three dense layers, 11 → 12 → 12 → 9, with random weights. */
export function wineGraph(): Uint8Array {
  const normal = normalNumbers(5)
  const layer = (name: string, input: string, [rows, columns]: readonly [number, number], activation: string): NodeDef[] => [
    constant(`${name}/kernel`, [rows, columns], normal),
    constant(`${name}/bias`, [columns], normal),
    { name: `${name}/MatMul`, op: 'MatMul', input: [input, `${name}/kernel`], attr: { T: float } },
    { name: `${name}/BiasAdd`, op: 'BiasAdd', input: [`${name}/MatMul`, `${name}/bias`], attr: { T: float } },
    { name: `${name}/${activation}`, op: activation, input: [`${name}/BiasAdd`], attr: { T: float } },
  ]
  return graphDef.encode({
    node: [
      { name: 'features', op: 'Placeholder', attr: { dtype: float, shape: { shape: { dim: [{ size: -1 }, { size: 11 }] } } } },
      ...layer('dense_1', 'features', [11, 12], 'Relu'),
      ...layer('dense_2', 'dense_1/Relu', [12, 12], 'Relu'),
      ...layer('dense_3', 'dense_2/Relu', [12, 9], 'Sigmoid'),
    ],
  })
}

function constant(name: string, shape: readonly number[], normal: () => number): NodeDef {
  const count = shape.reduce((product, size) => product * size, 1)
  const tensor = {
    dtype: 1,
    tensor_shape: { dim: shape.map(size => ({ size })) },
    float_val: Array.from({ length: count }, () => 0.1 * normal()),
  }
  return { name, op: 'Const', attr: { dtype: float, value: { tensor } } }
}
