import { parseSchema } from '../../../records/index.ts'
import type { Dimension, Int64 } from './onnx-schema.ts'

export interface TensorOutline {
  readonly dims?: readonly Int64[]
  readonly data_type?: number
  readonly int64_data?: readonly Int64[]
  readonly name?: string
  readonly raw_data?: Uint8Array
}

export interface AttributeOutline {
  readonly name?: string
  readonly i?: Int64
  readonly t?: TensorOutline
  readonly g?: GraphOutline
  readonly ints?: readonly Int64[]
  readonly strings?: readonly Uint8Array[]
}

export interface NodeOutline {
  readonly input?: readonly string[]
  readonly output?: readonly string[]
  readonly name?: string
  readonly op_type?: string
  /** Not decoded, because decoding those of a large forest takes long. */
  readonly attribute?: readonly Uint8Array[]
  readonly domain?: string
}

export interface ValueOutline {
  readonly name?: string
  readonly type?: { readonly tensor_type?: { readonly elem_type?: number; readonly shape?: { readonly dim?: readonly Dimension[] } } }
}

export interface GraphOutline {
  readonly node?: readonly NodeOutline[]
  readonly initializer?: readonly TensorOutline[]
  readonly input?: readonly ValueOutline[]
  readonly output?: readonly ValueOutline[]
}

/** A function that the model defines and nodes call like an operator. */
export interface FunctionOutline {
  readonly name?: string
  readonly input?: readonly string[]
  readonly output?: readonly string[]
  readonly node?: readonly NodeOutline[]
  readonly domain?: string
}

export interface GraphModel {
  readonly graph?: GraphOutline
  readonly opset_import?: readonly { readonly domain?: string; readonly version?: Int64 }[]
  readonly functions?: readonly FunctionOutline[]
}

/** An outline of a graph: its nodes, without weights. Bytes are views of the model's bytes. */
const schema = parseSchema(`syntax = "proto2";
  message GraphModel {
    optional Graph graph = 7;
    repeated OperatorSetId opset_import = 8;
    repeated Function functions = 25;
  }
  message OperatorSetId { optional string domain = 1; optional int64 version = 2; }
  message Graph {
    repeated Node node = 1;
    repeated Tensor initializer = 5;
    repeated Value input = 11;
    repeated Value output = 12;
  }
  message Function {
    optional string name = 1;
    repeated string input = 4;
    repeated string output = 5;
    repeated Node node = 7;
    optional string domain = 10;
  }
  message Node {
    repeated string input = 1;
    repeated string output = 2;
    optional string name = 3;
    optional string op_type = 4;
    repeated bytes attribute = 5;
    optional string domain = 7;
  }
  message Attribute {
    optional string name = 1;
    optional int64 i = 3;
    optional Tensor t = 5;
    optional Graph g = 6;
    repeated int64 ints = 8;
    repeated bytes strings = 9;
  }
  message Tensor {
    repeated int64 dims = 1;
    optional int32 data_type = 2;
    repeated int64 int64_data = 7 [packed = true];
    optional string name = 8;
    optional bytes raw_data = 9;
  }
  message Value { optional string name = 1; optional Type type = 2; }
  message Type { optional TensorType tensor_type = 1; }
  message TensorType { optional int32 elem_type = 1; optional TensorShape shape = 2; }
  message TensorShape { repeated Dimension dim = 1; }
  message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }`)

const model = schema.message<GraphModel>('GraphModel')
const attribute = schema.message<AttributeOutline>('Attribute')

/** Decodes the outline; undefined: the bytes are not an ONNX model, for which ONNX Runtime reports the error. */
export function graphModel(bytes: Uint8Array): GraphModel | undefined {
  try {
    return model.decode(bytes)
  } catch {
    return undefined
  }
}

/** A node's attributes by name. */
export class Attributes {
  readonly #byName: ReadonlyMap<string, AttributeOutline>

  constructor({ attribute: encoded = [] }: NodeOutline) {
    const decoded = encoded.map(bytes => attribute.decode(bytes))
    this.#byName = new Map(decoded.map(each => [each.name ?? '', each]))
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  int(name: string, other: number): number {
    const { i } = this.#byName.get(name) ?? {}
    return i === undefined || i === null ? other : Number(i)
  }

  ints(name: string): readonly number[] | undefined {
    return this.#byName.get(name)?.ints?.map(Number)
  }

  strings(name: string): readonly Uint8Array[] | undefined {
    return this.#byName.get(name)?.strings
  }

  graph(name: string): GraphOutline | undefined {
    return this.#byName.get(name)?.g ?? undefined
  }

  tensor(name: string): TensorOutline | undefined {
    return this.#byName.get(name)?.t ?? undefined
  }
}

const int64 = 7
const mostValues = 64

/** The values of a small tensor of whole numbers; undefined for others. */
export function wholeValues({ dims = [], data_type, int64_data = [], raw_data }: TensorOutline): readonly number[] | undefined {
  const count = dims.reduce<number>((product, dim) => product * Number(dim), 1)
  if (data_type !== int64 || count > mostValues) return undefined
  if (int64_data.length > 0) return int64_data.map(Number)
  if (raw_data === undefined || raw_data.length !== count * 8) return count === 0 ? [] : undefined
  const view = new DataView(raw_data.buffer, raw_data.byteOffset, raw_data.length)
  return Array.from({ length: count }, (_, at) => Number(view.getBigInt64(at * 8, true)))
}
