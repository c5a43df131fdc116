import type { JsonSchema } from '../http/index.ts'

/** Schemas of the answers of the control routes, for /openapi.json. */
const text: JsonSchema = { type: 'string' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const time: JsonSchema = { type: 'integer', description: 'The event time, ms since the epoch, from which it is in force' }
const place = { partition: count, offset: count }
const held = { control: {}, from: time, ...place }

const view = {
  key: text,
  ...held,
  waiting: {
    type: 'array',
    items: { type: 'object', properties: held, required: Object.keys(held) },
    description: 'Controls that are in force from a later event time, the earliest first',
  },
  refused: {
    type: 'object',
    properties: { rule: text, reason: text, ...place },
    required: ['rule', 'reason', 'partition', 'offset'],
    description: 'The newest control record of the key, if it was refused',
  },
}

/** The control of a key; without `control` the default is in force. */
export const controlAnswer: JsonSchema = {
  type: 'object',
  properties: { stream: text, ...view, stale: { const: true }, lag: count },
  required: ['stream', 'key', 'waiting'],
}

export const controlList: JsonSchema = {
  type: 'object',
  properties: {
    stream: text,
    controls: { type: 'array', items: { type: 'object', properties: view, required: ['key', 'waiting'] } },
    next: { type: 'string', description: 'More controls follow: repeat the request with `after` set to this' },
  },
  required: ['stream', 'controls'],
}

const written = { stream: text, topic: text, key: text, ...place }
const needed = ['stream', 'topic', 'key', 'partition', 'offset']

export const writtenControl: JsonSchema = { type: 'object', properties: written, required: needed, additionalProperties: false }

/** What became of a control record. */
export const appliedControl: JsonSchema = {
  type: 'object',
  properties: {
    ...written,
    state: {
      enum: ['in force', 'waiting', 'withdrawn', 'superseded'],
      description: 'superseded: a later control record of the key was applied before this one was seen',
    },
  },
  required: [...needed, 'state'],
  additionalProperties: false,
}

export const idleControl: JsonSchema = {
  type: 'object',
  properties: { ...written, rule: text, error: text, code: text },
  required: [...needed, 'error', 'code'],
  additionalProperties: false,
}
