import type { Model } from '../models/index.ts'
import { messageOf, SluiceError } from '../base/index.ts'

/** Replaces a model that could not be loaded or is still being loaded: `score` always throws the reason. */
export class FailedModel implements Model {
  readonly format = ''
  readonly inputs = []
  readonly outputs = []
  readonly #error: SluiceError

  private constructor(error: SluiceError) {
    this.#error = error
  }

  static notLoaded(cause: unknown): FailedModel {
    return new FailedModel(new SluiceError('MODEL_FAILED', `the model cannot be loaded: ${messageOf(cause)}`, { cause }))
  }

  static quarantined(why: string): FailedModel {
    return new FailedModel(new SluiceError('MODEL_FAILED', whyQuarantined(why)))
  }

  static stillLoading(waitedMs: number): FailedModel {
    return new FailedModel(new SluiceError('MODEL_FAILED', `the model is still being loaded; records wait for it at most ${waitedMs} ms`))
  }

  score(): never {
    throw this.#error
  }

  async dispose(): Promise<void> {}
}

/** What results say of a quarantined model. */
export function whyQuarantined(why: string): string {
  return `the model is quarantined: ${why}; publish another version, or the same one again, to run it`
}
