import type { Mend } from './mend.ts'

/** The fields of a fetched record that the filter reads. */
export interface FetchedMessage {
  readonly offset: string
  readonly offsetNumber?: number
  readonly key: Buffer | null
  readonly isControlRecord?: boolean
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean }
}

export interface AbortedTransaction {
  readonly producerId: string | number | bigint
  readonly firstOffset: string
}

/**
 * Returns the messages, which are in offset order, without those of aborted transactions. Control records are kept, because they are positions.
 *
 * An aborted transaction reaches from its first offset to the next abort marker of its producer. The broker lists aborted transactions in the order
 * of their ends, so the list is sorted first. Only control records are markers, whatever the key of a data record is.
 */
export function filterAbortedMessages<M extends FetchedMessage>(options: {
  readonly messages: readonly M[]
  readonly abortedTransactions?: readonly AbortedTransaction[] | null
}): readonly M[] {
  const { messages, abortedTransactions } = options
  if (!abortedTransactions?.length) return messages
  const ahead = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId: String(producerId), firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset)
  const aborting = new Set<string>()
  let next = 0
  return messages.filter(message => {
    const offset = message.offsetNumber ?? Number(message.offset)
    for (let begun = ahead[next]; begun && begun.firstOffset <= offset; begun = ahead[++next]) aborting.add(begun.producerId)
    const producerId = String(message.batchContext?.producerId)
    if (!message.isControlRecord) return !(message.batchContext?.inTransaction && aborting.has(producerId))
    if (isAbortMarker(message.key)) aborting.delete(producerId)
    return true
  })
}

/** A control record's key: version and type, 16 bits each; type 0 is abort, 1 commit. */
function isAbortMarker(key: Buffer | null): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0
}

/**
 * In kafkajs, aborted records reach read_committed consumers: it assumes that the broker lists aborted transactions by their beginnings, and takes
 * any record whose key is four zero bytes for an abort marker.
 */
export const filterAbortedMessagesMend: Mend = {
  defect: 'aborted records reach read_committed consumers',
  apply: modules => modules.replace('src/consumer/filterAbortedMessages.js', filterAbortedMessages),
}
