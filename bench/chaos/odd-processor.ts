import type { Processor, ProcessorContext, RawRecord } from '../../topology/index.ts'
import { type ForwardKind, forwardKinds, oddHeader } from './odd-records.ts'

type Bytes = Uint8Array | null

/**
 * Runs between the data processor and its sinks. It replaces a result whose header names a kind of odd forward by such a value, as an untyped
 * program might create it, and forwards it to `results`, or a record without a key to `compacted`.
 */
export class OddProcessor implements Processor<Bytes, Bytes, Bytes, Bytes> {
  /** The names of its children. */
  static readonly children = { results: 'written', compacted: 'compacted' } as const
  #context!: ProcessorContext<Bytes, Bytes>

  init(context: ProcessorContext<Bytes, Bytes>): void {
    this.#context = context
  }

  process(record: RawRecord): void | Promise<void> {
    return this.#context.forward(forwarded(record), childOf(record))
  }

  async processBatch(records: readonly RawRecord[]): Promise<void> {
    const { results, compacted } = OddProcessor.children
    for (const child of [results, compacted]) {
      const run = records.filter(record => childOf(record) === child)
      if (run.length > 0) await this.#context.forwardBatch(run.map(forwarded), child)
    }
  }
}

function childOf(record: RawRecord): string {
  return kindOf(record) === 'null-key' ? OddProcessor.children.compacted : OddProcessor.children.results
}

function forwarded(record: RawRecord): RawRecord {
  const kind = kindOf(record)
  return kind === undefined ? record : (oddForwards[kind](record) as RawRecord)
}

const oddForwards: Readonly<Record<ForwardKind, (record: RawRecord) => unknown>> = {
  'fractional-timestamp': record => ({ ...record, timestamp: record.timestamp + 0.5 }),
  'no-timestamp': record => ({ ...record, timestamp: undefined }),
  'null-timestamp': record => ({ ...record, timestamp: null }),
  'date-timestamp': record => ({ ...record, timestamp: new Date(record.timestamp) }),
  bare: ({ key, value }) => ({ key, value }),
  'number-header': record => ({ ...record, headers: { ...record.headers, attempt: 7 } }),
  'null-key': record => ({ ...record, key: null }),
}

function kindOf({ headers }: RawRecord): ForwardKind | undefined {
  const header = headers?.[oddHeader]
  if (header === undefined) return undefined
  return forwardKinds.find(kind => kind === String(header))
}
