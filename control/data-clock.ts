import type { Serde } from '../records/index.ts'
import type { KeyValueStore } from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'

/** Event times as eight bytes. */
export const timeSerde: Serde<number> = {
  serialize: value => {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeDoubleBE(value)
    return bytes
  },
  deserialize: bytes => Buffer.from(bytes).readDoubleBE(),
}

/**
 * The greatest timestamp of the data records that the task has processed, without those of controls; -1 before the first. It is kept in a store: it
 * outlives a restart, and a record that fails does not advance it.
 */
export class DataClock {
  readonly #store: KeyValueStore<string, number>
  readonly #row: string

  constructor(context: ProcessorContext, store: string) {
    this.#store = context.getStateStore(store)
    this.#row = String(context.partition)
  }

  get time(): number {
    return this.#store.get(this.#row) ?? -1
  }

  /** Returns the time that is reached with a record of this timestamp. */
  reach(timestamp: number): number {
    const { time } = this
    if (timestamp <= time) return time
    this.#store.put(this.#row, timestamp)
    return timestamp
  }
}
