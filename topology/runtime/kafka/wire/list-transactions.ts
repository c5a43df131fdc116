import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { protocolError } from './protocol-error.ts'

export type ListedTransactions = readonly { readonly transactionalId: string; readonly producerId: bigint; readonly state: string }[]

const head = { apiKey: 66, apiVersion: 0, apiName: 'ListTransactions' } as const
/** The states of transactions that have begun and have not ended in all partitions. */
export const openStates: readonly string[] = ['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence']

/** Whether the broker has this request: Kafka 3.0 and newer. */
export function canListTransactions({ versions }: WireBroker): boolean {
  return versions?.[head.apiKey] !== undefined
}

/**
 * The last transaction of each transactional id that the broker coordinates and that this client may see (KIP-664): those in the given states
 * and of the given producers; default: all. Throws GROUP_LOAD_IN_PROGRESS while the broker reads its part of the transaction log.
 */
export async function listTransactions(
  broker: WireBroker,
  states: readonly string[] = [],
  producers: readonly bigint[] = [],
): Promise<ListedTransactions> {
  const body = new FlexibleWriter()
  body.array(states, state => body.text(state))
  body.array(producers, id => body.int64(id)).tags()
  return askBroker(broker, head, body, reader => {
    reader.int32()
    const code = reader.int16()
    if (code !== 0) throw protocolError(code, { broker, method: 'listTransactions', what: 'ListTransactions' })
    reader.array(() => reader.text())
    return reader.array(() => {
      const transactionalId = reader.text()
      const producerId = reader.int64()
      const state = reader.text()
      reader.tags()
      return { transactionalId, producerId, state }
    })
  })
}
