import type { QueryableStreams } from '../../topology/index.ts'
import { type RouterParts, valueWithin } from '../queries/index.ts'
import type { JsonSchema, Route } from '../http/index.ts'
import { task } from './state-schemas.ts'

const TASKS_WITHIN_MS = 1000

const readiness: JsonSchema = {
  type: 'object',
  properties: {
    status: { type: 'string', description: 'State of the application; "draining": the instance is about to stop' },
    version: { type: 'string' },
    tasks: { type: 'array', items: task },
  },
  required: ['status', 'tasks'],
  additionalProperties: false,
}
const liveness: JsonSchema = {
  type: 'object',
  properties: { status: { const: 'live' } },
  required: ['status'],
  additionalProperties: false,
}

/** /health/live answers 200 while the process answers; /health/ready 200 while the tasks run, otherwise 503, both with state and tasks in the body. */
export function healthRoutes(streams: QueryableStreams, { version, shown }: Pick<RouterParts, 'version' | 'shown'>): readonly Route[] {
  return [
    {
      path: '/health/live',
      anyQuery: true,
      summary: 'Whether the process answers',
      responses: { 200: { description: 'The process answers', schema: liveness } },
      answer: () => Promise.resolve({ body: { status: 'live' } }),
    },
    {
      path: '/health/ready',
      anyQuery: true,
      summary: 'Whether the application runs its tasks',
      responses: {
        200: { description: 'The tasks run', schema: readiness },
        503: { description: 'The tasks do not run; `status` has the state of the application', schema: readiness },
      },
      answer: async () => {
        const tasks = await valueWithin(TASKS_WITHIN_MS, streams.tasks(), [])
        const { state } = shown
        return { status: state === 'running' ? 200 : 503, body: { status: state, ...(version === undefined ? {} : { version }), tasks } }
      },
    },
  ]
}
