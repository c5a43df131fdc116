import type { ModelChange, WaitingChange } from '../../stores/index.ts'

/** What a control changes; nothing of it says who asked for it. */
export interface AskedFor extends Omit<ModelChange, 'asked'> {
  /** The changes that waited for their time, and do not any more because it asks for that. */
  readonly cancelled?: readonly WaitingChange[]
}
