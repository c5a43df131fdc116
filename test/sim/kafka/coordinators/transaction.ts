export type TransactionState = 'Empty' | 'Ongoing' | 'PrepareCommit' | 'PrepareAbort' | 'CompleteCommit' | 'CompleteAbort'

/** What the coordinator knows of a transactional id; all of it is in its log. */
export interface Transaction {
  readonly id: string
  state: TransactionState
  producerId: number
  epoch: number
  /** Of the identity before this one; −1: none that may still ask. */
  lastEpoch: number
  previousProducerId: number
  /** Takes the present one's place once all markers are written, because its epochs are used up. */
  nextProducerId: number
  timeoutMs: number
  startedAt: number
  /** Names of those that get a marker at the end. */
  readonly partitions: Set<string>
  /** Of those, the ones that have none yet. */
  unmarked: Set<string>
  /** It was ended by who speaks KIP-890. */
  raisesEpochs: boolean
  cancelTimeout: () => void
}

const maxEpoch = 32_767

export function isExhausted(epoch: number): boolean {
  return epoch >= maxEpoch - 1
}

export function newTransaction(id: string, producerId: number, timeoutMs: number): Transaction {
  return {
    id,
    state: 'Empty',
    producerId,
    epoch: -1,
    lastEpoch: -1,
    previousProducerId: -1,
    nextProducerId: -1,
    timeoutMs,
    startedAt: -1,
    partitions: new Set(),
    unmarked: new Set(),
    raisesEpochs: false,
    cancelTimeout: () => undefined,
  }
}

export function isEnding({ state }: Transaction): boolean {
  return state === 'PrepareCommit' || state === 'PrepareAbort'
}

/** Whether an end is one that was asked for before, and raised the epoch. */
export function isRepeated(transaction: Transaction, producerId: number, epoch: number): boolean {
  if (!transaction.raisesEpochs || transaction.state === 'Ongoing' || transaction.state === 'Empty') return false
  if (transaction.producerId === producerId) return transaction.epoch === epoch + 1
  return transaction.previousProducerId === producerId && epoch === maxEpoch - 1 && transaction.epoch === 0
}
