import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import type { ProducerIdentity } from './init-producer-id.ts'
import { protocolError } from './protocol-error.ts'

const head = { apiKey: 26, apiVersion: 5, apiName: 'EndTxn', replicated: true } as const

/**
 * Ends the transaction of an identity, and returns the identity of the next transaction (KIP-890, `transaction.version` 2). Its epoch is higher, so
 * that late requests of this transaction cannot affect the next. May be repeated with the same identity; the answer is then the same.
 */
export async function endTransaction(
  coordinator: WireBroker,
  transactionalId: string,
  { producerId, epoch }: ProducerIdentity,
  commit: boolean,
): Promise<ProducerIdentity> {
  const body = new FlexibleWriter()
    .text(transactionalId)
    .int64(producerId)
    .int16(epoch)
    .int8(commit ? 1 : 0)
    .tags()
  return askBroker(coordinator, head, body, reader => {
    reader.int32()
    const code = reader.int16()
    if (code !== 0)
      throw protocolError(code, { broker: coordinator, method: 'endTxn', what: `EndTxn of ${transactionalId}`, transactionalId })
    return { producerId: reader.int64(), epoch: reader.int16() }
  })
}
