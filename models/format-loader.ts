import { SluiceError } from '../base/sluice-error.ts'
import type { Model, ModelFormat, ModelSource } from './model.ts'

/**
 * What the factory must know of a format.
 *
 * `compile` and `construct` are the two halves of `load`, where a format has them: what takes long or may fail, giving plain data (it can be
 * cloned into another process), and what is quick; `oneByOne` is what a trial has found out (see Model). With `module`, a new model of the format is tried in a process of its own.
 */
export interface FormatLoader {
  /** Whether the bytes are of this format; never throws, and is quick on bytes that are not. */
  detect(bytes: Uint8Array): boolean
  /** Throws SluiceError MODEL_LOAD_FAILED when the bytes turn out to be no such model. */
  load(source: ModelSource): Promise<Model>
  readonly compile?: (source: ModelSource) => Promise<unknown>
  readonly construct?: (compiled: unknown, oneByOne?: string) => Promise<Model>
  /** The URL of the module that exports this very loader as `formatLoader`; undefined: models are loaded in this process, unguarded. */
  readonly module?: string
}

/** The format that was found in the content; throws SluiceError MODEL_UNKNOWN_FORMAT for none, or when the descriptor says another. */
export function checkFormat(
  detected: ModelFormat | undefined,
  said: ModelFormat | undefined,
  supported: readonly ModelFormat[],
): ModelFormat {
  if (detected === undefined) {
    const descriptor = said === undefined ? '' : ` (its descriptor says ${said})`
    throw new SluiceError(
      'MODEL_UNKNOWN_FORMAT',
      `the format of the model is not known${descriptor}; supported: ${supported.join(', ') || 'none'}`,
    )
  }
  if (said === undefined || said === detected) return detected
  throw new SluiceError('MODEL_UNKNOWN_FORMAT', `the model's descriptor says ${said}, but its content is ${detected}`)
}
