import { setTimeout as sleep } from 'node:timers/promises'

const defaultMs = 5000

/** What is to be undone at the end, in reverse order of its making. */
export class Cleanup {
  readonly #actions: { readonly run: () => unknown; readonly withinMs: number }[] = []

  /** `withinMs`: how long the others wait for it. */
  add(run: () => unknown, withinMs = defaultMs): void {
    this.#actions.push({ run, withinMs })
  }

  /** One action after the other. None keeps the next from its turn: not by failing, and not by taking too long. */
  async run(): Promise<void> {
    for (let action = this.#actions.pop(); action; action = this.#actions.pop()) {
      const { run } = action
      await settledWithin(action.withinMs, (async () => await run())())
    }
  }
}

/** Resolves when the work has settled, however, or the time is over. */
export async function settledWithin(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  const time = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([work.catch(() => undefined), time])
  timer.abort()
}
