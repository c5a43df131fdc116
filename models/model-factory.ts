import { SluiceError } from '../proto/sluice-error.ts'
import type { Model, ModelFormat, ModelSource } from './model.ts'
import { isOnnx } from './onnx/model-proto.ts'
import { loadOnnxModel } from './onnx/onnx-model.ts'

/** What the factory must know of a format. */
export interface FormatLoader {
  /** Whether the bytes are of this format; never throws, and is quick on bytes that are not. */
  detect(bytes: Uint8Array): boolean
  /** Throws SluiceError MODEL_LOAD_FAILED when the bytes turn out to be no such model. */
  load(source: ModelSource): Promise<Model>
}

/** Makes models of bytes. The format is told by the content: a descriptor's word alone never decides what is run. */
export class ModelFactory {
  readonly #loaders = new Map<ModelFormat, FormatLoader>()

  /** A format that is registered again replaces the first. Formats are asked in the order of their registration. */
  register(format: ModelFormat, loader: FormatLoader): this {
    this.#loaders.set(format, loader)
    return this
  }

  get formats(): readonly ModelFormat[] {
    return [...this.#loaders.keys()]
  }

  /** The format of the bytes; undefined when no format knows them. */
  detect(bytes: Uint8Array): ModelFormat | undefined {
    for (const [format, loader] of this.#loaders) if (loader.detect(bytes)) return format
    return undefined
  }

  /**
   * Throws SluiceError MODEL_UNKNOWN_FORMAT when no format knows the bytes, or when the source names another than theirs;
   * MODEL_LOAD_FAILED when they cannot be loaded.
   */
  async load(source: ModelSource): Promise<Model> {
    const detected = this.detect(source.bytes)
    const loader = detected === undefined ? undefined : this.#loaders.get(detected)
    if (loader === undefined) {
      const said = source.format === undefined ? '' : ` (its descriptor says ${source.format})`
      throw new SluiceError(
        'MODEL_UNKNOWN_FORMAT',
        `the model is of no format that is known${said}; supported: ${this.formats.join(', ') || 'none'}`,
      )
    }
    if (source.format !== undefined && source.format !== detected) {
      throw new SluiceError('MODEL_UNKNOWN_FORMAT', `the model's descriptor says ${source.format}, but its content is ${detected}`)
    }
    return loader.load(source)
  }
}

/** The formats that Sluice brings. */
export function defaultModelFactory(): ModelFactory {
  return new ModelFactory().register('ONNX', { detect: isOnnx, load: loadOnnxModel })
}
