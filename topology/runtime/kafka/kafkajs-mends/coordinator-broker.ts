import type { Socket } from 'node:net'

/** The requests of a transaction to its coordinators, by kafkajs' names. */
export type TransactionRequest = 'initProducerId' | 'addPartitionsToTxn' | 'addOffsetsToTxn' | 'txnOffsetCommit' | 'endTxn'

/** The part of kafkajs' broker that requests to a transaction's coordinators use. */
export type CoordinatorBroker = { readonly [name in TransactionRequest]: (request: object) => Promise<unknown> } & {
  isConnected(): boolean
  /** The supported versions by API key; null before the broker is connected. */
  readonly versions: Readonly<Record<number, unknown>> | null
  readonly connectionPool: {
    send(protocol: object): Promise<unknown>
    /** All requests except fetches use the first connection. */
    readonly pool: readonly { readonly socket?: Socket | undefined; isConnected(): boolean }[]
  }
}
