const version = 7

/** A Produce request (version 7) of one batch, without its length. */
export function produceRequest(topic: string, partition: number, batch: Buffer): Buffer {
  const client = Buffer.from('inputs')
  const name = Buffer.from(topic)
  const head = Buffer.alloc(4 + 4 + 2 + client.length + 2 + 2 + 4 + 4 + 2 + name.length + 4 + 4 + 4)
  let at = head.writeInt16BE(0, 0)
  at = head.writeInt16BE(version, at)
  at = head.writeInt32BE(0, at)
  at = head.writeInt16BE(client.length, at)
  at += client.copy(head, at)
  // No transaction; all in-sync replicas, within 30 s.
  at = head.writeInt16BE(-1, at)
  at = head.writeInt16BE(-1, at)
  at = head.writeInt32BE(30_000, at)
  at = head.writeInt32BE(1, at)
  at = head.writeInt16BE(name.length, at)
  at += name.copy(head, at)
  at = head.writeInt32BE(1, at)
  at = head.writeInt32BE(partition, at)
  head.writeInt32BE(batch.length, at)
  return Buffer.concat([head, batch])
}

/** Kafka's error in the answer; 0: it was written. */
export function producedError(response: Buffer): number {
  // Correlation id, one topic, its name, one partition, its index.
  const nameLength = response.readInt16BE(8)
  return response.readInt16BE(10 + nameLength + 4 + 4)
}
