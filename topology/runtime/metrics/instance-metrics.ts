import { MetricsRecorder } from '../../metrics/index.ts'
import {
  brokerAway,
  failureCode,
  followerRetries,
  instanceFailures,
  membersEvicted,
  statesRemoved,
  storesRebuilt,
  threadFailures,
  type EvictionReason,
} from './failure-metrics.ts'

/** The metrics that an instance counts outside its stream threads, or that outlive a thread. */
export class InstanceMetrics {
  readonly recorder = new MetricsRecorder()

  constructor() {
    this.recorder.declare(instanceFailures)
  }

  threadFailed(error: unknown): void {
    this.recorder.figure(threadFailures, [failureCode(error)]).add(1)
  }

  evicted(reason: EvictionReason): void {
    this.recorder.figure(membersEvicted, [reason]).add(1)
  }

  /** Returns the listener for one wait for a broker: it counts the seconds as they pass, and calls `onWait`. */
  brokerWait(onWait?: (seconds: number, reason: string) => void): (seconds: number, reason: string) => void {
    let counted = 0
    return (seconds, reason) => {
      this.recorder.figure(brokerAway).add(seconds - counted)
      counted = seconds
      onWait?.(seconds, reason)
    }
  }

  /** The identity file of the instance was unusable, so the instance got a new id. */
  newInstance(): void {
    this.recorder.figure(storesRebuilt, ['instance', 'unreadable']).add(1)
  }

  /** The local state of a task that moved to another instance was removed. */
  stateRemoved(): void {
    this.recorder.figure(statesRemoved).add(1)
  }

  globalStoreFailed(error: unknown): void {
    this.recorder.figure(followerRetries, ['global_store', failureCode(error)]).add(1)
  }
}
