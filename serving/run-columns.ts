import { SluiceError } from '../base/index.ts'
import { ColumnBatch, type RecordReader } from '../records/index.ts'
import type { RawRecord } from '../topology/index.ts'
import { readRow } from './read-row.ts'

/** The records of a run as columns. The batches are used again for each run. */
export class RunColumns {
  readonly #reader: RecordReader
  /** The readable records of the run; `#types` has the data type of each row. */
  #batch: ColumnBatch
  readonly #types: string[] = []
  /** The rows of one data type, copied from a run that has several data types. */
  #part: ColumnBatch

  constructor(reader: RecordReader) {
    this.#reader = reader
    this.#batch = new ColumnBatch(reader.specs, 1)
    this.#part = this.#batch
  }

  /** All rows of the run. */
  get batch(): ColumnBatch {
    return this.#batch
  }

  /** The data type of every row; undefined: there are several. To be asked of a run with rows. */
  get type(): string | undefined {
    const first = this.#types[0]
    return this.#types.every(type => type === first) ? first : undefined
  }

  /** The rows of each data type, in the order of the first of them. */
  get byType(): ReadonlyMap<string, readonly number[]> {
    const byType = new Map<string, number[]>()
    this.#types.forEach((type, row) => {
      const rows = byType.get(type)
      if (rows === undefined) byType.set(type, [row])
      else rows.push(row)
    })
    return byType
  }

  /** Reads the records into rows. Returns the readable ones, one for each row; the others are given to `refuse`, with the reason. */
  read(records: readonly RawRecord[], refuse: (record: RawRecord, why: SluiceError) => void): readonly RawRecord[] {
    if (this.#batch.capacity < records.length) this.#batch = new ColumnBatch(this.#reader.specs, roomFor(records.length))
    const batch = this.#batch
    batch.clear()
    this.#types.length = 0
    const unreadable: RawRecord[] = []
    for (const record of records) {
      try {
        this.#types.push(readRow(this.#reader, record, batch))
        batch.length++
      } catch (error) {
        if (!(error instanceof SluiceError) || error.fault === 'environment') throw error
        unreadable.push(record)
        refuse(record, error)
      }
    }
    return unreadable.length === 0 ? records : records.filter(record => !unreadable.includes(record))
  }

  /** The batch is still needed after its run, or after the next `gather`: another one is used then. */
  leave(batch: ColumnBatch): void {
    if (batch !== this.#batch && batch !== this.#part) return
    if (batch === this.#batch) this.#batch = new ColumnBatch(this.#reader.specs, 1)
    this.#part = this.#batch
  }

  /** A batch of these rows, until the next call. */
  gather(rows: readonly number[]): ColumnBatch {
    if (this.#part === this.#batch || this.#part.capacity < rows.length)
      this.#part = new ColumnBatch(this.#batch.specs, roomFor(rows.length))
    const part = this.#part
    part.clear()
    for (const row of rows) part.copyRow(part.length++, this.#batch, row)
    return part
  }
}

function roomFor(rows: number): number {
  return 2 ** Math.ceil(Math.log2(rows))
}
