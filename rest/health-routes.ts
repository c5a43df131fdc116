import type { QueryableStreams } from '../topology/queryable-streams.ts'
import { valueWithin } from './retry.ts'
import type { Route } from './route.ts'

const TASKS_WITHIN_MS = 1000

/** Live: the process answers. Ready: its tasks run; the body has the state and the tasks either way. */
export function healthRoutes(streams: QueryableStreams, version: string | undefined): readonly Route[] {
  return [
    {
      path: '/health/live',
      summary: 'Whether the process answers',
      responses: { 200: { description: 'It does' } },
      answer: () => Promise.resolve({ body: { status: 'live' } }),
    },
    {
      path: '/health/ready',
      summary: 'Whether the tasks run',
      responses: { 200: { description: 'They run' }, 503: { description: 'They do not; the body has the state' } },
      answer: async () => {
        const tasks = await valueWithin(TASKS_WITHIN_MS, streams.tasks(), [])
        const { state } = streams
        return { status: state === 'running' ? 200 : 503, body: { status: state, ...(version === undefined ? {} : { version }), tasks } }
      },
    },
  ]
}
