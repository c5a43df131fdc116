import type { WireBroker } from './ask-broker.ts'
import { FlexibleReader } from './flexible-fields.ts'
import { FlexibleWriter } from './flexible-writer.ts'

/** The finalized features of the cluster (KIP-584): the highest level in use, by the feature's name. */
export type ClusterFeatures = ReadonlyMap<string, number>

const head = { apiKey: 18, apiVersion: 3, apiName: 'ApiVersions' } as const
const finalizedTag = 2

/** The finalized features of the cluster; empty with brokers older than Kafka 2.7. */
export async function clusterFeatures(broker: WireBroker): Promise<ClusterFeatures> {
  if ((broker.versions?.[head.apiKey]?.maxVersion ?? 0) < head.apiVersion) return new Map()
  const body = new FlexibleWriter().int8(0).text('sluice').text('1').tags().toBuffer()
  const encode = (): { readonly buffer: Buffer; size(): number } => ({ buffer: body, size: () => body.length })
  const response = { decode: (bytes: Buffer) => ({ features: decode(bytes) }), parse: (decoded: unknown) => decoded }
  const { features } = (await broker.connectionPool.send({ request: { ...head, encode }, response })) as {
    readonly features: ClusterFeatures
  }
  return features
}

/** The header of this answer, unlike all others, has no tags, because the client does not know the broker's versions yet. */
function decode(bytes: Buffer): ClusterFeatures {
  const reader = new FlexibleReader(bytes)
  reader.int16()
  reader.array(() => {
    reader.skip(6)
    reader.tags()
  })
  reader.int32()
  const features = new Map<string, number>()
  for (let left = reader.varint(); left > 0; left--) {
    const tag = reader.varint()
    const field = new FlexibleReader(reader.bytes(reader.varint()))
    if (tag !== finalizedTag) continue
    field.array(() => {
      const name = field.text()
      features.set(name, field.int16())
      field.int16()
      field.tags()
    })
  }
  return features
}
