import type { QueryableStreams, StreamsState } from '../../topology/index.ts'
import type { Drain } from './connections.ts'

/** The application's state as it is told to others: an instance that is about to stop says so while its tasks still run. */
export interface ShownState {
  readonly state: StreamsState | 'draining'
}

export function shownState(streams: QueryableStreams, drain: Drain | undefined): ShownState {
  return {
    get state() {
      return drain?.isDraining === true && streams.state === 'running' ? 'draining' : streams.state
    },
  }
}
