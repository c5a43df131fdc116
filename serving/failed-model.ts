import type { Model } from '../models/index.ts'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'

/** Stands for a model that could not be loaded: each record is answered with the reason. */
export class FailedModel implements Model {
  readonly format = ''
  readonly inputs = []
  readonly outputs = []
  readonly #error: SluiceError

  constructor(cause: unknown) {
    this.#error = new SluiceError('MODEL_FAILED', `the model cannot be loaded: ${messageOf(cause)}`, { cause })
  }

  score(): never {
    throw this.#error
  }

  async dispose(): Promise<void> {}
}
