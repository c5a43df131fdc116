import type { JsonSchema } from '../http/index.ts'
import { datatypes } from './datatypes.ts'

/** Schemas of the requests and answers of the Open Inference Protocol, for /openapi.json. */
const text: JsonSchema = { type: 'string' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const datatype: JsonSchema = { enum: [...datatypes.keys()] }
const sha256: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' }

/** Schema of an object that has all of the properties and no others. */
function exactly(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

export const inferenceErrorSchema = exactly({ error: text })
export const serverMetadata = exactly({ name: text, version: text, extensions: { type: 'array', items: text } })
export const serverLive = exactly({ live: { const: true } })
export const serverReady = exactly({ ready: { const: true } })
export const serverNotReady: JsonSchema = { anyOf: [exactly({ ready: { const: false } }), inferenceErrorSchema] }
export const modelReady = exactly({ name: text, ready: { const: true } })

const tensorMetadata = exactly({
  name: text,
  datatype,
  shape: { type: 'array', items: { type: 'integer' }, description: '-1: any size' },
})

/** Those of a composite: which bytes each step is. */
const steps: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  [1, 2].flatMap(at => [
    [`step_${at}_name`, text],
    [`step_${at}_version`, text],
    [`step_${at}_sha256`, sha256],
  ]),
)

/** Schema of an object that has all of the properties, and may have those of a composite. */
function withSteps(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties: { ...properties, ...steps }, required: Object.keys(properties), additionalProperties: false }
}

export const modelMetadata = exactly({
  name: text,
  versions: { type: 'array', items: text },
  platform: text,
  inputs: { type: 'array', items: tensorMetadata },
  outputs: { type: 'array', items: tensorMetadata },
  parameters: withSteps({ name: text, version: text, sha256 }),
})

const dims: JsonSchema = {
  type: 'array',
  items: { type: 'integer' },
  minItems: 1,
  description: 'Without the dimension of the rows; -1: any size',
}
const tensorConfig = (more: Readonly<Record<string, JsonSchema>>): JsonSchema => {
  const properties = { name: text, data_type: { type: 'string', pattern: '^TYPE_' }, dims, ...more }
  const reshape = exactly({ shape: { type: 'array', maxItems: 0 } })
  return { ...exactly(properties), properties: { ...properties, reshape } }
}
const no: JsonSchema = { const: false }

export const modelConfig = exactly({
  name: text,
  platform: text,
  backend: text,
  version_policy: exactly({ all: exactly({}) }),
  max_batch_size: count,
  input: {
    type: 'array',
    items: tensorConfig({ format: text, is_shape_tensor: no, allow_ragged_batch: no, optional: { type: 'boolean' } }),
  },
  output: { type: 'array', items: tensorConfig({ label_filename: text, is_shape_tensor: no }) },
  dynamic_batching: exactly({ preferred_batch_size: { type: 'array', items: count }, max_queue_delay_microseconds: count }),
  parameters: exactly({}),
})

const duration = exactly({ count, ns: count })

export const modelStatistics = exactly({
  model_stats: {
    type: 'array',
    items: exactly({
      name: text,
      version: text,
      last_inference: { ...count, description: 'When a request was last answered, ms since the epoch; 0: never' },
      inference_count: count,
      execution_count: count,
      inference_stats: exactly({
        success: duration,
        fail: duration,
        queue: duration,
        compute_input: duration,
        compute_infer: duration,
        compute_output: duration,
        cache_hit: duration,
        cache_miss: duration,
      }),
      batch_stats: { type: 'array', maxItems: 0 },
    }),
  },
})

export const repositoryIndex: JsonSchema = {
  type: 'array',
  items: exactly({ name: text, version: text, state: { enum: ['READY', 'UNAVAILABLE'] }, reason: text }),
}

const input: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    datatype,
    shape: { type: 'array', items: count, minItems: 1, description: 'The first dimension is the number of rows' },
    data: { type: ['array', 'null'], description: 'Flat or nested; null is a missing value' },
    parameters: {
      type: ['object', 'null'],
      properties: {
        binary_data_size: {
          ...count,
          type: ['integer', 'null'],
          description: 'Instead of `data`: the size of the binary data after the JSON, in bytes',
        },
      },
    },
  },
  required: ['name', 'datatype', 'shape'],
}

const wantedOutput: JsonSchema = {
  type: 'object',
  properties: { name: text, parameters: { type: ['object', 'null'], properties: { binary_data: { type: ['boolean', 'null'] } } } },
  required: ['name'],
}

export const inferRequest: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: ['string', 'null'] },
    inputs: { type: 'array', items: input, minItems: 1 },
    outputs: { type: ['array', 'null'], items: wantedOutput },
    parameters: { type: ['object', 'null'], properties: { binary_data_output: { type: ['boolean', 'null'] } } },
  },
  required: ['inputs'],
}

const head = {
  name: text,
  datatype,
  shape: { type: 'array', items: count, minItems: 1, description: 'The first dimension is the number of rows' },
}

/** An answer that is only JSON, or the JSON before binary data. */
export const inferResponse: JsonSchema = {
  type: 'object',
  properties: {
    model_name: text,
    model_version: text,
    id: text,
    parameters: withSteps({ sha256 }),
    outputs: {
      type: 'array',
      items: {
        oneOf: [
          exactly({ ...head, data: { type: 'array', items: { type: ['number', 'string', 'boolean', 'null'] } } }),
          exactly({ ...head, parameters: exactly({ binary_data_size: count }) }),
        ],
      },
    },
  },
  required: ['model_name', 'model_version', 'parameters', 'outputs'],
  additionalProperties: false,
}

export const binary: JsonSchema = { type: 'string', format: 'binary' }
