import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { protocolError } from './protocol-error.ts'

/** The identity of a producer: the id that Kafka has assigned, and the epoch of the id's present owner. */
export interface ProducerIdentity {
  readonly producerId: bigint
  readonly epoch: number
}

const head = { apiKey: 22, apiVersion: 4, apiName: 'InitProducerId', replicated: true } as const

/**
 * Takes a transactional id (KIP-98): its former owner is fenced, and the owner's open transaction is aborted. Throws CONCURRENT_TRANSACTIONS until
 * that transaction has ended in all partitions. `from`: the id is taken only if this is its present identity (KIP-360); otherwise throws
 * PRODUCER_FENCED.
 */
export async function initProducerId(
  coordinator: WireBroker,
  transactionalId: string,
  timeoutMs: number,
  from: ProducerIdentity = { producerId: -1n, epoch: -1 },
): Promise<ProducerIdentity> {
  const body = new FlexibleWriter().text(transactionalId).int32(timeoutMs).int64(from.producerId).int16(from.epoch).tags()
  return askBroker(coordinator, head, body, reader => {
    reader.int32()
    const code = reader.int16()
    if (code !== 0)
      throw protocolError(code, {
        broker: coordinator,
        method: 'initProducerId',
        what: `InitProducerId of ${transactionalId}`,
        transactionalId,
      })
    return { producerId: reader.int64(), epoch: reader.int16() }
  })
}
