import { env } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

/** The modules of kafkajs that use the clock only for durations. */
export const timedModules: readonly string[] = [
  'src/consumer/consumerGroup.js',
  'src/consumer/offsetManager/index.js',
  'src/cluster/brokerPool.js',
  'src/network/requestQueue/index.js',
  'src/network/requestQueue/socketRequest.js',
]

export const steadyClock = { now: (): number => env.monotonic() }

/**
 * kafkajs measures durations by the machine's clock. If the clock is set back by an hour, a member sends no heartbeats for an hour and is removed
 * from its group without noticing; requests have no time limit, and a throttled connection pauses.
 */
export const steadyClockMend: Mend = {
  defect: 'neither heartbeats nor time limits until a clock that was set back has caught up',
  apply(modules) {
    for (const path of timedModules) modules.setClock(path, steadyClock)
  },
}
