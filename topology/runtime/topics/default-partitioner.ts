const seed = 0x9747b28c
const multiplier = 0x5bd1e995

/** 32-bit murmur2 with Kafka's seed, signed as in Java. */
export function murmur2(data: Uint8Array): number {
  const whole = data.length & ~3
  let hash = seed ^ data.length
  for (let at = 0; at < whole; at += 4) {
    let block = byte(data, at) | (byte(data, at + 1) << 8) | (byte(data, at + 2) << 16) | (byte(data, at + 3) << 24)
    block = Math.imul(block, multiplier)
    block ^= block >>> 24
    hash = Math.imul(hash, multiplier) ^ Math.imul(block, multiplier)
  }
  const rest = data.length - whole
  if (rest > 2) hash ^= byte(data, whole + 2) << 16
  if (rest > 1) hash ^= byte(data, whole + 1) << 8
  if (rest > 0) hash = Math.imul(hash ^ byte(data, whole), multiplier)
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}

/** The partition that Kafka's default partitioner chooses for a key; a Java producer chooses the same one. */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

function byte(data: Uint8Array, at: number): number {
  return data[at] as number
}
