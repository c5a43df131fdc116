import type { Answer } from './answer-log.ts'
import type { Span } from '../echo/index.ts'
import { byStretch, type Latencies, latenciesOf, type Marked, mostWaitMs, stretches } from './latencies.ts'
import type { Finding } from './scenario.ts'

export interface WaitedRun {
  readonly answers: readonly Answer[]
  readonly steered: string
  readonly marked: readonly Marked[]
  readonly echoes: readonly Span[]
}

/** By how much the share of records that wait long may be greater by luck: they wait in groups. */
const luck = 0.01
/** A swap adds less than this to a record's latency, ms. */
const mostAddedMs = 5

/** What swaps did to the latency, beside the quiet stretches of the same run and what the echo says of the machine. */
export function latencyFindings({ answers, steered, marked, echoes: unsorted }: WaitedRun): readonly Finding[] {
  const echoes = unsorted.toSorted((one, other) => one.from - other.from)
  const all = byStretch(answers, marked)
  const found = Object.fromEntries(stretches.map(stretch => [stretch, latenciesOf(all[stretch], echoes)])) as Record<string, Latencies>
  const [swap, quiet, kill, join] = ['swap', 'quiet', 'kill', 'join'].map(stretch => found[stretch] as Latencies) as [
    Latencies,
    Latencies,
    Latencies,
    Latencies,
  ]
  const others = (stretch: 'swap' | 'quiet'): Latencies =>
    latenciesOf(
      all[stretch].filter(({ dataType }) => dataType !== steered),
      echoes,
    )
  const [beside, alone] = [others('swap'), others('quiet')]
  return [
    {
      what: `no record waits over ${mostWaitMs} ms for a swap`,
      found: `${isBusy(quiet) ? 'busy machine: swaps held against the time between them: ' : ''}${summary('at swaps', swap)}; ${summary('between them', quiet)}`,
      holds: isBusy(quiet) ? waitsNoLonger(swap, quiet) : swap.unexplained === 0,
      timed: true,
      histogram: stretches.map(stretch => ({ stretch, records: found[stretch]!.records, ...found[stretch]!.histogram })),
    },
    {
      what: 'what the kill and the return of the instance took',
      found: `kill: ${summary('', kill)}; return: ${summary('', join)}`,
      holds: true,
    },
    {
      what: "the swap of one type's model moves no other type's p99",
      found: `others' p99 at swaps ${beside.p99} ms (${beside.records} records), between them ${alone.p99} ms (${alone.records})`,
      holds: beside.p99 <= alone.p99 + mostAddedMs,
      timed: true,
    },
  ]
}

/** Whether records wait as long without any swap: what one of them waits for a swap cannot be told then. */
function isBusy({ p99 }: Latencies): boolean {
  return p99 > mostWaitMs
}

/** Whether no greater share of the records waits long at swaps than between them, and none longer than any between them and that time. */
export function waitsNoLonger(swap: Latencies, quiet: Latencies): boolean {
  const share = ({ over, records }: Latencies): number => over / Math.max(1, records)
  return share(swap) <= share(quiet) + luck && swap.max <= quiet.max + mostWaitMs
}

function summary(when: string, { records, p50, p99, max, over, unexplained, beyondEcho }: Latencies): string {
  const late = `${over} over ${mostWaitMs} ms, of these ${unexplained} by more than ${mostWaitMs} ms beyond the echo (most ${beyondEcho} ms)`
  return `${when} ${records} records: p50 ${p50}, p99 ${p99}, max ${max} ms; ${late}`.trim()
}
