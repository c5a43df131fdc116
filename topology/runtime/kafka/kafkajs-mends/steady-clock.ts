import { env } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

/** Modules of kafkajs that read the clock for nothing but how long ago something was. */
export const timedModules: readonly string[] = [
  'src/consumer/consumerGroup.js',
  'src/consumer/offsetManager/index.js',
  'src/cluster/brokerPool.js',
  'src/network/requestQueue/index.js',
  'src/network/requestQueue/socketRequest.js',
]

export const steadyClock = { now: (): number => env.monotonic() }

/**
 * kafkajs measures by the machine's clock. When that is set back an hour, a member sends no heartbeat for an hour, and is removed from its group without
 * learning of it; a request has no time limit, and a throttled connection rests.
 */
export const steadyClockMend: Mend = {
  defect: 'no heartbeats and no time limits for as long as the clock was set back',
  apply(modules) {
    for (const path of timedModules) modules.setClock(path, steadyClock)
  },
}
