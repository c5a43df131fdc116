import type { LoadedModels, ModelFactory } from '../models/index.ts'
import type { RecordReader } from '../proto/record-reader.ts'

/** What the model-serving topology is made of. */
export interface ServingOptions {
  readonly dataTopic: string
  readonly modelsTopic: string
  readonly resultsTopic: string
  readonly storeName: string
  /** Reads the data records. */
  readonly reader: RecordReader
  readonly factory: ModelFactory
  /** Shared by every task of the process: the same model is loaded once. */
  readonly models: LoadedModels
  /** Directories that a model's location may lie in; none: locations are refused. */
  readonly modelRoots: readonly string[]
  readonly maxModelBytes: number
}

/** The same bytes with another output as the score are another model to score with. */
export function loadedModelKey(hash: Uint8Array, output: string): string {
  return `${Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex')}/${output}`
}
