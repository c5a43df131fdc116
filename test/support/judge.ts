import { stripVTControlCharacters } from 'node:util'

/** How the process of one test file ended, and what it left behind. */
export interface FileOutcome {
  /** undefined: killed. */
  readonly code: number | undefined
  readonly timedOut: boolean
  /** Both streams, as they came. */
  readonly output: string
  readonly leftFiles: readonly string[]
  readonly leftProcesses: readonly string[]
}

/** Counts of tests, and why the file fails; it passes when there is no reason. */
export interface Verdict {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly reasons: readonly string[]
  /** What the file says it skipped. */
  readonly notes: readonly string[]
}

/**
 * Judges a file by uvu's totals and by what it left. A file that ran no test fails, unless it says "skipped: why" on a line:
 * a suite whose `.run()` was forgotten would pass unseen otherwise.
 */
export function judge(outcome: FileOutcome): Verdict {
  const text = stripVTControlCharacters(outcome.output)
  const total = sumOf(text, 'Total')
  const passed = sumOf(text, 'Passed') ?? 0
  const notes = [...text.matchAll(/\bskipped: .+$/gm)].map(([note]) => note)
  const reasons = reasonsOf(outcome, total, passed, notes)
  const broken = (total ?? 0) - passed
  return {
    passed,
    failed: reasons.length > 0 ? Math.max(broken, 1) : 0,
    skipped: (sumOf(text, 'Skipped') ?? 0) + notes.length,
    reasons,
    notes,
  }
}

function reasonsOf(outcome: FileOutcome, total: number | undefined, passed: number, notes: readonly string[]): string[] {
  const { code, timedOut, leftFiles, leftProcesses } = outcome
  const reasons: string[] = []
  if (timedOut) reasons.push('did not end in time')
  else if (total !== undefined && passed < total) reasons.push(`${total - passed} of ${total} tests failed`)
  else if (code !== 0) reasons.push(code === undefined ? 'was killed' : `exit ${code}`)
  else if ((total ?? 0) === 0 && notes.length === 0) reasons.push('ran no test: is a .run() missing?')
  if (leftFiles.length > 0) reasons.push(`left files: ${leftFiles.join(', ')}`)
  if (leftProcesses.length > 0) reasons.push(`left processes: ${leftProcesses.join('; ')}`)
  return reasons
}

/** uvu prints its totals once a run; undefined when it never did. */
function sumOf(text: string, name: string): number | undefined {
  const counts = [...text.matchAll(new RegExp(`^ {2}${name}: +(\\d+)$`, 'gm'))]
  return counts.length === 0 ? undefined : counts.reduce((sum, [, count]) => sum + Number(count), 0)
}
