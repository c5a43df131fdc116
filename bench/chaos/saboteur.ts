import { sluice } from '../../proto/messages.js'
import type { Processor, ProcessorContext, RawRecord } from '../../topology/index.ts'
import type { Sabotage } from './alteration.ts'

type Bytes = Uint8Array | null

const everyResults = 1000
let results = 0

/** Runs between the data processor and the sink. It drops one result in a thousand, doubles it, swaps it with the next, or gives it an older version. */
export class Saboteur implements Processor<Bytes, Bytes, Bytes, Bytes> {
  readonly #sabotage: Sabotage
  #context!: ProcessorContext<Bytes, Bytes>

  constructor(sabotage: Sabotage) {
    this.#sabotage = sabotage
  }

  init(context: ProcessorContext<Bytes, Bytes>): void {
    this.#context = context
  }

  process(record: RawRecord): void | Promise<void> {
    return this.processBatch([record])
  }

  processBatch(records: readonly RawRecord[]): void | Promise<void> {
    if (this.#sabotage === 'swap' && records.length > 1 && (results += records.length) > everyResults) return this.#swapped(records)
    return this.#context.forwardBatch(records.flatMap(record => (++results % everyResults === 0 ? this.#spoil(record) : [record])))
  }

  #swapped(records: readonly RawRecord[]): void | Promise<void> {
    results = 0
    const [first, second, ...others] = records as readonly [RawRecord, RawRecord, ...RawRecord[]]
    return this.#context.forwardBatch([second, first, ...others])
  }

  #spoil(record: RawRecord): readonly RawRecord[] {
    if (this.#sabotage === 'lose') return []
    if (this.#sabotage === 'double') return [record, record]
    if (this.#sabotage !== 'backwards') return [record]
    const result = sluice.ScoreResult.decode(record.value ?? new Uint8Array())
    const { modelVersion } = sluice.ScoreResult.toObject(result, { longs: Number }) as { readonly modelVersion: number }
    result.modelVersion = Math.max(0, modelVersion - 1)
    return [{ ...record, value: sluice.ScoreResult.encode(result).finish() }]
  }
}
