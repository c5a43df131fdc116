import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import type { ProducerIdentity } from './init-producer-id.ts'
import { protocolError } from './protocol-error.ts'

export interface TransactionOffsets {
  readonly transactionalId: string
  readonly identity: ProducerIdentity
  readonly groupId: string
  /** The member and its generation. The coordinator refuses offsets of other members and generations (KIP-447). */
  readonly memberId: string
  readonly generationId: number
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata?: string }[]
  }[]
}

const head = { apiKey: 28, apiVersion: 5, apiName: 'TxnOffsetCommit', replicated: true } as const

/**
 * Adds offsets to the transaction of an identity; no further request is needed to add the group to the transaction (KIP-890). Throws
 * ILLEGAL_GENERATION or UNKNOWN_MEMBER_ID if the group has removed the member or is in another generation.
 */
export async function commitTransactionOffsets(coordinator: WireBroker, offsets: TransactionOffsets): Promise<void> {
  const { transactionalId, identity, groupId, memberId, generationId, topics } = offsets
  const asked = { broker: coordinator, method: 'txnOffsetCommit', transactionalId, groupId }
  const body = new FlexibleWriter().text(transactionalId).text(groupId)
  body.int64(identity.producerId).int16(identity.epoch).int32(generationId).text(memberId).text(null)
  body.array(topics, ({ topic, partitions }) => {
    body.text(topic)
    body.array(partitions, ({ partition, offset, metadata = '' }) => {
      body.int32(partition).int64(BigInt(offset)).int32(-1).text(metadata).tags()
    })
    body.tags()
  })
  body.tags()
  await askBroker(coordinator, head, body, reader => {
    reader.int32()
    reader.array(() => {
      const topic = reader.text()
      reader.array(() => {
        const partition = reader.int32()
        const code = reader.int16()
        reader.tags()
        if (code !== 0)
          throw protocolError(code, { ...asked, what: `TxnOffsetCommit of ${topic}, partition ${partition}, by group ${groupId}`, topic })
      })
      reader.tags()
    })
  })
}
