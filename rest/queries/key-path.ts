/**
 * Where a key of a store is asked for, encoded. A path cannot carry every key: clients and proxies take "." and ".." (encoded too) for steps up the
 * path, and an empty segment for none. Those are asked for by the query.
 */
export function keyPath(store: string, key: string, below: '' | '/versions', query: readonly (readonly [string, string])[] = []): string {
  const base = `/state/${encodeURIComponent(store)}`
  if (!['', '.', '..'].includes(key)) return `${base}/keys/${encodeURIComponent(key)}${below}${searchOf(query)}`
  return `${base}${below === '' ? '/keys' : below}${searchOf([['key', key], ...query])}`
}

function searchOf(query: readonly (readonly [string, string])[]): string {
  return query.length === 0 ? '' : `?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString()}`
}
