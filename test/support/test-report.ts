import type { Verdict } from './judge.ts'

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Says how each file went, as it ends, and adds the counts up. */
export class TestReport {
  readonly #write: (text: string) => void
  readonly #failures: string[] = []
  readonly #notes: string[] = []
  #totals: Totals = { passed: 0, failed: 0, skipped: 0 }

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  get totals(): Totals {
    return this.#totals
  }

  /** A line for a file that passed; for one that failed its whole output too. */
  add(name: string, verdict: Verdict, milliseconds: number, output: string): void {
    const { passed, failed, skipped, reasons, notes } = verdict
    this.#totals = { passed: this.#totals.passed + passed, failed: this.#totals.failed + failed, skipped: this.#totals.skipped + skipped }
    const seconds = `${(milliseconds / 1000).toFixed(1)} s`
    for (const note of notes) this.#notes.push(`${name}: ${note}`)
    if (reasons.length === 0) {
      this.#write(passed === 0 ? `- ${name}  skipped  ${seconds}\n` : `✓ ${name}  ${passed} passed  ${seconds}\n`)
      return
    }
    const failure = `✗ ${name}  ${reasons.join(', ')}  ${seconds}\n`
    this.#failures.push(failure)
    this.#write(`${failure}${indent(output)}`)
  }

  /** What was skipped and what failed once more, then the counts alone on the last line. */
  end(): void {
    const { passed, failed, skipped } = this.#totals
    if (this.#notes.length > 0) this.#write(`\nSkipped (${skipped}):\n${indent(this.#notes.join('\n'))}`)
    if (this.#failures.length > 0) this.#write(`\nFailed:\n${indent(this.#failures.join(''))}`)
    this.#write(`\n${passed} passed, ${failed} failed\n`)
  }
}

function indent(text: string): string {
  const lines = text.trimEnd()
  return lines === '' ? '' : `${lines.replaceAll(/^/gm, '    ')}\n`
}
