import { env, type Timer } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

/** kafkajs' RequestQueue, as far as it looks again after requests that it holds back. */
export interface RequestQueue {
  readonly pending: readonly unknown[]
  /** Until when nothing is sent, by the clock of the module; below the present: no longer. */
  readonly throttledUntil: number
  throttleCheckTimeoutId: Timer | null
  checkPendingRequests(): void
}

/** How long to wait if it is not known when a request can be sent, ms. */
const lookAgainMs = 10

/**
 * Each answer makes kafkajs look after requests that it holds back, and each look plans the next, whether it holds back any or not; not throttled, it plans it for
 * a time that is long over. So every connection wakes the process a thousand times a second for as long as it is open.
 */
export const idleQueueMend: Mend = {
  defect: 'an idle connection wakes the process a thousand times a second',
  apply(modules) {
    const queue = modules.load('src/network/requestQueue/index.js') as {
      prototype: { scheduleCheckPendingRequests(this: RequestQueue): void }
    }
    queue.prototype.scheduleCheckPendingRequests = function () {
      if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
      const waitMs = this.throttledUntil - env.monotonic()
      this.throttleCheckTimeoutId = env.timer(waitMs > 0 ? waitMs : lookAgainMs, () => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      })
    }
  },
}
