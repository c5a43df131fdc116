/**
 * The encoded path of a key of a store. Clients and proxies resolve the segments "." and ".." (even encoded) and remove empty segments, so these
 * keys are sent as the query parameter `key` instead.
 */
export function keyPath(store: string, key: string, below: '' | '/versions', query: readonly (readonly [string, string])[] = []): string {
  const base = `/state/${encodeURIComponent(store)}`
  if (!['', '.', '..'].includes(key)) return `${base}/keys/${encodeURIComponent(key)}${below}${searchOf(query)}`
  return `${base}${below === '' ? '/keys' : below}${searchOf([['key', key], ...query])}`
}

function searchOf(query: readonly (readonly [string, string])[]): string {
  return query.length === 0 ? '' : `?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString()}`
}
