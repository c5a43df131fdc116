import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosInstance } from '../chaos-instance.ts'
import type { FaultKind } from './fault-kinds.ts'
import type { FaultOptions, OnDown } from './fault-options.ts'
import { hitRequests, holdOneWay } from './network-faults.ts'

const downMs = [0, 3000] as const
const doorMs = [1000, 8000] as const
const fullMs = [4000, 12_000] as const
/** How large a file may become on a full disk, in blocks of 512 bytes. */
const fullBlocks = [2, 16, 64] as const
const fullReadyMs = 20_000

/** Makes a fault of an instance; resolves when it runs again. */
export async function hitInstance(kind: FaultKind, target: ChaosInstance, options: FaultOptions, onDown: OnDown): Promise<void> {
  const { random, sessionTimeoutMs, signal, cluster } = options
  if (kind === 'cut' || kind === 'delay' || kind === 'swallow') await hitRequests(kind, target, options, onDown)
  else if (kind === 'oneway') await holdOneWay(target, options, onDown)
  else if (kind === 'freeze') {
    target.freeze()
    onDown()
    await sleep(sessionTimeoutMs * random.between(1.2, 2), undefined, { signal }).finally(() => target.thaw())
  } else if (kind === 'send-fail' || kind === 'store-fail' || kind === 'disk-slow') {
    const milliseconds = random.between(...doorMs)
    await target.openDoor(kind, milliseconds)
    await sleep(milliseconds, undefined, { signal })
    onDown()
  } else if (kind === 'disk-full') {
    await target.kill()
    target.start(random.pick(fullBlocks))
    onDown()
    // It may never be ready, or end by itself.
    for (const end = performance.now() + fullReadyMs; !target.ready && performance.now() < end;) await sleep(50, undefined, { signal })
    await sleep(random.between(...fullMs), undefined, { signal })
    await target.kill()
    await started(target, signal)
  } else {
    if (kind === 'terminate') cluster.terminated(target, await target.terminate())
    else await target.kill()
    onDown()
    if (kind === 'kill-wipe') await target.wipe()
    await sleep(random.between(...downMs), undefined, { signal })
    await started(target, signal)
  }
}

async function started(target: ChaosInstance, signal: AbortSignal): Promise<void> {
  target.start()
  while (!target.ready) await sleep(50, undefined, { signal })
}
