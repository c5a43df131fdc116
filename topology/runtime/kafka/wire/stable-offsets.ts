import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { protocolError } from './protocol-error.ts'

/** A committed offset, −1 if none is committed, and the metadata that were committed with it. */
export interface StableOffset {
  readonly offset: number
  readonly metadata: string
}

/** The committed offsets of a group, by topic and partition. undefined: an open transaction will commit one. */
export type StableOffsets = ReadonlyMap<string, ReadonlyMap<number, StableOffset | undefined>>

const head = { apiKey: 9, apiVersion: 7, apiName: 'OffsetFetch' } as const
/** UNSTABLE_OFFSET_COMMIT */
export const unstableOffset = 88

/** Whether the broker has this request: Kafka 2.5 and newer. */
export function canRequireStable({ versions }: WireBroker): boolean {
  return (versions?.[head.apiKey]?.maxVersion ?? 0) >= head.apiVersion
}

/** Fetches committed offsets, and marks those that an open transaction may still change (KIP-447). */
export async function fetchStableOffsets(
  coordinator: WireBroker,
  groupId: string,
  topics: Readonly<Record<string, readonly number[]>>,
): Promise<StableOffsets> {
  const asked = { broker: coordinator, method: 'offsetFetch', groupId }
  const body = new FlexibleWriter().text(groupId)
  body.array(Object.entries(topics), ([topic, partitions]) => {
    body.text(topic)
    body.array(partitions, partition => body.int32(partition))
    body.tags()
  })
  body.int8(1).tags()
  return askBroker(coordinator, head, body, reader => {
    reader.int32()
    const offsets = new Map<string, ReadonlyMap<number, StableOffset | undefined>>()
    reader.array(() => {
      const topic = reader.text()
      const found = new Map<number, StableOffset | undefined>()
      reader.array(() => {
        const partition = reader.int32()
        const offset = Number(reader.int64())
        reader.int32()
        const metadata = reader.text()
        const code = reader.int16()
        reader.tags()
        if (code !== 0 && code !== unstableOffset)
          throw protocolError(code, { ...asked, what: `OffsetFetch of ${topic}, partition ${partition}`, topic })
        found.set(partition, code === unstableOffset ? undefined : { offset, metadata })
      })
      reader.tags()
      offsets.set(topic, found)
    })
    const code = reader.int16()
    if (code !== 0) throw protocolError(code, { ...asked, what: `OffsetFetch of group ${groupId}` })
    return offsets
  })
}
