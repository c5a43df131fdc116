import { setTimeout as sleep } from 'node:timers/promises'

const defaultMs = 5000

/** Actions that run at the end, in reverse order of their registration. */
export class Cleanup {
  readonly #actions: { readonly run: () => unknown; readonly withinMs: number }[] = []

  /** `withinMs`: the longest time that `run` waits for this action, ms. Default 5000. */
  add(run: () => unknown, withinMs = defaultMs): void {
    this.#actions.push({ run, withinMs })
  }

  /** Runs one action after the other. An action that fails or takes too long does not prevent the next. */
  async run(): Promise<void> {
    for (let action = this.#actions.pop(); action; action = this.#actions.pop()) {
      const { run } = action
      await settledWithin(action.withinMs, (async () => await run())())
    }
  }
}

/** Resolves when the work has resolved or rejected, at the latest after the given time. Never throws. */
export async function settledWithin(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  const time = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([work.catch(() => undefined), time])
  timer.abort()
}
