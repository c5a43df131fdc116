import type { Cluster } from '../../topology/runtime/kafka/index.ts'
import { askBroker, FlexibleWriter, type WireBroker } from '../../topology/runtime/kafka/wire/index.ts'

const head = { apiKey: 55, apiVersion: 0, apiName: 'DescribeQuorum' } as const

/**
 * The id of the active controller (KIP-595). The controller that Kafka's metadata name is any broker of the cluster. The cluster must be connected.
 */
export async function quorumLeader(cluster: Cluster): Promise<number> {
  await cluster.refreshMetadata()
  const broker = (await cluster.findControllerBroker()) as unknown as WireBroker
  const body = new FlexibleWriter()
  body.array(['__cluster_metadata'], topic => {
    body.text(topic)
    body.array([0], partition => body.int32(partition).tags())
    body.tags()
  })
  body.tags()
  return askBroker(broker, head, body, reader => {
    if (reader.int16() !== 0) throw new Error('the leader of the metadata is not known')
    const [leader] = reader.array(() => {
      reader.text()
      // Of each partition only the fields as far as the leader are read: there is one, and nothing behind it is needed.
      reader.varint()
      reader.int32()
      if (reader.int16() !== 0) throw new Error('the leader of the metadata is not known')
      return reader.int32()
    })
    return leader ?? -1
  })
}
