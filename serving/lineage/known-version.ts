import type { KeptModels, ModelVersion, RecordPlace } from '../../stores/index.ts'

/** A decoded 64-bit field as a number: it is a Long, although its type says number. */
export function wholeOf(value: unknown): number {
  return Number(value ?? 0)
}

/** A model as a result names it. */
export interface NamedModel {
  /** The version's number. */
  readonly version: number
  /** SHA-256 of its bytes. */
  readonly hash: Uint8Array
  /** The place of its record; undefined: the result does not say. */
  readonly place: RecordPlace | undefined
}

/** A version that the store knows. */
export interface KnownVersion {
  /** Its facts. */
  readonly version: ModelVersion
  /** Whether its bytes are kept. */
  readonly kept: boolean
}

/** The version with that number and those bytes; undefined: the store knows none, or another model has the number now. */
export async function knownVersion(store: KeptModels, dataType: string, named: NamedModel): Promise<KnownVersion | undefined> {
  const history = await store.history(dataType)
  return history.find(({ version }) => version.version === named.version && Buffer.from(named.hash).equals(version.hash))
}
