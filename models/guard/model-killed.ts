import { SluiceError } from '../../base/index.ts'

/** A model's process died or was stopped while it did not score. */
export class ProcessEnded extends SluiceError {
  constructor(message: string) {
    super('MODEL_FAILED', message)
  }
}

/** A model's process died while it scored, or was stopped because it took too long or too much memory. */
export class ModelKilled extends ProcessEnded {}
