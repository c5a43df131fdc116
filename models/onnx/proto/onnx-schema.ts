import { parseSchema } from '../../../records/index.ts'

/** An int64 of a decoded message: a number, or a Long when it is large. */
export type Int64 = number | { toString(): string; toNumber(): number }

export interface TensorProto {
  dims?: Int64[]
  data_type?: number
  float_data?: number[]
  int64_data?: Int64[]
  name?: string
  string_data?: Uint8Array[]
  /** Little-endian values of any type but text. */
  raw_data?: Uint8Array
  /** 1: the values lie in another file. */
  data_location?: number
}

export interface AttributeProto {
  name?: string
  type?: number
  f?: number
  i?: Int64
  s?: Uint8Array
  floats?: number[]
  ints?: Int64[]
  strings?: Uint8Array[]
}

export interface NodeProto {
  input?: string[]
  output?: string[]
  name?: string
  op_type?: string
  attribute?: AttributeProto[]
  domain?: string
}

export interface Dimension {
  dim_value?: Int64
  dim_param?: string
}

export interface TypeProto {
  tensor_type?: { elem_type?: number; shape?: { dim?: Dimension[] } }
}

export interface ValueInfoProto {
  name?: string
  type?: TypeProto
}

export interface GraphProto {
  node?: NodeProto[]
  name?: string
  initializer?: TensorProto[]
  input?: ValueInfoProto[]
  output?: ValueInfoProto[]
}

export interface ModelProto {
  ir_version?: Int64
  producer_name?: string
  graph?: GraphProto
  opset_import?: { domain?: string; version?: Int64 }[]
}

/** The element types of ONNX that records and results can have. */
export const elementType = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
} as const

/** The attribute types of ONNX that are used to build graphs here. */
export const attributeType = { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const

/**
 * The part of ONNX's schema that is read or written here. Other parts of a model (weights of other types, subgraphs, metadata) are kept as
 * unknown fields.
 */
const schema = parseSchema(`syntax = "proto2";
  message ModelProto {
    optional int64 ir_version = 1;
    optional string producer_name = 2;
    optional GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
  }
  message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
  message GraphProto {
    repeated NodeProto node = 1;
    optional string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    optional string name = 3;
    optional string op_type = 4;
    repeated AttributeProto attribute = 5;
    optional string domain = 7;
  }
  message AttributeProto {
    optional string name = 1;
    optional float f = 2;
    optional int64 i = 3;
    optional bytes s = 4;
    repeated float floats = 7;
    repeated int64 ints = 8;
    repeated bytes strings = 9;
    optional int32 type = 20;
  }
  message TensorProto {
    repeated int64 dims = 1;
    optional int32 data_type = 2;
    repeated float float_data = 4 [packed = true];
    repeated bytes string_data = 6;
    repeated int64 int64_data = 7 [packed = true];
    optional string name = 8;
    optional bytes raw_data = 9;
    optional int32 data_location = 14;
  }
  message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
  message TypeProto { optional TensorTypeProto tensor_type = 1; }
  message TensorTypeProto { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
  message TensorShapeProto { repeated Dimension dim = 1; }
  message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }

  message ModelOutline { required int64 ir_version = 1; required bytes graph = 7; }`)

/** The whole model. */
export const modelProto = schema.message<ModelProto>('ModelProto')

/** The fields that distinguish an ONNX model from other bytes; the graph is not decoded. */
export const modelOutline = schema.message<{ ir_version: Int64; graph: Uint8Array }>('ModelOutline')
