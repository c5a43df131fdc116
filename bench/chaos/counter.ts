import { sluice } from '../../proto/messages.js'
import type { KeyValueStore } from '../../stores/index.ts'
import type { Processor, ProcessorContext, RawRecord } from '../../topology/index.ts'
import type { Alteration } from './alteration.ts'
import { countHeader, countStoreName } from './chaos-topics.ts'

type Bytes = Uint8Array | null

/** With the sabotage `miscount`, one count in so many is not stored. */
const everyResults = 1000

/** Counts the results of each data type, in a store of its own, and gives each its count: a record that is lost, doubled or undone by half leaves a gap. */
export class Counter implements Processor<Bytes, Bytes, Bytes, Bytes> {
  readonly #alteration: Alteration
  #context!: ProcessorContext<Bytes, Bytes>
  #counts!: KeyValueStore<string, number>
  #counted = 0

  constructor(alteration: Alteration) {
    this.#alteration = alteration
  }

  init(context: ProcessorContext<Bytes, Bytes>): void {
    this.#context = context
    this.#counts = context.getStateStore(countStoreName)
  }

  process(record: RawRecord): void | Promise<void> {
    return this.processBatch([record])
  }

  processBatch(records: readonly RawRecord[]): void | Promise<void> {
    return this.#context.forwardBatch(records.map(record => this.#withCount(record)))
  }

  #withCount(record: RawRecord): RawRecord {
    const { dataType } = sluice.ScoreResult.decode(record.value ?? new Uint8Array())
    const count = (this.#counts.get(dataType) ?? 0) + 1
    if (this.#alteration !== 'miscount' || ++this.#counted % everyResults !== 0) this.#counts.put(dataType, count)
    return { ...record, headers: { ...record.headers, [countHeader]: Buffer.from(String(count)) } }
  }
}
