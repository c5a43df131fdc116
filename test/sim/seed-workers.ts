import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedOutcome } from './report.ts'

/** A request to a worker. */
export interface SeedQuestion {
  readonly seed: number
  readonly twice: boolean
  readonly sabotage: string | undefined
}

export interface SeedAnswer {
  readonly seed: number
  readonly outcome: SeedOutcome
}

export interface SeedWorkersOptions {
  readonly count: number
  /** Whether each seed runs twice, so that the events of both runs are compared. */
  readonly twice: boolean
  readonly sabotage: string | undefined
  /** Seeds that are passed over. Default: none. */
  readonly passesOver?: (seed: number) => boolean
  readonly onOutcome: (seed: number, outcome: SeedOutcome) => void
}

/** The longest real time of a seed, ms: a seed that takes longer counts as hanging. */
const seedLimitMs = 120_000

/** Runs seeds in worker processes. */
export class SeedWorkers {
  readonly #options: SeedWorkersOptions

  constructor(options: SeedWorkersOptions) {
    this.#options = options
  }

  /** Runs seeds, beginning with this one, as long as `another` returns true. */
  async run(from: number, another: (seed: number) => boolean): Promise<void> {
    let next = from
    const { passesOver = () => false } = this.#options
    const take = (): number | undefined => {
      while (another(next) && passesOver(next)) next++
      return another(next) ? next++ : undefined
    }
    await Promise.all(Array.from({ length: this.#options.count }, () => this.#work(take)))
  }

  async #work(take: () => number | undefined): Promise<void> {
    let worker = newWorker()
    for (let seed = take(); seed !== undefined; seed = take()) {
      const outcome = await this.#ask(worker, seed)
      this.#options.onOutcome(seed, outcome ?? hanging)
      if (outcome !== undefined) continue
      worker.kill('SIGKILL')
      worker = newWorker()
    }
    worker.disconnect()
  }

  #ask(worker: ChildProcess, seed: number): Promise<SeedOutcome | undefined> {
    const { twice, sabotage } = this.#options
    return new Promise(resolve => {
      const end = (outcome: SeedOutcome | undefined): void => {
        clearTimeout(timer)
        worker.removeAllListeners('message')
        worker.removeAllListeners('exit')
        resolve(outcome)
      }
      const timer = setTimeout(() => end(undefined), seedLimitMs)
      worker.once('message', answer => end((answer as SeedAnswer).outcome))
      worker.once('exit', () => end(undefined))
      worker.send({ seed, twice, sabotage } satisfies SeedQuestion)
    })
  }
}

const hanging: SeedOutcome = {
  violations: [`the seed did not end within ${seedLimitMs / 1000} s, or its process has ended`],
  hash: '',
  events: 0,
  simulatedMs: 0,
  failures: 0,
  cpuMs: 0,
  differs: false,
}

/** Promises are short-lived objects: with a larger young generation of the heap, a seed takes a sixth less time. */
const flags = ['--max-semi-space-size=64', '--min-semi-space-size=32']

function newWorker(): ChildProcess {
  const here = import.meta.url
  const entry = new URL(here.endsWith('.ts') ? './seed-worker.ts' : './seed-worker.js', here)
  return fork(fileURLToPath(entry), { execArgv: [...process.execArgv, ...flags] })
}
