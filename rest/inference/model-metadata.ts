import type { Model, ModelInput, ModelOutput } from '../../models/index.ts'
import { datatypeOf } from './datatypes.ts'

/** The names of model formats that clients of the protocol know. */
const platforms: Readonly<Record<string, readonly [platform: string, backend: string]>> = {
  ONNX: ['onnxruntime_onnx', 'onnxruntime'],
  TENSORFLOW: ['tensorflow_graphdef', 'tensorflow'],
  TENSORFLOWSAVED: ['tensorflow_savedmodel', 'tensorflow'],
}

/** The platform, inputs and outputs of a model in the format of the protocol; -1: a dimension of any size. */
export function modelMetadata({ format, inputs, outputs }: Pick<Model, 'format' | 'inputs' | 'outputs'>): {
  readonly platform: string
  readonly inputs: readonly unknown[]
  readonly outputs: readonly unknown[]
} {
  const [platform] = platformOf(format)
  return { platform, inputs: inputs.map(tensorMetadata), outputs: outputs.map(tensorMetadata) }
}

/** The configuration of a model in the format of the Triton Inference Server, with the fields that are known. */
export function modelConfig(
  name: string,
  { format, inputs, outputs }: Pick<Model, 'format' | 'inputs' | 'outputs'>,
  maxBatch: number,
): Readonly<Record<string, unknown>> {
  const [platform, backend] = platformOf(format)
  return {
    name,
    platform,
    backend,
    version_policy: { all: {} },
    max_batch_size: maxBatch,
    input: inputs.map(input => ({
      ...tensorConfig(input),
      format: 'FORMAT_NONE',
      is_shape_tensor: false,
      allow_ragged_batch: false,
      optional: !input.required,
    })),
    output: outputs.map(output => ({ ...tensorConfig(output), label_filename: '', is_shape_tensor: false })),
    dynamic_batching: { preferred_batch_size: [], max_queue_delay_microseconds: 0 },
    parameters: {},
  }
}

function platformOf(format: string): readonly [platform: string, backend: string] {
  return platforms[format] ?? [`sluice_${format.toLowerCase()}`, 'sluice']
}

function tensorMetadata(tensor: ModelInput | ModelOutput): unknown {
  return { name: tensor.name, datatype: datatypeOf[tensor.type], shape: [-1, ...dimsOf(tensor)] }
}

/** Triton requires at least one dimension besides that of the rows: a tensor without one is described as reshaped from [1]. */
function tensorConfig(tensor: ModelInput | ModelOutput): Readonly<Record<string, unknown>> {
  const dims = dimsOf(tensor)
  const datatype = datatypeOf[tensor.type]
  const head = { name: tensor.name, data_type: `TYPE_${datatype === 'BYTES' ? 'STRING' : datatype}` }
  return dims.length === 0 ? { ...head, dims: [1], reshape: { shape: [] } } : { ...head, dims }
}

function dimsOf({ width, shape = [width] }: ModelInput | ModelOutput): readonly number[] {
  return shape.map(dim => dim ?? -1)
}
