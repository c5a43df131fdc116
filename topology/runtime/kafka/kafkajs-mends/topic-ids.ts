import type { Cluster } from 'kafkajs'
import { compactString, FlexibleReader, unsignedVarint } from '../wire/index.ts'

/** What kafkajs' cluster has, and its types do not name. */
interface WithBrokers {
  readonly brokerPool: { findConnectedBroker(): Promise<AskedBroker> }
}

interface AskedBroker {
  /** By API key; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null
  readonly connectionPool: { send(protocol: object): Promise<unknown> }
}

const apiKey = 3
/** The first version whose answer has ids. */
const apiVersion = 10
const idLength = 16

/**
 * The ids of those of the topics that exist (KIP-516): one that is deleted and made anew has another. undefined: the brokers are older than Kafka
 * 2.8. kafkajs asks for metadata by a version that has none. The cluster is to be connected; throws what its connection throws.
 */
export async function topicIds(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, string> | undefined> {
  const broker = await (cluster as Cluster & WithBrokers).brokerPool.findConnectedBroker()
  if ((broker.versions?.[apiKey]?.maxVersion ?? 0) < apiVersion) return undefined
  return (await broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName: 'Metadata', encode: () => encode(topics) },
    response: { decode, parse: (ids: unknown) => ids },
  })) as ReadonlyMap<string, string>
}

/** The flexible header's tags, of which there are none, come first. By names, not ids; nothing is created, no rights are told. */
function encode(topics: readonly string[]): { readonly buffer: Buffer; size(): number } {
  const asked = topics.map(topic => Buffer.concat([Buffer.alloc(idLength), compactString(topic), Buffer.of(0)]))
  const buffer = Buffer.concat([Buffer.of(0), unsignedVarint(asked.length + 1), ...asked, Buffer.of(0, 0, 0, 0)])
  return { buffer, size: () => buffer.length }
}

function decode(bytes: Buffer): ReadonlyMap<string, string> {
  const reader = new FlexibleReader(bytes)
  const ints = (): unknown => reader.array(() => reader.int32())
  reader.tags()
  reader.int32() // how long it was held back
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
  // A topic whose partitions have no leader at the moment has its id all the same.
  return new Map(found.filter(({ id }) => !id.equals(none)).map(({ name, id }) => [name, id.toString('base64url')]))
}
