import { type Challenger, KeyBuckets, keyHash } from '../../../serving/routing/index.ts'

export const keyCount = 100_000

/** The choice of each of so many keys. */
export function choices(challengers: readonly Challenger[], count = keyCount): Int8Array {
  const buckets = new KeyBuckets(challengers)
  return Int8Array.from({ length: count }, (_, at) => buckets.at(keyHash(Buffer.from(`customer-${at}`))))
}
