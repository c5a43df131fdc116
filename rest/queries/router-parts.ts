import type { QueryableStreams } from '../../topology/index.ts'
import type { HopClient } from '../hops/index.ts'
import type { ShownState } from '../http/index.ts'
import type { MetadataService } from './metadata-service.ts'

/** What answering a query needs of its instance. */
export interface RouterParts {
  readonly streams: QueryableStreams
  readonly metadata: MetadataService
  readonly hops: HopClient
  /** How long a rebalance is waited for before the client is told to come back. */
  readonly retryMs: number
  /** How long the stores of this instance may take to answer: for a key, and for a range. */
  readonly answerMs: number
  readonly scanMs: number
  /** Of the program that runs here. */
  readonly version: string | undefined
  readonly shown: ShownState
}
