import type { QueryableStreams, StreamsState } from '../../topology/index.ts'
import type { Drain } from './connections.ts'

/** The state of the application that REST reports: `draining` instead of `running` once the server drains. */
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
