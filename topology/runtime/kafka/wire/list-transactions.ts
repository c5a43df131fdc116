import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { protocolError } from './protocol-error.ts'

export type ListedTransactions = readonly { readonly transactionalId: string; readonly state: string }[]

const head = { apiKey: 66, apiVersion: 0, apiName: 'ListTransactions' } as const
/** Begun, or told to end and not yet ended everywhere. */
export const openStates: readonly string[] = ['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence']

/**
 * The last transactions of the transactional ids that a broker coordinates (KIP-664), as far as this client may see them: those in these states, or all. Throws GROUP_LOAD_IN_PROGRESS while it reads its part of
 * the transaction log.
 */
export async function listTransactions(broker: WireBroker, states: readonly string[] = []): Promise<ListedTransactions> {
  const body = new FlexibleWriter()
  body.array(states, state => body.text(state))
  body.array([], () => undefined).tags()
  return askBroker(broker, head, body, reader => {
    reader.int32()
    const code = reader.int16()
    if (code !== 0) throw protocolError(code, { broker, method: 'listTransactions', what: 'ListTransactions' })
    reader.array(() => reader.text())
    return reader.array(() => {
      const transactionalId = reader.text()
      reader.int64()
      const state = reader.text()
      reader.tags()
      return { transactionalId, state }
    })
  })
}
