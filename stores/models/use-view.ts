import { sluice } from '../../proto/messages.js'
import { DurationSketch } from './duration-sketch.ts'
import type { ModelStatistics, RoleStatistics } from './model-rows.ts'

/** Durations that so many of the records did not exceed, ms; absent: nothing is known of them. */
export interface DurationPercentiles {
  /** 50 %. */
  readonly p50?: number
  /** 95 %. */
  readonly p95?: number
  /** 99 %. */
  readonly p99?: number
}

/** The use of a model version in one role, for JSON. */
export interface RoleUseView extends DurationPercentiles {
  /** The role, in lower case. */
  readonly role: string
  /** Number of records that were scored. */
  readonly invocations: number
  /** Total duration of all calls, ms. */
  readonly duration: number
  /** Duration of the fastest call, ms. */
  readonly min: number
  /** Duration of the slowest call, ms. */
  readonly max: number
}

/** The use of a model version, for JSON. */
export interface ModelUseView extends DurationPercentiles {
  /** The version's number. */
  readonly version: number
  /** Number of records that it has scored. */
  readonly invocations: number
  /** Total duration of all calls, ms. */
  readonly duration: number
  /** Duration of the fastest call, ms. */
  readonly min: number
  /** Duration of the slowest call, ms. */
  readonly max: number
  /** Time of the last call, epoch ms; 0: not used yet. */
  readonly lastUsed: number
  /** The same by role, without calls that an older build of Sluice has counted. */
  readonly roles: readonly RoleUseView[]
}

/** The use of a version. */
export function useView({ version, invocations, duration, min, max, lastUsed, roles }: ModelStatistics): ModelUseView {
  const all = new DurationSketch()
  for (const { durations } of roles) all.addAll(durations)
  return {
    version,
    invocations,
    duration,
    min,
    max,
    lastUsed,
    ...percentilesOf(all, { min, max }),
    roles: roles.map(roleView),
  }
}

/** That of a version that was not used. */
export function unusedView(version: number): ModelUseView {
  return { version, invocations: 0, duration: 0, min: 0, max: 0, lastUsed: 0, roles: [] }
}

function roleView({ role, invocations, duration, min, max, durations }: RoleStatistics): RoleUseView {
  const name = (sluice.ModelRole[role] ?? String(role)).toLowerCase()
  return { role: name, invocations, duration, min, max, ...percentilesOf(durations, { min, max }) }
}

/** What a bin stands for may lie a little beyond what was measured. */
function percentilesOf(durations: DurationSketch, { min, max }: { readonly min: number; readonly max: number }): DurationPercentiles {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(part => durations.quantile(part))
  if (p50 === undefined || p95 === undefined || p99 === undefined) return {}
  const measured = (quantile: number): number => Math.max(min, Math.min(max, quantile))
  return { p50: measured(p50), p95: measured(p95), p99: measured(p99) }
}
