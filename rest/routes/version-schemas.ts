import { sluice } from '../../proto/messages.js'
import { modelRoles, modelTypeNames } from '../../serving/index.ts'
import type { JsonSchema } from '../http/index.ts'

/** Schemas of versions and how they have served, for /openapi.json. */
const text: JsonSchema = { type: 'string' }
const integer: JsonSchema = { type: 'integer' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const number: JsonSchema = { type: 'number' }
export const sha256: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' }

const fields: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { name: text, kind: { enum: ['number', 'text'] } },
    required: ['name', 'kind'],
    additionalProperties: false,
  },
}

const facts = {
  type: 'object',
  properties: {
    version: { type: 'integer', minimum: 1 },
    role: { enum: [...modelRoles], description: 'The first of its roles; absent if it has none' },
    roles: { type: 'array', items: { enum: [...modelRoles] }, description: 'All of its roles; absent if it has none' },
    name: text,
    description: text,
    format: { enum: [...modelTypeNames] },
    hash: sha256,
    size: count,
    location: { type: 'string', description: 'Where the bytes came from; absent if the model record carried them' },
    output: text,
    since: { type: 'integer', description: 'When the version began to serve, ms since the epoch' },
    partition: count,
    offset: count,
    publishedBy: { type: 'string', description: 'Who published it' },
    created: { type: 'integer', minimum: 0, description: 'When the model was made, ms since the epoch' },
    metrics: { type: 'object', description: 'What its trainer measured', additionalProperties: number },
    parameters: { type: 'object', description: 'What it was trained with', additionalProperties: text },
    signature: {
      type: 'object',
      description: 'The signature with which it came',
      properties: {
        hash: sha256,
        size: count,
        signer: {
          type: 'object',
          description: 'Who made it; absent if no keys were trusted when the version was accepted',
          properties: {
            key: { ...sha256, description: "SHA-256 of the signer's public PEM file" },
            certificate: { type: 'string', description: "The subject of the signer's certificate" },
          },
          required: ['key'],
          additionalProperties: false,
        },
      },
      required: ['hash', 'size'],
      additionalProperties: false,
    },
    gives: { ...fields, description: 'What it gives as fields to a model after it' },
    takes: { ...fields, description: 'What it takes of the outputs of a model before it; absent: nothing' },
    retired: { type: 'integer', description: 'When it was retired, ms since the epoch' },
    remote: { type: 'boolean', description: 'The bytes are only at the location, because they are too large for the store' },
    heavy: { type: 'boolean', description: 'The model runs in a separate process' },
    quarantined: {
      type: 'object',
      description: 'The model is not run any more on this instance, because of records that killed or hung its process',
      properties: { why: text, since: { type: 'integer', description: 'ms since the epoch' } },
      required: ['why', 'since'],
      additionalProperties: false,
    },
    movedFrom: {
      type: 'object',
      description: 'Where the model record was before the application moved it',
      properties: { partition: count, offset: count },
      required: ['partition', 'offset'],
      additionalProperties: false,
    },
  },
  required: ['version', 'name', 'description', 'format', 'hash', 'size', 'output', 'since', 'partition', 'offset'],
  additionalProperties: false,
} as const

/** Of records by the duration of their call, within 2 %; absent while nothing is known of them. */
const percentiles = { p50: number, p95: number, p99: number }
const calls = { invocations: count, duration: number, min: number, max: number, ...percentiles }
const figures = {
  ...calls,
  lastUsed: count,
  roles: {
    type: 'array',
    description: 'The same for each role that the version had',
    items: {
      type: 'object',
      properties: { role: { enum: Object.keys(sluice.ModelRole).map(name => name.toLowerCase()) }, ...calls },
      required: ['role', 'invocations', 'duration', 'min', 'max'],
      additionalProperties: false,
    },
  },
}
const figuresNeeded = ['invocations', 'duration', 'min', 'max', 'lastUsed', 'roles']

export const versionHistory: JsonSchema = {
  type: 'array',
  items: {
    ...facts,
    properties: {
      ...facts.properties,
      kept: { type: 'boolean', description: 'Whether the bytes are still kept; only such a version can be scored' },
      statistics: {
        type: 'object',
        description: 'Statistics of the version over the data topic; times in ms',
        properties: figures,
        required: figuresNeeded,
        additionalProperties: false,
      },
    },
    required: [...facts.required, 'kept', 'statistics'],
  },
}

export const statistics: JsonSchema = {
  description: 'Statistics of the serving version over the data topic; null while they are not available',
  anyOf: [
    { type: 'null' },
    {
      type: 'object',
      properties: { version: integer, ...figures },
      required: ['version', ...figuresNeeded],
      additionalProperties: false,
    },
  ],
}
