import type { Topology } from '../../index.ts'
import { actors } from './actors.ts'
import { broadcastJoin, keyedJoin } from './joins.ts'
import { microBatch } from './micro-batch.ts'
import { union } from './union.ts'

/** A way to bring models and data together. */
export interface Architecture {
  readonly name: string
  /** The topology, with the prefix of its topics. */
  readonly topology: (prefix?: string) => Topology
}

export const architectures: readonly Architecture[] = [
  { name: 'key-based join', topology: keyedJoin },
  { name: 'broadcast join', topology: broadcastJoin },
  { name: 'union', topology: union },
  { name: 'micro-batches', topology: microBatch },
  { name: 'actors', topology: actors },
]
