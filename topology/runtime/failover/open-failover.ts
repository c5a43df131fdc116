import type { StreamsConfig } from '../config/index.ts'
import { Failover, type FailoverOptions } from './failover.ts'

/** Listens for other instances, and removes the members that this instance had when it died. Await it before the first member joins. */
export async function openFailover(
  { applicationId, advertise, listener }: StreamsConfig,
  options: Omit<FailoverOptions, 'applicationId' | 'host' | 'log'>,
): Promise<Failover> {
  const failOver = await Failover.open({ ...options, applicationId, host: advertise.host, log: listener.log })
  await failOver.evictFormer()
  return failOver
}
