import { env } from '../../../base/index.ts'
import type { InputWait } from '../../queryable-streams.ts'
import type { StreamThread } from './stream-thread.ts'
import type { ThreadStatus } from './thread-handle.ts'

export function statusOf({ joining, memberId, tasks, rebalances }: StreamThread): ThreadStatus {
  const own = tasks.tasks.map(({ id, state, stateManager, inputs }) => ({
    task: id,
    state,
    restored: state === 'running' ? stateManager.restored : undefined,
    ...waitsOf(inputs.queues),
  }))
  const followed = tasks.standbys.map(({ id, lag }) => ({ task: id, state: 'standby', restored: undefined, lag }))
  return { joining, memberId, tasks: [...own, ...followed], counters: { ...tasks.counts(), rebalances } }
}

function waitsOf(queues: StreamThread['tasks']['tasks'][number]['inputs']['queues']): { readonly waiting?: readonly InputWait[] } {
  const waiting = queues.flatMap(({ topic, partition, waiting: wait }) =>
    wait === undefined ? [] : [{ topic, partition, seconds: Number(((env.monotonic() - wait.since) / 1000).toFixed(1)), why: wait.why }],
  )
  return waiting.length === 0 ? {} : { waiting }
}
