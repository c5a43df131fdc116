import type { Model } from '../../models/index.ts'
import { ModelRunner } from './model-runner.ts'

/** A runner that its holder releases once it needs it no more. */
export interface HeldRunner {
  readonly runner: ModelRunner
  release(): Promise<void>
}

/** The runners of a thread: its tasks share one a loaded model, so that rows of several tasks are scored in one call. */
export class ModelRunners {
  readonly #runners = new Map<Model, { readonly runner: ModelRunner; holders: number }>()

  /** The runner of a loaded model; `release` is called after the last holder has released it here. */
  hold(model: Model, release: () => Promise<void>): HeldRunner {
    const entry = this.#runners.get(model) ?? { runner: new ModelRunner(model), holders: 0 }
    this.#runners.set(model, entry)
    entry.holders++
    let held = true
    return {
      runner: entry.runner,
      release: async () => {
        if (!held) return
        held = false
        if (--entry.holders === 0) {
          this.#runners.delete(model)
          entry.runner.close()
        }
        await release()
      },
    }
  }
}
