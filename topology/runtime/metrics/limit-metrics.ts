import { countsBeyond } from '../../../base/limits/index.ts'
import type { MetricFamily } from '../../metrics/index.ts'

/** How often the limits of docs/limits.md were exceeded in this thread of the process; limits that never were are left out. */
export function limitFamily(): MetricFamily {
  return {
    name: 'sluice_limits_exceeded_total',
    kind: 'counter',
    help: 'Records, models, requests and connections that were beyond a limit of docs/limits.md, by limit.',
    labels: ['limit'],
    samples: countsBeyond().flatMap(([limit, value]) => (value === 0 ? [] : [{ labels: [limit], value }])),
  }
}
