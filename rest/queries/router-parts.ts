import type { QueryableStreams } from '../../topology/index.ts'
import type { HopClient } from '../hops/index.ts'
import type { ShownState } from '../http/index.ts'
import type { MetadataService } from './metadata-service.ts'

/** The parts of an instance that answer queries. */
export interface RouterParts {
  readonly streams: QueryableStreams
  readonly metadata: MetadataService
  readonly hops: HopClient
  /** How long a query is retried during a rebalance before it is answered with 503, ms. */
  readonly retryMs: number
  /** Deadline of this instance's stores for a key, and of the metadata of the group, ms. */
  readonly answerMs: number
  /** Deadline of an instance's stores for a range, ms. */
  readonly scanMs: number
  /** Version of the program. */
  readonly version: string | undefined
  readonly shown: ShownState
}
