import { runCanary } from './canary.ts'
import { runControl } from './control.ts'
import { runLineage } from './lineage.ts'
import type { Scenario } from './scenario.ts'
import { runShadows } from './shadows.ts'
import { runSwaps } from './swaps.ts'

/** By name. */
export const scenarios = {
  'control-keyed': {
    what: 'publish, canary, promote, roll back, bad and hostile models, a kill -9, under load; models and data meet by key',
    run: settings => runControl(settings, 'keyed'),
  },
  'control-broadcast': {
    what: 'the same where every instance has all models, and data have any key',
    run: settings => runControl(settings, 'broadcast'),
  },
  swaps: { what: 'many swaps one after the other: memory and latency without a slope', run: runSwaps },
  canary: { what: 'shares of many keys on three instances, and which keys move', run: runCanary },
  lineage: {
    what: 'all results scored again from their lineage alone, across swaps, canaries, a rebalance and a kill -9',
    run: runLineage,
  },
  shadows: { what: 'what two shadows cost beside a champion', run: runShadows },
} satisfies Readonly<Record<string, Scenario>>
