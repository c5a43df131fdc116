import { SluiceError } from '../../base/index.ts'
import type { ModelInput } from '../model.ts'
import { type ServiceProtocol, type ServiceTensor, serviceTensor } from './service-tensor.ts'

/** The protocol's names of the types. Half floats are sent as float32 values. */
const types: Readonly<Record<string, ModelInput['type']>> = {
  BOOL: 'bool',
  UINT8: 'int32',
  UINT16: 'int32',
  UINT32: 'int64',
  UINT64: 'int64',
  INT8: 'int32',
  INT16: 'int32',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float32',
  BF16: 'float32',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
}

interface TensorJson {
  readonly name?: unknown
  readonly datatype?: unknown
  readonly shape?: unknown
  readonly data?: unknown
}

/** The Open Inference Protocol V2 over REST: tensors are flat lists with their shapes. NaN is null; the infinities cannot be sent. */
export const oipProtocol: ServiceProtocol = {
  paths: { metadata: '', score: '/infer' },
  nan: 'null',
  infinity: undefined,
  signatureOf(metadata) {
    const { inputs, outputs } = (metadata ?? {}) as { inputs?: unknown; outputs?: unknown }
    return { name: '', inputs: tensorsOf(inputs, 'input'), outputs: tensorsOf(outputs, 'output') }
  },
  requestOf({ outputs }, inputs) {
    const tensors = inputs.map(({ tensor: { name, datatype, record = [undefined] }, rows, width, values }) => {
      const known = record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
      const shape = [rows, ...record.map(dim => dim ?? width / known)]
      return `{"name":${JSON.stringify(name)},"shape":[${shape.join(',')}],"datatype":"${datatype}","data":[${values.join(',')}]}`
    })
    return `{"inputs":[${tensors.join(',')}],"outputs":${JSON.stringify(outputs.map(({ name }) => ({ name })))}}`
  },
  answerOf(answer) {
    const { outputs } = (answer ?? {}) as { outputs?: unknown }
    return new Map(listOf(outputs).map(({ name, data }) => [String(name), data]))
  },
}

function tensorsOf(given: unknown, role: 'input' | 'output'): ServiceTensor[] {
  const tensors = listOf(given).map(({ name, datatype, shape }) => {
    const type = types[String(datatype)]
    if (typeof name !== 'string' || type === undefined || !Array.isArray(shape) || !shape.every(Number.isInteger))
      throw new SluiceError(
        'MODEL_LOAD_FAILED',
        `the model server describes an ${role} that cannot be used: ${describe({ name, datatype, shape })}`,
      )
    return serviceTensor({ name, type, datatype: String(datatype) }, shape as number[], role)
  })
  if (tensors.length > 0) return tensors
  throw new SluiceError('MODEL_LOAD_FAILED', `the model server does not report the model's ${role}s; its metadata must have them`)
}

function listOf(given: unknown): readonly TensorJson[] {
  return Array.isArray(given) ? given.filter((each): each is TensorJson => typeof each === 'object' && each !== null) : []
}

function describe(tensor: TensorJson): string {
  return JSON.stringify(tensor).slice(0, 200)
}
