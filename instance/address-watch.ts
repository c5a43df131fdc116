import { setTimeout as sleep } from 'node:timers/promises'
import { type RestLog, sharesAddress } from '../rest/index.ts'
import type { HostInfo, InstanceMetadata } from '../topology/index.ts'

const lookEveryMs = 3000

/** The instance that is watched. */
export interface Member {
  /** The advertised address. */
  readonly self: HostInfo
  readonly instance: string
  instances(): Promise<readonly InstanceMetadata[]>
}

/**
 * Logs when another instance begins to advertise the address of this one, and when that ends. Meanwhile requests for one instance may reach the
 * other. Looks every 3 s until the signal aborts.
 */
export async function watchAddress(member: Member, log: RestLog, signal: AbortSignal): Promise<void> {
  let told = false
  do {
    const { self, instance } = member
    const all = await member.instances().catch(() => [])
    const others = all
      .filter(other => other.instance !== instance && sharesAddress({ ...self, instance }, [other]))
      .map(other => other.instance)
    if (others.length > 0 && !told) log('warn', conflict(self), { instance, others })
    // During a rebalance the list is empty, which does not mean that the conflict has ended.
    if (others.length === 0 && told && all.length > 0)
      log('info', 'no other instance advertises the address of this instance any more', { ...self })
    if (all.length > 0) told = others.length > 0
  } while (await sleep(lookEveryMs, true, { ref: false, signal }).catch(() => false))
}

function conflict({ host, port }: HostInfo): string {
  const remedy =
    'give each instance an address of its own (the setting advertise, or host and port); if the other instance has just ended, nothing needs to be done'
  return `another instance advertises ${host}:${port} too, so requests for one instance may reach the other: ${remedy}`
}
