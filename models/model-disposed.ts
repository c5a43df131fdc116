import { SluiceError } from '../base/index.ts'

/** The model was released while it was still asked, or before: whatever the format. Nothing is known of its rows, which another model may score. */
export class ModelDisposed extends SluiceError {
  constructor() {
    super('MODEL_FAILED', 'the model has been disposed of')
  }
}
