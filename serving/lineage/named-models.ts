import type { KeptModels, ModelVersion } from '../../stores/index.ts'
import type { NamedModel } from './known-version.ts'

/** A model that a result names. */
export interface ModelWithBytes extends Pick<KeptModels, 'bytesOf'> {
  /** Its facts; its bytes, and those of its signature, are given by `bytesOf`, unless they are only at its location. */
  readonly version: ModelVersion
}

/** Where the models are that results name: in Kafka, or in a recording. */
export interface NamedModels {
  /** The model with that number and that SHA-256. Throws MODEL_UNKNOWN: it is not there any more; MODEL_HASH_MISMATCH: another has its place. */
  find(dataType: string, named: NamedModel): Promise<ModelWithBytes>
}
