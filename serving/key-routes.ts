import type { ColumnBatch } from '../records/index.ts'
import type { ModelRoutes } from '../stores/index.ts'
import type { RawRecord } from '../topology/index.ts'
import { KeyBuckets, keyHash, numberHash, textHash } from './routing/index.ts'

const bucketsOf = new WeakMap<ModelRoutes, KeyBuckets>()

/** The rows of a batch that each version scores, in row order; version 0: the champion. One entry: all rows. */
export function rowsByVersion(routes: ModelRoutes, batch: ColumnBatch, rows: readonly RawRecord[]): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>()
  const buckets = bucketsFor(routes)
  const hashOf = hashing(routes, batch)
  for (let row = 0; row < rows.length; row++) {
    const at = buckets.at(hashOf === undefined ? keyHash((rows[row] as RawRecord).key) : hashOf(row))
    const version = at < 0 ? 0 : (routes.challengers[at]?.version ?? 0)
    const members = found.get(version)
    if (members === undefined) found.set(version, [row])
    else members.push(row)
  }
  return found
}

function bucketsFor(routes: ModelRoutes): KeyBuckets {
  let buckets = bucketsOf.get(routes)
  if (buckets === undefined) {
    buckets = new KeyBuckets(routes.challengers.map(({ version, weight }) => ({ id: version, weight })))
    bucketsOf.set(routes, buckets)
  }
  return buckets
}

/** The hash of a row's field; undefined: the record's key decides. A record whose field is missing goes to the champion. */
function hashing({ bucketBy }: ModelRoutes, { specs, columns }: ColumnBatch): ((row: number) => number | undefined) | undefined {
  if (bucketBy === '') return undefined
  const column = columns[specs.findIndex(({ name }) => name === bucketBy)]
  if (column === undefined) return () => undefined
  if (column.kind === 'text')
    return row => {
      const text = column.values[row]
      return text === undefined ? undefined : textHash(text)
    }
  return row => (column.missing[row] === 1 ? undefined : numberHash(column.values[row] as number))
}
