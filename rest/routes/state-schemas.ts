import type { JsonSchema } from '../http/index.ts'

/** Schemas of the answers of the state routes, for /openapi.json. */
const text: JsonSchema = { type: 'string' }
const integer: JsonSchema = { type: 'integer' }
const address = { host: text, port: integer }

export const task: JsonSchema = {
  type: 'object',
  properties: {
    task: { type: 'string', description: 'subtopology_partition' },
    state: text,
    restored: { type: 'object', properties: { records: integer, milliseconds: { type: 'number' } } },
    waiting: {
      type: 'array',
      description: 'Inputs whose next record cannot be decoded yet, because somebody who was asked (a schema registry) has not answered',
      items: { type: 'object', properties: { topic: text, partition: integer, seconds: { type: 'number' }, why: text } },
    },
    lag: { type: 'integer', description: 'Standby tasks only: how far the task is behind the end of the changelog, in offsets' },
  },
  required: ['task', 'state'],
}

export const instanceList: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      ...address,
      instance: text,
      storeNames: { type: 'array', items: text },
      activeTasks: { type: 'array', items: text },
      standbyTasks: { type: 'array', items: text },
      sharesAddress: { const: true, description: 'Another instance advertises the same address: requests for one may reach the other' },
      state: { type: 'string', description: 'Only with details=true' },
      version: { type: 'string', description: 'Only with details=true' },
      tasks: { type: 'array', items: task, description: 'Only with details=true' },
    },
    required: ['host', 'port', 'instance', 'storeNames', 'activeTasks'],
  },
}

const version = {
  value: {},
  timestamp: { type: 'integer', description: 'Start of the validity of the value, ms since the epoch' },
  validTo: {
    type: 'integer',
    description: 'When another version or a deletion followed, ms since the epoch; absent: the value is the newest',
  },
}
const answered = { store: text, key: text, ...address, stale: { const: true }, lag: integer, read: { const: 'latest' } }

/** `timestamp` and `validTo` are present in answers to queries for a time. */
export const keyAnswer: JsonSchema = {
  type: 'object',
  properties: { ...answered, ...version },
  required: ['store', 'key', 'value', 'host', 'port'],
}

export const versionsAnswer: JsonSchema = {
  type: 'object',
  properties: {
    ...answered,
    versions: { type: 'array', items: { type: 'object', properties: version, required: ['value', 'timestamp'] } },
    next: { type: 'integer', description: 'More versions follow: repeat the request with `from` set to this' },
  },
  required: ['store', 'key', 'versions', 'host', 'port'],
}

const gathered = {
  store: text,
  stale: { type: 'array', items: { type: 'object', properties: { partition: integer, lag: integer, ...address } } },
  missing: { type: 'array', items: { type: 'object', properties: { ...address, code: text, error: text } } },
  missingPartitions: { type: 'array', items: integer },
}

export const allEntries: JsonSchema = {
  type: 'object',
  properties: {
    ...gathered,
    entries: { type: 'array', items: { type: 'object', properties: { key: text, value: {}, stale: { const: true } }, required: ['key'] } },
    next: { type: 'string', description: 'More entries follow: repeat the request with `after` set to this' },
  },
  required: ['store', 'entries'],
}

export const entryCount: JsonSchema = { type: 'object', properties: { ...gathered, count: integer }, required: ['store', 'count'] }
