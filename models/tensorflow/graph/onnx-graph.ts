import {
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  attributeType,
  modelProto,
} from '../../onnx/proto/index.ts'
import { type Constant, numberConstant } from './constant.ts'
import { type ElementType, isFloat, onnxTypeOf } from './element-type.ts'
import { type Dim, type Shape, type Tensor, knownOf } from './tensor.ts'

/** An attribute's value: numbers are floats, bigints whole numbers; a list is of one kind. */
export type Attribute = number | bigint | string | readonly (number | bigint | string)[]
export type Attributes = Readonly<Record<string, Attribute | undefined>>

/** The output of an ONNX node: its type and shape, and its values as far as they are known. */
export interface Given {
  readonly type: ElementType
  readonly shape: Shape
  readonly known?: readonly Dim[] | undefined
}

const opset = 19
const irVersion = 9

/** The types that ONNX Runtime's Where does not know, and those that hold the same values. */
const chosenAs: Readonly<Partial<Record<ElementType, ElementType>>> = {
  bool: 'uint8',
  int8: 'int32',
  int16: 'int32',
  uint16: 'int32',
  uint32: 'int64',
  float16: 'float32',
  bfloat16: 'float32',
}

/** An ONNX graph that is being built, node after node. What no output needs is not written. */
export class OnnxGraph {
  /** The TensorFlow node that ONNX nodes are named after, for error messages. */
  origin = ''
  readonly #nodes: NodeProto[] = []
  readonly #initializers: TensorProto[] = []
  readonly #inputs: ValueInfoProto[] = []
  #names = 0
  #usesMl = false

  input(name: string, given: Given): Tensor {
    this.#inputs.push(valueInfo(name, given))
    return { ...given, name }
  }

  /** Adds a node of one output. */
  add(operator: string, inputs: readonly (Tensor | undefined)[], given: Given, attributes: Attributes = {}): Tensor {
    const chosen = operator === 'Where' ? chosenAs[given.type] : undefined
    if (chosen !== undefined) {
      const [condition, ...sides] = inputs as readonly Tensor[]
      const cast = sides.map(side => this.cast(side, chosen))
      return this.cast(this.add('Where', [condition, ...cast], { ...given, type: chosen }), given.type)
    }
    return this.addMany(operator, inputs, [given], attributes)[0] as Tensor
  }

