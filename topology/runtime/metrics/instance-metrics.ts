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

/** What is counted for an instance beside its stream threads, or outlives them. */
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

  /** Listens to one wait for a broker: counts its seconds as they pass, and hands them on. */
  brokerWait(onWait?: (seconds: number, reason: string) => void): (seconds: number, reason: string) => void {
    let counted = 0
    return (seconds, reason) => {
      this.recorder.figure(brokerAway).add(seconds - counted)
      counted = seconds
      onWait?.(seconds, reason)
    }
  }

  /** What the state directory told of the instance was wiped. */
  newInstance(): void {
    this.recorder.figure(storesRebuilt, ['instance', 'unreadable']).add(1)
  }

  /** The local state of a task that moved away was removed. */
  stateRemoved(): void {
    this.recorder.figure(statesRemoved).add(1)
  }

  globalStoreFailed(error: unknown): void {
    this.recorder.figure(followerRetries, ['global_store', failureCode(error)]).add(1)
  }
}
