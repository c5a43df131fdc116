import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosInstance } from '../chaos-instance.ts'
import type { Act, ApiName, ChaosNetwork, Moment, Way } from '../network/index.ts'
import type { FaultOptions, OnDown } from './fault-options.ts'

/** What comes by itself while an instance works; and what comes when it starts: for those it is started again. */
const working = {
  exactly_once: ['Produce', 'TxnOffsetCommit', 'EndTxn', 'EndTxn', 'Heartbeat'],
  at_least_once: ['Produce', 'Produce', 'OffsetCommit', 'Heartbeat'],
} as const satisfies Record<string, readonly ApiName[]>
const starting = {
  exactly_once: ['InitProducerId', 'JoinGroup', 'SyncGroup', 'OffsetFetch', 'ListOffsets'],
  at_least_once: ['JoinGroup', 'SyncGroup', 'OffsetFetch', 'ListOffsets'],
} as const satisfies Record<string, readonly ApiName[]>
const lateMs = [200, 12_000] as const
/** A request that does not come within this time is not waited for. */
const strikeWithinMs = { working: 15_000, starting: 60_000 } as const

/** Something happens to requests of an instance at a drawn moment; resolves when it did, and the instance runs. */
export async function hitRequests(act: Act, target: ChaosInstance, options: FaultOptions, onDown: OnDown): Promise<void> {
  const { random, cluster, log, guarantee, signal } = options
  const isStart = random.next() < 0.4
  const of = (isStart ? starting : working)[guarantee as keyof typeof working]
  const api: ApiName = random.pick(of) ?? 'Produce'
  const moment: Moment = random.pick(['before', 'after'] as const) ?? 'after'
  const rule = { api, moment, act, delayMs: random.between(...lateMs), times: random.pick([1, 1, 1, 2, 4]) ?? 1 }
  if (isStart) cluster.terminated(target, await target.terminate())
  const striking = networkOf(options)
    .rulesOf(cluster.instances.indexOf(target))
    .strike(rule, isStart ? strikeWithinMs.starting : strikeWithinMs.working)
  if (isStart) target.start()
  const struck = await striking
  const late = act === 'delay' ? `, ${Math.round(rule.delayMs)} ms` : ''
  log(`  ${target.name}: ${act} ${rule.times}× ${moment} ${api}${late}${struck ? '' : ': no such request came'}`)
  onDown()
  if (isStart) while (!target.ready) await sleep(50, undefined, { signal })
}

/** Nothing gets through in one direction for a while. */
export async function holdOneWay(target: ChaosInstance, options: FaultOptions, onDown: OnDown): Promise<void> {
  const { random, cluster, log, sessionTimeoutMs, signal } = options
  const way: Way = random.pick(['up', 'down'] as const) ?? 'up'
  const broker = random.pick([undefined, ...cluster.broker.indexes])
  const milliseconds = sessionTimeoutMs * random.between(0.2, 2)
  const reset = random.next() < 0.5
  log(
    `  ${target.name}: nothing gets ${way} for ${Math.round(milliseconds)} ms, ${broker === undefined ? 'all brokers' : `broker ${broker + 1}`}`,
  )
  const release = networkOf(options).hold(cluster.instances.indexOf(target), broker, way)
  onDown()
  await sleep(milliseconds, undefined, { signal }).finally(() => release(reset))
}

function networkOf({ cluster }: FaultOptions): ChaosNetwork {
  if (cluster.network === undefined) throw new Error('a fault of the network needs one')
  return cluster.network
}