  addMany(operator: string, inputs: readonly (Tensor | undefined)[], givens: readonly Given[], attributes: Attributes = {}): Tensor[] {
    const [domain, operatorName] = operator.startsWith('ml.') ? ['ai.onnx.ml', operator.slice(3)] : ['', operator]
    if (domain !== '') this.#usesMl = true
    const outputs = givens.map(given => ({ ...given, name: this.#newName() }))
    this.#nodes.push({
      op_type: operatorName,
      name: `${this.origin}~${this.#nodes.length}`,
      input: inputs.map(tensor => (tensor === undefined ? '' : this.nameOf(tensor))),
      output: outputs.map(({ name }) => name),
      attribute: Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [attributeOf(name, value)])),
      ...(domain === '' ? {} : { domain }),
    })
    return outputs
  }

  constant(constant: Constant): Tensor {
    return { type: constant.type, shape: constant.dims, constant }
  }

  numbers(type: ElementType, dims: readonly number[], values: readonly (number | bigint)[]): Tensor {
    return this.constant(numberConstant(type, dims, values))
  }

  /** A single number of a type, without dimensions. */
  scalar(type: ElementType, value: number): Tensor {
    return this.numbers(type, [], [value])
  }

  /** A list of whole numbers for inputs that say axes, sizes and the like. */
  ints(values: readonly number[]): Tensor {
    return this.numbers('int64', [values.length], values)
  }

  /** The same values as int64: ONNX has no other type for shapes and indices. */
  int64(tensor: Tensor): Tensor {
    if (tensor.type === 'int64') return tensor
    const values = knownOf(tensor)
    if (tensor.constant !== undefined && values !== undefined) {
      return this.numbers('int64', tensor.constant.dims, values as number[])
    }
    if (tensor.int64Name !== undefined) return { ...tensor, type: 'int64', name: tensor.int64Name }
    const cast = this.cast(tensor, 'int64')
    tensor.int64Name = cast.name as string
    return cast
  }

  cast(tensor: Tensor, type: ElementType): Tensor {
    if (tensor.type === type) return tensor
    const known = isFloat(tensor.type) === isFloat(type) ? tensor.known : undefined
    return this.add('Cast', [tensor], { type, shape: tensor.shape, known }, { to: BigInt(onnxTypeOf(type)) })
  }

  /** Its name in the graph; a constant is written when it is first asked for. */
  nameOf(tensor: Tensor): string {
    if (tensor.name === undefined) {
      if (tensor.constant === undefined) throw new Error(`its input is a ${tensor.type} that only the compiler holds`)
      tensor.name = this.#newName()
      this.#initializers.push(tensorProto(tensor.name, tensor.constant))
    }
    return tensor.name
  }

  /** The model's bytes, with outputs of these names. */
  finish(outputs: ReadonlyMap<string, Tensor>): Uint8Array {
    const nodes = this.#needed(this.#nameOutputs(outputs), outputs.keys())
    const used = new Set(nodes.flatMap(node => node.input ?? []))
    return modelProto.encode({
      ir_version: irVersion,
      producer_name: 'sluice',
      opset_import: [{ domain: '', version: opset }, ...(this.#usesMl ? [{ domain: 'ai.onnx.ml', version: 3 }] : [])],
      graph: {
        name: 'tensorflow',
        node: nodes,
        initializer: this.#initializers.filter(({ name }) => used.has(name ?? '')),
        input: this.#inputs.filter(({ name }) => used.has(name ?? '')),
        output: [...outputs].map(([name, tensor]) => valueInfo(name, tensor)),
      },
    })
  }

  #newName(): string {
    return `~${this.#names++}`
  }

  /** What a node gives takes the output's name; what is an input, a constant or another output already gets an Identity. */
  #nameOutputs(outputs: ReadonlyMap<string, Tensor>): NodeProto[] {
    const made = new Set(this.#nodes.flatMap(node => node.output ?? []))
    const renamed = new Map<string, string>()
    const copies: NodeProto[] = []
    for (const [name, tensor] of outputs) {
      const own = this.nameOf(tensor)
      if (made.has(own) && !renamed.has(own)) renamed.set(own, name)
      else copies.push({ op_type: 'Identity', name, input: [own], output: [name] })
    }
    const rename = (names: readonly string[] = []): string[] => names.map(name => renamed.get(name) ?? name)
    return [...this.#nodes, ...copies].map(node => ({ ...node, input: rename(node.input), output: rename(node.output) }))
  }

  #needed(nodes: readonly NodeProto[], outputs: Iterable<string>): NodeProto[] {
    const wanted = new Set(outputs)
    const kept = nodes.toReversed().filter(node => {
      if (!(node.output ?? []).some(name => wanted.has(name))) return false
      for (const name of node.input ?? []) wanted.add(name)
      return true
    })
    return kept.reverse()
  }
}

function attributeOf(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number') return { name, type: attributeType.float, f: value }
  if (typeof value === 'bigint') return { name, type: attributeType.int, i: Number(value) }
  if (typeof value === 'string') return { name, type: attributeType.string, s: Buffer.from(value) }
  const [first] = value
  if (typeof first === 'string') return { name, type: attributeType.strings, strings: value.map(text => Buffer.from(text as string)) }
  if (typeof first === 'number') return { name, type: attributeType.floats, floats: value as readonly number[] as number[] }
  return { name, type: attributeType.ints, ints: value.map(Number) }
}

function tensorProto(name: string, { type, dims, bytes, texts }: Constant): TensorProto {
  const common = { name, dims: [...dims], data_type: onnxTypeOf(type) }
  return texts === undefined ? { ...common, raw_data: bytes } : { ...common, string_data: [...texts] }
}

function valueInfo(name: string, { type, shape }: Given): ValueInfoProto {
  const dim = shape?.map(size => (typeof size === 'number' ? { dim_value: size } : size === 'N' ? { dim_param: 'N' } : {}))
  return { name, type: { tensor_type: { elem_type: onnxTypeOf(type), ...(dim === undefined ? {} : { shape: { dim } }) } } }
}
