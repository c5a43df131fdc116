import { parseSchema } from '../../../records/index.ts'
import type { Int64 } from '../../onnx/proto/index.ts'

export interface TensorShapeProto {
  dim?: { size?: Int64; name?: string }[]
  unknown_rank?: boolean
}

export interface TensorProto {
  dtype?: number
  tensor_shape?: TensorShapeProto | null
  tensor_content?: Uint8Array
  float_val?: number[]
  double_val?: number[]
  int_val?: number[]
  string_val?: Uint8Array[]
  int64_val?: Int64[]
  bool_val?: boolean[]
  half_val?: number[]
  uint32_val?: number[]
  uint64_val?: Int64[]
}

export interface AttrValue {
  list?: { s?: Uint8Array[]; i?: Int64[]; f?: number[]; b?: boolean[]; type?: number[]; shape?: TensorShapeProto[] } | null
  s?: Uint8Array
  i?: Int64
  f?: number
  b?: boolean
  type?: number
  shape?: TensorShapeProto | null
  tensor?: TensorProto | null
  func?: { name?: string; attr?: Record<string, AttrValue> } | null
}

export interface NodeDef {
  name?: string
  op?: string
  input?: string[]
  attr?: Record<string, AttrValue>
}

export interface ArgDef {
  name?: string
  type?: number
}

export interface FunctionDef {
  signature?: { name?: string; input_arg?: ArgDef[]; output_arg?: ArgDef[] } | null
  node_def?: NodeDef[]
  ret?: Record<string, string>
}

export interface GraphDef {
  node?: NodeDef[]
  library?: { function?: FunctionDef[] } | null
}

export interface TensorInfo {
  name?: string
  dtype?: number
  tensor_shape?: TensorShapeProto | null
}

export interface SignatureDef {
  inputs?: Record<string, TensorInfo>
  outputs?: Record<string, TensorInfo>
}

export interface MetaGraphDef {
  meta_info_def?: { tags?: string[] } | null
  graph_def?: GraphDef | null
  signature_def?: Record<string, SignatureDef>
  asset_file_def?: { tensor_info?: TensorInfo | null; filename?: string }[]
}

export interface SavedModel {
  meta_graphs?: MetaGraphDef[]
}

export interface TensorSlice {
  extent?: { start?: Int64; length?: Int64 }[]
}

export interface BundleEntry {
  dtype?: number
  shape?: TensorShapeProto | null
  shard_id?: number
  offset?: Int64
  size?: Int64
  slices?: TensorSlice[]
}

export interface BundleHeader {
  num_shards?: number
  endianness?: number
}

export interface CheckpointObjects {
  nodes?: { attributes?: { name?: string; full_name?: string; checkpoint_key?: string }[] }[]
}

/** The part of TensorFlow's schema that says what a graph computes: its field numbers are TensorFlow's. */
const schema = parseSchema(`syntax = "proto3";
  message Shape { message Dim { int64 size = 1; string name = 2; } repeated Dim dim = 2; bool unknown_rank = 3; }
  message Tensor {
    int32 dtype = 1;
    Shape tensor_shape = 2;
    bytes tensor_content = 4;
    repeated float float_val = 5;
    repeated double double_val = 6;
    repeated int32 int_val = 7;
    repeated bytes string_val = 8;
    repeated int64 int64_val = 10;
    repeated bool bool_val = 11;
    repeated int32 half_val = 13;
    repeated uint32 uint32_val = 16;
    repeated uint64 uint64_val = 17;
  }
  message AttrList {
    repeated bytes s = 2;
    repeated int64 i = 3;
    repeated float f = 4;
    repeated bool b = 5;
    repeated int32 type = 6;
    repeated Shape shape = 7;
  }
  message Func { string name = 1; map<string, Attr> attr = 2; }
  message Attr {
    AttrList list = 1;
    bytes s = 2;
    int64 i = 3;
    float f = 4;
    bool b = 5;
    int32 type = 6;
    Shape shape = 7;
    Tensor tensor = 8;
    Func func = 10;
  }
  message Node { string name = 1; string op = 2; repeated string input = 3; map<string, Attr> attr = 5; }
  message Arg { string name = 1; int32 type = 3; }
  message Op { string name = 1; repeated Arg input_arg = 2; repeated Arg output_arg = 3; }
  message Function { Op signature = 1; repeated Node node_def = 3; map<string, string> ret = 4; }
  message Library { repeated Function function = 1; }
  message Graph { repeated Node node = 1; Library library = 2; }
  message TensorInfo { string name = 1; int32 dtype = 2; Shape tensor_shape = 3; }
  message Signature { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; }
  message MetaInfo { repeated string tags = 4; }
  message Asset { TensorInfo tensor_info = 1; string filename = 2; }
  message MetaGraph {
    MetaInfo meta_info_def = 1;
    Graph graph_def = 2;
    map<string, Signature> signature_def = 5;
    repeated Asset asset_file_def = 6;
  }
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraph meta_graphs = 2; }

  message Slice { message Extent { int64 start = 1; optional int64 length = 2; } repeated Extent extent = 1; }
  message BundleHeader { int32 num_shards = 1; int32 endianness = 2; }
  message BundleEntry {
    int32 dtype = 1;
    Shape shape = 2;
    int32 shard_id = 3;
    int64 offset = 4;
    int64 size = 5;
    repeated Slice slices = 7;
  }
  message CheckpointAttribute { string name = 1; string full_name = 2; string checkpoint_key = 3; }
  message CheckpointNode { repeated CheckpointAttribute attributes = 2; }
  message CheckpointObjects { repeated CheckpointNode nodes = 1; }`)

export const graphDef = schema.message<GraphDef>('Graph')
export const savedModel = schema.message<SavedModel>('SavedModel')
export const bundleHeader = schema.message<BundleHeader>('BundleHeader')
export const bundleEntry = schema.message<BundleEntry>('BundleEntry')
export const checkpointObjects = schema.message<CheckpointObjects>('CheckpointObjects')
