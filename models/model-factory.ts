import { checkFormat, type FormatLoader } from './format-loader.ts'
import type { Model, ModelFormat, ModelSource } from './model.ts'
import { onnxLoader } from './onnx/index.ts'
import { pmmlLoader } from './pmml/index.ts'
import { frozenGraphLoader, savedModelLoader } from './tensorflow/index.ts'
import { serviceLoader } from './service/index.ts'

export type { FormatLoader } from './format-loader.ts'

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

  /** How models of the format are loaded. */
  loader(format: ModelFormat): FormatLoader | undefined {
    return this.#loaders.get(format)
  }

  /**
   * Throws SluiceError MODEL_UNKNOWN_FORMAT when no format knows the bytes, or when the source names another than theirs;
   * MODEL_LOAD_FAILED when they cannot be loaded.
   */
  async load(source: ModelSource): Promise<Model> {
    const detected = this.detect(source.bytes)
    const loader = this.#loaders.get(checkFormat(detected, source.format, this.formats))
    if (loader === undefined) throw new RangeError(`no loader for ${detected}`)
    return loader.load(source)
  }
}

/** The formats that Sluice brings. Models in servers are refused until SERVICE is registered again with the servers that are allowed. */
export function defaultModelFactory(): ModelFactory {
  return new ModelFactory()
    .register('ONNX', onnxLoader)
    .register('TENSORFLOW', frozenGraphLoader)
    .register('TENSORFLOWSAVED', savedModelLoader)
    .register('PMML', pmmlLoader)
    .register('SERVICE', serviceLoader({ hosts: [] }))
}
