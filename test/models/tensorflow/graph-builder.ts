import { type AttrValue, type FunctionDef, type NodeDef, type TensorProto, graphDef } from '../../../models/tensorflow/graph/tf-schema.ts'

/** TensorFlow's numbers of the types that tests use. */
export const dataType = { float32: 1, float64: 2, int32: 3, uint8: 4, string: 7, int64: 9, bool: 10 } as const
export type DataType = keyof typeof dataType

/** A node of a GraphDef. */
export function node(op: string, name: string, input: readonly string[] = [], attr: Record<string, AttrValue> = {}): NodeDef {
  return { op, name, input: [...input], attr }
}

/** An input; -1 is an open dimension, no dimensions at all a placeholder that declares no shape. */
export function placeholder(name: string, dims?: readonly number[], type: DataType = 'float32'): NodeDef {
  const shape = dims === undefined ? {} : { shape: { shape: { dim: dims.map(size => ({ size })) } } }
  return node('Placeholder', name, [], { dtype: { type: dataType[type] }, ...shape })
}

export function constant(name: string, dims: readonly number[], values: readonly (number | string)[], type: DataType = 'float32'): NodeDef {
  return node('Const', name, [], { dtype: { type: dataType[type] }, value: { tensor: tensorProto(dims, values, type) } })
}

export function tensorProto(dims: readonly number[], values: readonly (number | string)[], type: DataType = 'float32'): TensorProto {
  const numbers = values as readonly number[]
  const held: Record<DataType, TensorProto> = {
    float32: { float_val: [...numbers] },
    float64: { double_val: [...numbers] },
    int32: { int_val: [...numbers] },
    uint8: { int_val: [...numbers] },
    int64: { int64_val: [...numbers] },
    bool: { bool_val: numbers.map(Boolean) },
    string: { string_val: values.map(value => Buffer.from(String(value))) },
  }
  return { dtype: dataType[type], tensor_shape: { dim: dims.map(size => ({ size })) }, ...held[type] }
}

export function graph(nodes: readonly NodeDef[], functions: readonly FunctionDef[] = []): Uint8Array {
  return graphDef.encode({ node: [...nodes], library: { function: [...functions] } })
}

/** A function of a graph's library; `results` say which node's output each of its results is. */
export function fn(name: string, args: readonly string[], nodes: readonly NodeDef[], results: Record<string, string>): FunctionDef {
  return {
    signature: {
      name,
      input_arg: args.map(arg => ({ name: arg, type: 1 })),
      output_arg: Object.keys(results).map(each => ({ name: each, type: 1 })),
    },
    node_def: [...nodes],
    ret: results,
  }
}
