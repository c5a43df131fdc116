import type { Socket } from 'node:net'

/** What a transaction asks of its coordinators; kafkajs' names. */
export type TransactionRequest = 'initProducerId' | 'addPartitionsToTxn' | 'addOffsetsToTxn' | 'txnOffsetCommit' | 'endTxn'

/** kafkajs' broker, as far as a transaction's coordinator is asked. */
export type CoordinatorBroker = { readonly [name in TransactionRequest]: (request: object) => Promise<unknown> } & {
  isConnected(): boolean
  /** By API key; null before it is connected. */
  readonly versions: Readonly<Record<number, unknown>> | null
  readonly connectionPool: {
    send(protocol: object): Promise<unknown>
    /** All but fetches go by the first. */
    readonly pool: readonly { readonly socket?: Socket | undefined; isConnected(): boolean }[]
  }
}
