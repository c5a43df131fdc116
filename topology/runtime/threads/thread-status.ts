import type { StreamThread } from './stream-thread.ts'
import type { ThreadStatus } from './thread-handle.ts'

export function statusOf({ joining, memberId, tasks, rebalances }: StreamThread): ThreadStatus {
  const own = tasks.tasks.map(({ id, state, stateManager }) => ({
    task: id,
    state,
    restored: state === 'running' ? stateManager.restored : undefined,
  }))
  const followed = tasks.standbys.map(({ id, lag }) => ({ task: id, state: 'standby', restored: undefined, lag }))
  return { joining, memberId, tasks: [...own, ...followed], counters: { ...tasks.counts(), rebalances } }
}
