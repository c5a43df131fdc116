import { ModelDisposed } from '../models/index.ts'
import { StepFailed } from './composite/index.ts'

/** Whether a model, or a step of a composite, was released while it was asked: what has taken its place may score the rows. */
export function isDisposed(error: unknown): boolean {
  return (error instanceof StepFailed ? error.cause : error) instanceof ModelDisposed
}
