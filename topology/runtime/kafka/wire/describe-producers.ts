import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { protocolError } from './protocol-error.ts'

/** A transaction that holds back the readers of a partition: who writes it, and the offset of its first record there. */
export interface OpenTransaction {
  readonly topic: string
  readonly partition: number
  readonly producerId: bigint
  readonly from: bigint
}

const head = { apiKey: 61, apiVersion: 0, apiName: 'DescribeProducers' } as const
/** The partition does not exist any more, another broker leads it, or the right READ is missing. */
const untold: ReadonlySet<number> = new Set([3, 6, 29])

/**
 * The transactions without an end in the partitions, as their leader knows them (KIP-664). Partitions that it does not lead are left out, and topics on which
 * the right READ is missing.
 */
export async function describeOpenTransactions(
  leader: WireBroker,
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): Promise<readonly OpenTransaction[]> {
  const body = new FlexibleWriter()
  body.array(topics, ({ topic, partitions }) => {
    body.text(topic)
    body.array(partitions, partition => body.int32(partition))
    body.tags()
  })
  body.tags()
  return askBroker(leader, head, body, reader => {
    reader.int32()
    const open: OpenTransaction[] = []
    reader.array(() => {
      const topic = reader.text()
      reader.array(() => {
        const partition = reader.int32()
        const code = reader.int16()
        reader.text()
        if (code !== 0 && !untold.has(code))
          throw protocolError(code, { broker: leader, method: 'describeProducers', what: `DescribeProducers of ${topic}`, topic })
        reader.array(() => {
          const producerId = reader.int64()
          // Its epoch, last sequence number, last timestamp, and its coordinator's epoch.
          reader.skip(4 + 4 + 8 + 4)
          const from = reader.int64()
          reader.tags()
          if (from >= 0n) open.push({ topic, partition, producerId, from })
        })
        reader.tags()
      })
      reader.tags()
    })
    return open
  })
}
