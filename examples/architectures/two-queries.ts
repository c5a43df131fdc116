import {
  bytesSerde,
  keyValueStore,
  type KeyValueStore,
  type Processor,
  type ProcessorContext,
  type StreamRecord,
  stringSerde,
  Topology,
} from '../../index.ts'
import { topics } from './recording.ts'
import { Scorer } from './scorer.ts'

/** The models as a query of data finds them when it starts: its own copy, which never changes. */
export type Table = ReadonlyMap<string, Uint8Array>

/** The store of the first query: the table that both share. */
export const tableStore = 'table'

const serdes = { key: stringSerde, value: bytesSerde }

class Rows implements Processor<string, Uint8Array | null> {
  #rows!: KeyValueStore<string, Uint8Array>

  init(context: ProcessorContext): void {
    this.#rows = context.getStateStore(tableStore)
  }

  process({ key, value }: StreamRecord<string, Uint8Array | null>): void {
    if (value === null) this.#rows.delete(key)
    else this.#rows.put(key, value)
  }
}

class Scoring implements Processor<string, Uint8Array, string, Uint8Array> {
  readonly #table: Table
  readonly #scorer = new Scorer()
  #context!: ProcessorContext<string, Uint8Array>

  constructor(table: Table) {
    this.#table = table
  }

  init(context: ProcessorContext<string, Uint8Array>): void {
    this.#context = context
  }

  async process(record: StreamRecord<string, Uint8Array>): Promise<void> {
    await this.#context.forward(await this.#scorer.score(record, this.#table.get(record.key)))
  }

  async close(): Promise<void> {
    await this.#scorer.close()
  }
}

/** The first query, which runs all the time: models ─▶ rows (table) */
export function tableQuery(prefix = ''): Topology {
  return new Topology()
    .addSource('models', `${prefix}${topics.models}`, serdes)
    .addProcessor('rows', () => new Rows(), 'models')
    .addStateStore(keyValueStore({ name: tableStore, ...serdes }), 'rows')
}

/** The second query, which is started anew with each change of the table: data ─▶ scoring ─▶ results */
export function dataQuery(prefix = '', table: Table = new Map()): Topology {
  return new Topology()
    .addSource('data', `${prefix}${topics.data}`, serdes)
    .addProcessor('scoring', () => new Scoring(table), 'data')
    .addSink('results', `${prefix}${topics.results}`, serdes, 'scoring')
}
