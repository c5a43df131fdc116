import { asBuffer } from '../../../records/index.ts'
import { SluiceError } from '../../../base/index.ts'
import { type Constant, constantOf } from './constant.ts'
import { type ElementType, elementTypeOf } from './element-type.ts'
import type { OnnxGraph } from './onnx-graph.ts'
import { type Dim, type Tensor, axisOf, knownOf } from './tensor.ts'
import type { AttrValue, NodeDef, TensorShapeProto } from './tf-schema.ts'

/** How an op becomes ONNX nodes: its outputs in TensorFlow's order. */
export type Rule = (op: Op) => Tensor | readonly Tensor[]
export type RuleTable = Readonly<Record<string, Rule>>

/** What rules may ask the graph around an op. */
export interface Surroundings {
  readonly graph: OnnxGraph
  /** Compiles a function of the graph's library in place of the op. */
  call(name: string, inputs: readonly Tensor[]): readonly Tensor[]
  /** The value of a variable, by the node that makes it; undefined: it has none. */
  variable(node: string): Tensor | undefined
  /** The keys and values of a static table. */
  table(node: string): { readonly keys: Constant; readonly values: Constant } | undefined
}

/** A TensorFlow node with its inputs compiled: what a rule works on. */
export class Op {
  readonly node: NodeDef
  readonly name: string
  readonly inputs: readonly Tensor[]
  readonly graph: OnnxGraph
  readonly around: Surroundings

  constructor(node: NodeDef, inputs: readonly Tensor[], around: Surroundings) {
    this.node = node
    this.name = node.name ?? ''
    this.inputs = inputs
    this.graph = around.graph
    this.around = around
  }

  /** Throws MODEL_LOAD_FAILED, naming op and node. */
  fail(what: string): never {
    throw opError(this.node, what)
  }

  input(at: number): Tensor {
    return this.inputs[at] ?? this.fail(`has ${this.inputs.length} inputs`)
  }

  /** The number of dimensions of an input, which some ops cannot be compiled without. */
  rank(at: number): number {
    return this.input(at).shape?.length ?? this.fail(`needs the number of dimensions of its input ${at}, which is not known`)
  }

  /** An input's dimension that must be a number. */
  dim(at: number, axis: number): number {
    const dim = this.input(at).shape?.[axisOf(axis, this.rank(at))]
    return typeof dim === 'number' ? dim : this.fail(`needs dimension ${axis} of its input ${at}, which is not known`)
  }

  /** Values of an input that must be known when the graph is compiled. */
  numbers(at: number): readonly number[] {
    const values = knownOf(this.input(at))
    if (values?.every(value => typeof value === 'number') === true) return values
    return this.fail(`needs its input ${at} to be constant`)
  }

  number(at: number): number {
    return this.numbers(at)[0] ?? this.fail(`needs a value in its input ${at}`)
  }

  /** Values of an input as far as they are known. */
  partial(at: number): readonly Dim[] | undefined {
    return knownOf(this.input(at))
  }

  /** Axes that an input holds, counted from the front. */
  axes(at: number, rank: number): number[] {
    return this.numbers(at).map(axis => axisOf(axis, rank))
  }

  int(name: string, fallback: number): number {
    const value = this.#attribute(name)
    return value === undefined ? fallback : Number(value.i ?? 0)
  }

  float(name: string, fallback: number): number {
    return this.#attribute(name)?.f ?? fallback
  }

  flag(name: string, fallback = false): boolean {
    return this.#attribute(name)?.b ?? fallback
  }

  text(name: string, fallback: string): string {
    const value = this.#attribute(name)?.s
    return value === undefined ? fallback : asBuffer(value).toString('utf8')
  }

  ints(name: string, fallback: readonly number[]): number[] {
    const list = this.#attribute(name)?.list?.i
    return list === undefined || list.length === 0 ? [...fallback] : list.map(Number)
  }

  floats(name: string): number[] {
    return this.#attribute(name)?.list?.f ?? []
  }

  type(name: string, fallback: ElementType): ElementType {
    const value = this.#attribute(name)
    if (value === undefined) return fallback
    return elementTypeOf(value.type) ?? this.fail(`is of TensorFlow’s type ${value.type}, which is not supported`)
  }

  types(name: string): number[] {
    return this.#attribute(name)?.list?.type ?? []
  }

  shapeAttribute(name: string): TensorShapeProto | undefined {
    return this.#attribute(name)?.shape ?? undefined
  }

  tensor(name: string): Constant {
    const proto = this.#attribute(name)?.tensor
    if (proto === undefined || proto === null) return this.fail(`has no ${name}`)
    try {
      return constantOf(proto)
    } catch (error) {
      throw opError(this.node, `holds ${(error as Error).message}`, error)
    }
  }

  functionName(name: string): string {
    return this.#attribute(name)?.func?.name ?? this.fail(`names no function as its ${name}`)
  }

  #attribute(name: string): AttrValue | undefined {
    const { attr } = this.node
    return attr !== undefined && Object.hasOwn(attr, name) ? attr[name] : undefined
  }
}

/** The error for a node. */
export function opError({ op, name }: NodeDef, what: string, cause?: unknown): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the TensorFlow op ${op} (node ${name}) ${what}`, { cause })
}
