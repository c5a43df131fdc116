import { checkFormat, type FormatLoader } from './format-loader.ts'
import type { Model, ModelFormat, ModelSource } from './model.ts'
import { onnxLoader } from './onnx/index.ts'
import { pmmlLoader } from './pmml/index.ts'
import { frozenGraphLoader, savedModelLoader } from './tensorflow/index.ts'
import { moduleLoader } from './code/index.ts'
import { serviceLoader } from './service/index.ts'

export type { FormatLoader } from './format-loader.ts'

/** Loads models from bytes. The content decides the format; a descriptor alone never does. */
export class ModelFactory {
  readonly #loaders = new Map<ModelFormat, FormatLoader>()

  /** Registering a format again replaces its loader. Formats are asked in the order of their first registration. */
  register(format: ModelFormat, loader: FormatLoader): this {
    this.#loaders.set(format, loader)
    return this
  }

  /** In the order of their registration. */
  get formats(): readonly ModelFormat[] {
    return [...this.#loaders.keys()]
  }

  /** The format of the bytes; undefined if no format recognizes them. */
  detect(bytes: Uint8Array): ModelFormat | undefined {
    for (const [format, loader] of this.#loaders) if (loader.detect(bytes)) return format
    return undefined
  }

  /** The format that takes an archive which begins so for one file, as its bytes or the format that its descriptor says make it; undefined: what takes it unpacks it. */
  takesWhole(start: Uint8Array, said: ModelFormat | undefined): ModelFormat | undefined {
    if (said !== undefined && this.#loaders.get(said)?.alone !== undefined) return said
    return this.formats.find(format => {
      const loader = this.#loaders.get(format)
      return loader?.unpacks !== true && loader?.detect(start)
    })
  }

  /** The loader of the format. */
  loader(format: ModelFormat): FormatLoader | undefined {
    return this.#loaders.get(format)
  }

  /**
   * Throws SluiceError MODEL_UNKNOWN_FORMAT if no format recognizes the bytes, or if the source names another format;
   * MODEL_LOAD_FAILED if they cannot be loaded.
   */
  async load(source: ModelSource): Promise<Model> {
    const detected = this.detect(source.bytes)
    const loader = this.#loaders.get(checkFormat(detected, source.format, this.formats))
    if (loader === undefined) throw new RangeError(`no loader for ${detected}`)
    return loader.load(source)
  }
}

/** The built-in formats. Models in servers are refused until SERVICE is registered again with the servers that are allowed. */
export function defaultModelFactory(): ModelFactory {
  return new ModelFactory()
    .register('ONNX', onnxLoader)
    .register('TENSORFLOW', frozenGraphLoader)
    .register('TENSORFLOWSAVED', savedModelLoader)
    .register('PMML', pmmlLoader)
    .register('SERVICE', serviceLoader({ hosts: [] }))
    .register('MODULE', moduleLoader)
}
