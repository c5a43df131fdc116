import { asBuffer } from '../../records/index.ts'
import { afterPrefix } from '../byte-key.ts'
import type { TransactionBuffer } from '../rows/index.ts'
import { isEmpty, keyBounds, type ReadOptions, type StoreQuery } from '../store-query.ts'
import { modelStateSerde, modelStatisticsSerde, type ModelStatistics, pastVersionSerde } from './model-rows.ts'
import { type ModelUsageSource, usageIn } from './model-usage-store.ts'
import { modelServingView, type ModelServingView } from './model-views.ts'
import { pastKey, STATE_PREFIX, stateKey, statsKey } from './row-keys.ts'

type Rows = Pick<TransactionBuffer, 'get' | 'range'>

/** Interactive queries of the models that serve, from the rows. */
export class ModelQueries {
  readonly #buffer: TransactionBuffer
  readonly #sources: ReadonlySet<ModelUsageSource>

  /** `sources`: other stores that count the use of the models. */
  constructor(buffer: TransactionBuffer, sources: ReadonlySet<ModelUsageSource>) {
    this.#buffer = buffer
    this.#sources = sources
  }

  one(key: string, { uncommitted }: ReadOptions = {}): ModelServingView | undefined {
    const rows = this.#rows(uncommitted)
    const state = rows.get(stateKey(key))
    return state === undefined ? undefined : this.#view(rows, key, state)
  }

  async *all(query: StoreQuery = {}): AsyncIterable<{ readonly key: string; readonly value: ModelServingView }> {
    const { limit = Infinity, uncommitted } = query
    const { from = stateKey(''), to = afterPrefix(Buffer.from(STATE_PREFIX)) } = keyBounds(query, stateKey)
    if (limit <= 0 || isEmpty({ from, to })) return
    let left = limit
    const rows = this.#rows(uncommitted)
    for await (const [key, state] of rows.range(from, to, limit)) {
      const dataType = asBuffer(key).toString('utf8', STATE_PREFIX.length)
      const value = this.#view(rows, dataType, state)
      if (value === undefined) continue
      yield { key: dataType, value }
      if (--left <= 0) return
    }
  }

  #view(rows: Rows, dataType: string, row: Uint8Array): ModelServingView | undefined {
    const state = modelStateSerde.deserialize(row)
    const statistics = statisticsIn(rows, dataType, state.current)
    return modelServingView(state, statistics ?? usageIn(this.#sources, dataType, state.current))
  }

  #rows(uncommitted = false): Rows {
    return uncommitted ? this.#buffer : this.#buffer.committed
  }
}

/** The figures of a version; undefined: it was not used. */
function statisticsIn(rows: Rows, dataType: string, version: number): ModelStatistics | undefined {
  const row = rows.get(statsKey(dataType))
  const newest = row && modelStatisticsSerde.deserialize(row)
  if (newest?.version === version) return newest
  const past = rows.get(pastKey(dataType, version))
  return past && pastVersionSerde.deserialize(past).figures
}
