import type { QueryableStreams } from '../topology/queryable-streams.ts'
import { valueWithin } from './retry.ts'
import type { Route } from './route.ts'

const TASKS_WITHIN_MS = 1000

/** Live: the process answers. Ready: its tasks run; the body has the state and the tasks either way. */
export function healthRoutes(streams: QueryableStreams): readonly Route[] {
  return [
    { path: '/health/live', answer: () => Promise.resolve({ body: { status: 'live' } }) },
    {
      path: '/health/ready',
      answer: async () => {
        const tasks = await valueWithin(TASKS_WITHIN_MS, streams.tasks(), [])
        const { state } = streams
        return { status: state === 'running' ? 200 : 503, body: { status: state, tasks } }
      },
    },
  ]
}
