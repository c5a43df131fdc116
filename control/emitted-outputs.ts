import { asBuffer, type Serde } from '../records/index.ts'
import type { KeyValueStore } from '../stores/index.ts'

/** The last output of a key: its bytes, which are compared; undefined: it had no value. */
export class EmittedOutput {
  readonly bytes: Uint8Array | undefined
  readonly #serde: Serde<unknown>

  constructor(bytes: Uint8Array | undefined, serde: Serde<unknown>) {
    this.bytes = bytes
    this.#serde = serde
  }

  isSame({ bytes }: EmittedOutput): boolean {
    if (bytes === undefined || this.bytes === undefined) return bytes === this.bytes
    return asBuffer(bytes).equals(asBuffer(this.bytes))
  }

  /** For REST. */
  toJSON(): unknown {
    return this.bytes === undefined ? null : this.#serde.deserialize(this.bytes)
  }
}

/** The rows of the store of last outputs: a byte that says whether there is a value, and the value. */
export function emittedSerde(value: Serde<unknown>): Serde<EmittedOutput> {
  return {
    serialize: ({ bytes }) => (bytes === undefined ? Buffer.of(0) : Buffer.concat([Buffer.of(1), bytes])),
    deserialize: row => new EmittedOutput(row[0] === 0 ? undefined : row.subarray(1), value),
  }
}

/** Leaves out outputs that are the same as the last one of their key. */
export class EmittedOutputs {
  readonly #store: KeyValueStore<unknown, EmittedOutput>
  readonly #serde: Serde<unknown>

  constructor(store: KeyValueStore<unknown, EmittedOutput>, serde: Serde<unknown>) {
    this.#store = store
    this.#serde = serde
  }

  changed(key: unknown, outputs: readonly unknown[]): readonly unknown[] {
    let last = this.#store.get(key)
    const changed = outputs.filter(output => {
      const next = new EmittedOutput(output === null ? undefined : this.#serde.serialize(output), this.#serde)
      if (last !== undefined && next.isSame(last)) return false
      last = next
      return true
    })
    if (changed.length > 0) this.#store.put(key, last as EmittedOutput)
    return changed
  }
}
