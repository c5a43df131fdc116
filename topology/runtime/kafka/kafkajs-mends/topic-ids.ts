import type { Cluster } from 'kafkajs'
import { compactString, FlexibleReader, unsignedVarint } from '../wire/index.ts'

/** A property of kafkajs' cluster that its types lack. */
interface WithBrokers {
  readonly brokerPool: { findConnectedBroker(): Promise<AskedBroker> }
}

interface AskedBroker {
  /** The supported versions by API key; null before the broker is connected. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null
  readonly connectionPool: { send(protocol: object): Promise<unknown> }
}

const apiKey = 3
/** The first version whose answer has topic ids. */
const apiVersion = 10
const idLength = 16

/**
 * The ids of the topics that exist (KIP-516). A topic that is deleted and created again has another id. undefined: the brokers are older than Kafka
 * 2.8. The version that kafkajs uses has no ids. The cluster must be connected; throws the errors of the connection.
 */
export async function topicIds(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, string> | undefined> {
  const broker = await (cluster as Cluster & WithBrokers).brokerPool.findConnectedBroker()
  if ((broker.versions?.[apiKey]?.maxVersion ?? 0) < apiVersion) return undefined
  return (await broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName: 'Metadata', encode: () => encode(topics) },
    response: { decode, parse: (ids: unknown) => ids },
  })) as ReadonlyMap<string, string>
}

/**
 * The first byte is the empty list of tags of the flexible header. Topics are given by name, not by id; none is created, and no rights are returned.
 */
function encode(topics: readonly string[]): { readonly buffer: Buffer; size(): number } {
  const asked = topics.map(topic => Buffer.concat([Buffer.alloc(idLength), compactString(topic), Buffer.of(0)]))
  const buffer = Buffer.concat([Buffer.of(0), unsignedVarint(asked.length + 1), ...asked, Buffer.of(0, 0, 0, 0)])
  return { buffer, size: () => buffer.length }
}

function decode(bytes: Buffer): ReadonlyMap<string, string> {
  const reader = new FlexibleReader(bytes)
  const ints = (): unknown => reader.array(() => reader.int32())
  reader.tags()
  reader.int32() // throttle time
  reader.array(() => {
    reader.int32()
    reader.text()
    reader.int32()
    reader.text()
    reader.tags()
  })
  reader.text()
  reader.int32()
  const found = reader.array(() => {
    const code = reader.int16()
    const name = reader.text()
    const id = reader.bytes(idLength)
    reader.skip(1)
    reader.array(() => {
      reader.skip(2 + 4 + 4 + 4)
      for (let lists = 3; lists > 0; lists--) ints()
      reader.tags()
    })
    reader.int32()
    reader.tags()
    return { code, name, id }
  })
  const none = Buffer.alloc(idLength)
  // A topic whose partitions have no leader also has its id in the answer.
  return new Map(found.filter(({ id }) => !id.equals(none)).map(({ name, id }) => [name, id.toString('base64url')]))
}
