import { modelRoles, modelTypeNames } from '../../serving/index.ts'
import type { JsonSchema } from '../http/index.ts'
import { sha256, statistics, versionHistory } from './version-schemas.ts'

/** Schemas of the requests and answers of the model routes, for /openapi.json. */
const text: JsonSchema = { type: 'string' }
const integer: JsonSchema = { type: 'integer' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const number: JsonSchema = { type: 'number' }
const placeSchema: JsonSchema = {
  type: 'object',
  properties: { partition: count, offset: count },
  required: ['partition', 'offset'],
  additionalProperties: false,
}

/** What a policy says, and where it comes from. */
const policyFacts = {
  policy: { type: 'integer', minimum: 1 },
  champion: { type: 'integer', description: 'The version of the champion; 0: no model serves' },
  challengers: {
    type: 'array',
    items: {
      type: 'object',
      properties: { version: integer, weight: number },
      required: ['version', 'weight'],
      additionalProperties: false,
    },
  },
  shadows: { type: 'array', items: integer },
  fallback: integer,
  decoy: { type: 'boolean' },
  bucketBy: text,
  racers: {
    type: 'array',
    description: 'The models that race, the smartest first, each by its version or by its name; absent: none does',
    items: {
      type: 'object',
      properties: { version: integer, name: text, weight: number },
      additionalProperties: false,
    },
  },
  decider: { type: 'string', description: 'The decider of the races: its kind, or JSON with its rules' },
  budgetMs: { type: 'integer', description: 'How long a record waits for its decision, ms from its arrival' },
  steps: {
    type: 'array',
    description:
      'The models of a composite, each of which takes the outputs of the one before; absent: there is none. With a name, a version of it that becomes the champion takes the place',
    items: { type: 'object', properties: { version: integer, name: text }, required: ['version'], additionalProperties: false },
  },
  record: { ...placeSchema, description: 'The record of the models topic that asked for the policy' },
  acceptedAt: integer,
  effectiveFrom: { type: 'integer', description: 'The event time from which it is in force; absent: it was at once' },
  who: text,
  reason: text,
} as const
const policyNeeded = ['policy', 'champion', 'challengers', 'shadows', 'decoy', 'record', 'acceptedAt']

export const dataTypeModels: JsonSchema = {
  type: 'object',
  properties: {
    dataType: text,
    current: { type: 'integer', description: 'The version that serves; 0: no version serves' },
    latest: { type: 'integer', description: 'The newest version number assigned so far' },
    withdrawnAt: { type: 'integer', description: 'When the model was withdrawn, ms since the epoch; absent if it was not withdrawn' },
    roles: {
      type: 'object',
      description: 'The version of the champion and the fallback, the versions of the other roles',
      propertyNames: { enum: [...modelRoles] },
      additionalProperties: { anyOf: [integer, { type: 'array', items: integer }] },
    },
    policy: {
      type: 'object',
      description: 'The policy in force; racers with the versions that they mean now. Absent for models of older builds',
      properties: {
        ...policyFacts,
        bySetting: { type: 'boolean', description: 'Whether its races are those of the setting `policies` of the instances' },
      },
      required: policyNeeded,
      additionalProperties: false,
    },
    name: text,
    versions: { ...versionHistory, description: 'All versions so far, oldest first' },
    statistics,
    waiting: {
      type: 'array',
      description: 'The policies that wait for their event time, in the order in which they come; absent if there are none',
      items: { type: 'object', properties: policyFacts, required: [...policyNeeded, 'effectiveFrom'], additionalProperties: false },
    },
  },
  required: ['dataType', 'current', 'latest', 'roles', 'versions', 'statistics'],
  additionalProperties: false,
}

export const modelList: JsonSchema = { type: 'array', items: dataTypeModels }

const published = {
  topic: text,
  partition: count,
  offset: count,
  sha256: { ...sha256, description: 'Absent if only a location was given' },
  pieces: { type: 'integer', description: 'Number of records that the model was split into; absent if it fits one record' },
  dataType: text,
  name: text,
}
const place = ['topic', 'partition', 'offset', 'dataType', 'name']

export const publishedModel: JsonSchema = {
  type: 'object',
  properties: published,
  required: place,
  additionalProperties: false,
}

export const servingModel: JsonSchema = {
  type: 'object',
  properties: { ...published, version: { type: 'integer', minimum: 1 } },
  required: [...place, 'version'],
  additionalProperties: false,
}

/** A model that was written to the topic but does not serve. */
export const idleModel: JsonSchema = {
  type: 'object',
  properties: { ...published, error: text, code: text },
  required: [...place, 'error', 'code'],
  additionalProperties: false,
}

const none: JsonSchema = { type: 'null' }
const saidText: JsonSchema = { type: ['string', 'null'] }
const time: JsonSchema = { type: ['integer', 'string', 'null'], description: 'ms since the epoch, or ISO 8601' }
const said = {
  name: saidText,
  description: saidText,
  type: { ...saidText, description: modelTypeNames.join(', ') },
  output: saidText,
  after: { ...saidText, description: 'The name of a model whose outputs it takes as fields, beside those of the record' },
  role: { ...saidText, description: 'champion (default), challenger, shadow or fallback' },
  weight: { type: ['number', 'null'], description: "A challenger's share of the keys" },
  effectiveFrom: time,
  signature: { type: ['object', 'null'], description: 'The signature of the model: a Sigstore bundle, as `sluice sign` writes it' },
  golden: {
    type: ['array', 'null'],
    description: 'Data records with the results that the model must give',
    items: {
      type: 'object',
      properties: { record: { type: 'string', contentEncoding: 'base64' }, score: number, label: text, tolerance: number },
      required: ['record'],
    },
  },
}

/** A model in a JSON body; null means absent. */
export const modelJson: JsonSchema = {
  oneOf: [
    {
      type: 'object',
      properties: { ...said, data: { type: 'string', contentEncoding: 'base64', minLength: 1 }, location: none },
      required: ['data'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { ...said, location: { type: 'string', minLength: 1 }, data: none },
      required: ['location'],
      additionalProperties: false,
    },
  ],
}

export const modelBytes: JsonSchema = { type: 'string', format: 'binary', minLength: 1 }

const controlPlace = { topic: text, partition: count, offset: count, dataType: text, action: text }
const controlNeeded = ['topic', 'partition', 'offset', 'dataType', 'action']

export const writtenModelControl: JsonSchema = {
  type: 'object',
  properties: controlPlace,
  required: controlNeeded,
  additionalProperties: false,
}

export const appliedModelControl: JsonSchema = {
  type: 'object',
  properties: {
    ...controlPlace,
    policy: { type: 'integer', description: 'The number of the policy in force after it' },
    champion: { type: 'integer', description: 'The version of its champion; 0: no model serves' },
    effectiveFrom: { type: 'integer', description: 'The event time from which that policy is in force, if it waits for it' },
  },
  required: [...controlNeeded, 'policy', 'champion'],
  additionalProperties: false,
}

/** A control that was written to the topic but not applied. */
export const idleModelControl: JsonSchema = {
  type: 'object',
  properties: { ...controlPlace, error: text, code: text },
  required: [...controlNeeded, 'error', 'code'],
  additionalProperties: false,
}

const anything: JsonSchema = { type: 'object' }

/** A `ModelControl` of proto/model.proto as JSON. */
export const modelControl: JsonSchema = {
  type: 'object',
  description: 'ModelControl of proto/model.proto as JSON: one action, and expect, effectiveFrom, who and reason',
  properties: {
    promote: anything,
    rollback: anything,
    setRole: anything,
    setPolicy: anything,
    retire: anything,
    alias: anything,
    withdraw: anything,
    cancel: {
      type: 'object',
      description: 'Drops the change that waits with the record of this offset, or all',
      properties: { offset: count, all: { type: 'boolean' } },
      additionalProperties: false,
    },
    expect: anything,
    effectiveFrom: time,
    who: text,
    reason: text,
  },
  additionalProperties: false,
}

export const servedPolicy: JsonSchema = {
  type: 'object',
  properties: {
    dataType: text,
    ...policyFacts,
    position: { ...placeSchema, description: 'The first data record that it was in force for' },
    effectiveAt: integer,
  },
  required: ['dataType', ...policyNeeded, 'position', 'effectiveAt'],
  additionalProperties: false,
}
