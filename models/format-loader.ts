import { SluiceError } from '../base/index.ts'
import type { Model, ModelFormat, ModelSource } from './model.ts'

/**
 * How the factory recognizes and loads a format.
 *
 * A format may split `load` into two halves. `compile` does what takes long or may fail, and returns plain data that can be cloned into another
 * process; `construct` is quick. `unbounded` looks at what `compile` gave. `oneByOne` is what a trial found out (see Model). If `module` is set, new models of the format are tried in a
 * process of their own.
 */
export interface FormatLoader {
  /** Whether the bytes are of this format; never throws, and is quick on bytes that are not. */
  detect(bytes: Uint8Array): boolean
  /** Throws SluiceError MODEL_LOAD_FAILED if the bytes are not a valid model of this format. */
  load(source: ModelSource): Promise<Model>
  /** The half of `load` that takes long or may fail. Throws MODEL_LOAD_FAILED. */
  readonly compile?: (source: ModelSource) => Promise<unknown>
  /** The half of `load` that is quick: the model, of what `compile` gave. */
  readonly construct?: (compiled: unknown, oneByOne?: string) => Promise<Model>
  /**
   * Why a compiled model may run long, take much memory or stop its process on some record; undefined: it provably does none of it. Without this
   * function nothing is known, and all models of the format with a module are scored in a process of their own.
   */
  readonly unbounded?: (compiled: unknown) => string | undefined | Promise<string | undefined>
  /**
   * For a format whose models are code: the flags of Node.js with which a process is started for the model at that path, and for no other. The model never
   * leaves that process. Such a model is one by its descriptor's word, and is given by location only: `detect` is not asked.
   */
  readonly alone?: (path: string) => readonly string[]
  /**
   * Whether it unpacks archives, and takes nothing of them but their files. Without it an archive whose files are signed is refused: bytes that are the archive for one reader and a
   * file of this format for another would be a model that nobody has signed.
   */
  readonly unpacks?: true
  /** The URL of the module that exports this loader as `formatLoader`; undefined: models are loaded in this process, unguarded. */
  readonly module?: string
}

/** Returns the format found in the content. Throws SluiceError MODEL_UNKNOWN_FORMAT if there is none, or if the descriptor names another. */
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
