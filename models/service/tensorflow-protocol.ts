import { SluiceError } from '../../base/index.ts'
import type { ModelInput } from '../model.ts'
import { type FilledTensor, type ServiceProtocol, type ServiceTensor, serviceTensor } from './service-tensor.ts'

const types: Readonly<Record<string, ModelInput['type']>> = {
  DT_FLOAT: 'float32',
  DT_DOUBLE: 'float64',
  DT_HALF: 'float32',
  DT_BFLOAT16: 'float32',
  DT_INT8: 'int32',
  DT_UINT8: 'int32',
  DT_INT16: 'int32',
  DT_UINT16: 'int32',
  DT_INT32: 'int32',
  DT_UINT32: 'int64',
  DT_INT64: 'int64',
  DT_UINT64: 'int64',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
}

interface TensorInfoJson {
  readonly dtype?: string
  readonly tensor_shape?: { readonly dim?: readonly { readonly size?: string | number }[]; readonly unknown_rank?: boolean }
}

interface SignatureJson {
  readonly inputs?: Readonly<Record<string, TensorInfoJson>>
  readonly outputs?: Readonly<Record<string, TensorInfoJson>>
}

type Signatures = Readonly<Record<string, SignatureJson>>

/** TensorFlow Serving's REST: tensors are nested lists by name. NaN and the infinities are bare words. */
export const tensorflowProtocol: ServiceProtocol = {
  paths: { metadata: '/metadata', score: ':predict' },
  nan: 'NaN',
  infinity: 'Infinity',
  signatureOf(metadata) {
    const [name, signature] = chooseSignature(metadata)
    return { name, inputs: tensorsOf(signature.inputs, 'input'), outputs: tensorsOf(signature.outputs, 'output') }
  },
  requestOf({ name }, inputs) {
    const tensors = inputs.map(filled => `${JSON.stringify(filled.tensor.name)}:${nested(filled)}`)
    return `{"signature_name":${JSON.stringify(name)},"inputs":{${tensors.join(',')}}}`
  },
  answerOf(answer, { outputs }) {
    const given = (answer as { outputs?: unknown } | null)?.outputs
    // For a model with one output, the server omits the name.
    if (Array.isArray(given)) return new Map([[outputs[0]?.name ?? '', given]])
    return new Map(Object.entries((given ?? {}) as Record<string, unknown>))
  },
}

/** Returns `serving_default`, otherwise the first signature that is not an initialisation. */
function chooseSignature(metadata: unknown): readonly [string, SignatureJson] {
  const { metadata: inner } = (metadata ?? {}) as { metadata?: { signature_def?: { signature_def?: Signatures } } }
  const signatures = inner?.signature_def?.signature_def ?? {}
  const names = Object.keys(signatures).filter(name => !name.startsWith('__'))
  const name = names.includes('serving_default') ? 'serving_default' : names[0]
  if (name !== undefined) return [name, signatures[name] as SignatureJson]
  throw new SluiceError('MODEL_LOAD_FAILED', 'the model server does not report a signature of the model; its metadata must have one')
}

function tensorsOf(given: SignatureJson['inputs'], role: 'input' | 'output'): ServiceTensor[] {
  const tensors = Object.entries(given ?? {}).map(([name, { dtype = '', tensor_shape: shape }]) => {
    const type = types[dtype]
    if (type === undefined) throw new SluiceError('MODEL_LOAD_FAILED', `${role} ${name} of the model server is of type ${dtype || 'none'}`)
    const dims = shape === undefined || shape.unknown_rank === true ? undefined : (shape.dim ?? []).map(({ size }) => Number(size ?? -1))
    return serviceTensor({ name, type, datatype: dtype }, dims, role)
  })
  if (tensors.length > 0) return tensors
  throw new SluiceError('MODEL_LOAD_FAILED', `the signature that the model server reports has no ${role}s`)
}

/** Writes nested lists, as deep as the tensor's shape. */
function nested({ tensor: { record = [undefined] }, width, values }: FilledTensor): string {
  const known = record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
  let level: readonly string[] = values
  for (let at = record.length - 1; at >= 0; at--) level = grouped(level, record[at] ?? width / known)
  return `[${level.join(',')}]`
}

function grouped(items: readonly string[], size: number): string[] {
  return Array.from({ length: items.length / size }, (_, at) => `[${items.slice(at * size, (at + 1) * size).join(',')}]`)
}
