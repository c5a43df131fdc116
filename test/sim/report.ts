import type { WorldOutcome } from './world/world.ts'

/** The result of one seed, as a worker process sends it. */
export interface SeedOutcome extends WorldOutcome {
  /** The processor time that the run took, ms. */
  readonly cpuMs: number
  /** Whether a second run of the seed had different events. */
  readonly differs: boolean
}

/** The result of a seed as one line of text. */
export function reportOf(seed: number, { violations, hash, events, simulatedMs, failures }: WorldOutcome): string {
  const facts = `${events} events in ${(simulatedMs / 1000).toFixed(1)} s, ${failures} given up, hash ${hash}`
  const [first, ...rest] = violations
  if (first === undefined) return `seed ${seed}: right (${facts})`
  return `seed ${seed}: WRONG (${facts})\n  ${first}${rest.length > 0 ? `\n  and ${rest.length} more: ${rest.slice(0, 4).join('\n  ')}` : ''}`
}

/** Sums up the results of seeds, and prints a failing seed as soon as its result is there. */
export class SeedReport {
  readonly failed: number[] = []
  readonly #write: (text: string) => void
  readonly #began = performance.now()
  #seeds = 0
  #events = 0
  #simulatedMs = 0
  #cpuMs = 0
  #failures = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  add(seed: number, outcome: SeedOutcome): void {
    this.#seeds++
    this.#events += outcome.events
    this.#simulatedMs += outcome.simulatedMs
    this.#cpuMs += outcome.cpuMs
    this.#failures += outcome.failures
    if (outcome.violations.length === 0 && !outcome.differs) return
    this.failed.push(seed)
    this.#write(outcome.violations.length > 0 ? reportOf(seed, outcome) : `seed ${seed}: NOT THE SAME TWICE`)
  }

  table(): string {
    const seconds = (performance.now() - this.#began) / 1000
    const rows: readonly (readonly [string, string])[] = [
      ['seeds', String(this.#seeds)],
      ['wrong', this.failed.length === 0 ? '0' : `${this.failed.length}: ${this.failed.toSorted((a, b) => a - b).join(' ')}`],
      ['seeds a second', (this.#seeds / seconds).toFixed(1)],
      ['CPU a seed', `${(this.#cpuMs / Math.max(1, this.#seeds)).toFixed(0)} ms`],
      ['simulated', `${(this.#simulatedMs / 3_600_000).toFixed(2)} hours in ${seconds.toFixed(0)} s`],
      ['events', String(this.#events)],
      ['instances that gave up', String(this.#failures)],
    ]
    return rows.map(([name, value]) => `${name.padEnd(24)}${value}`).join('\n')
  }
}
