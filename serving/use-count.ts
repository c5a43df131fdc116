import { env } from '../base/index.ts'
import type { KeptModels, ModelUsageStore, ModelUse } from '../stores/index.ts'
import type { ServingModel } from './serving-models.ts'

export interface UseCountParts {
  readonly store: KeptModels
  /** Counts the use with `join: broadcast`; undefined: `store` counts it. */
  readonly usage: ModelUsageStore | undefined
  /** The partition of the data. */
  readonly partition: number
}

/** Counts the use of models by the records of one task. */
export class UseCount {
  readonly #parts: UseCountParts

  constructor(parts: UseCountParts) {
    this.#parts = parts
  }

  /** Counts one call of the model; its whole duration is that of each of its records. */
  recordCall({ state, version, role }: ServingModel, count: number, durationMs: number): void {
    this.recordUse(state.dataType, version, { role, count, durationMs, minMs: durationMs, maxMs: durationMs })
  }

  recordUse(dataType: string, version: number, use: ModelUse): void {
    const { store, usage, partition } = this.#parts
    if (usage === undefined) store.recordUse(dataType, version, use, env.now())
    else usage.recordUse(partition, { dataType, version }, use, env.now())
  }
}
