import type { ChaosCluster } from '../chaos-cluster.ts'
import type { ChaosLoad } from '../chaos-load.ts'
import type { Random } from '../random.ts'
import type { ResultWatch } from '../result-watch.ts'
import type { Kafka } from '../../../topology/runtime/index.ts'
import type { FaultKind } from './fault-kinds.ts'

export interface FaultOptions {
  readonly cluster: ChaosCluster
  readonly load: Pick<ChaosLoad, 'publish'>
  readonly kafka: Kafka
  readonly watch: ResultWatch
  readonly random: Random
  readonly kills: number
  /** The kinds to inject. */
  readonly faults: readonly FaultKind[]
  readonly guarantee: string
  readonly sessionTimeoutMs: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** What a fault calls once its target is down: only records that are sent after that show a recovery. */
export type OnDown = () => void
