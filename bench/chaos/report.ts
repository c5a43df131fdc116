import type { ChaosCluster } from './chaos-cluster.ts'
import type { Recovery } from './faults/index.ts'
import type { ChaosOptions, Findings } from './chaos-run.ts'
import type { Modes } from './modes.ts'

/** Milliseconds, rounded. */
export interface Spread {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** The summary of a run, printed as one line. */
export interface ChaosReport {
  readonly kills: number
  readonly seed: number
  readonly brokers: number
  /** What the run was made of. */
  readonly modes: Modes
  /** The set of odd records. */
  readonly odd: string
  readonly sabotage?: string
  readonly seconds: number
  readonly records: number
  readonly results: number
  readonly lost: number
  readonly doubled: number
  readonly outOfOrder: number
  readonly versionsBack: number
  readonly foreign: number
  readonly wrong: number
  /** Results whose count of their data type does not follow the one before. */
  readonly gaps: number
  /** Results of aborted transactions, which no reader of committed records may see. */
  readonly aborted: number
  /** Number of dead letters; equal to the number of odd records if the run is right. */
  readonly deadLetters: number
  readonly mismatches: number
  /** Numbers of unexpected exits, and of instances that did not exit with 0 after SIGTERM. */
  readonly crashes: number
  readonly badStops: number
  /** By kind of fault: time until every partition concerned had a committed result for a record sent after it. */
  readonly recovery: Readonly<Record<string, Spread>>
  readonly ok: boolean
}

interface ReportParts {
  readonly options: Pick<ChaosOptions, 'kills' | 'seed' | 'brokers' | 'odd' | 'sabotage' | 'log' | keyof Modes>
  readonly findings: Findings
  readonly recoveries: readonly Recovery[]
  readonly cluster: Pick<ChaosCluster, 'crashes' | 'badStops'>
  readonly seconds: number
}

/** Logs every fault found, one line each, and returns the summary. With at_least_once repeated results are allowed, with the broadcast join results of an older model; nothing else is. */
export function chaosReport({ options, findings, recoveries, cluster, seconds }: ReportParts): ChaosReport {
  const { kills, seed, brokers, odd, sabotage, log } = options
  const { app, join, guarantee, threads, standbyReplicas, types, compaction } = options
  const { records, results, deadLetters, independent, mismatches } = findings
  const { complaints, ...counts } = findings.verdict
  for (const complaint of [...complaints, ...independent.complaints, ...mismatches.slice(0, 30)]) log(`✗ ${complaint}`)
  const repeated = guarantee === 'at_least_once' ? counts.doubled : 0
  // An instance that takes a partition over may have read less of the models than the one before.
  const older = join === 'broadcast' ? counts.versionsBack : 0
  const excused = repeated + older
  const faults = Object.values(counts).reduce((sum, count) => sum + count, 0) - excused + mismatches.length
  return {
    kills,
    seed,
    brokers,
    modes: { app, join, guarantee, threads, standbyReplicas, types, compaction },
    odd,
    ...(sabotage === undefined ? {} : { sabotage }),
    seconds: Math.round(seconds),
    records,
    results,
    ...counts,
    aborted: independent.aborted,
    deadLetters,
    mismatches: mismatches.length,
    crashes: cluster.crashes,
    badStops: cluster.badStops,
    recovery: spreads(recoveries),
    ok: faults === 0 && cluster.crashes === 0 && records > 0,
  }
}

function spreads(recoveries: readonly Recovery[]): Record<string, Spread> {
  const kinds = [...new Set(recoveries.map(({ kind }) => kind))].sort()
  return Object.fromEntries(
    kinds.map(kind => [kind, spreadOf(recoveries.flatMap(each => (each.kind === kind ? [each.milliseconds] : [])))]),
  )
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.map(Math.round).sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) }
}
