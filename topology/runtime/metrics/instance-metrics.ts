import { MetricsRecorder } from '../../metrics/metrics-recorder.ts'
import {
  brokerAway,
  failureCode,
  followerRetries,
  instanceFailures,
  membersEvicted,
  storesRebuilt,
  threadFailures,
} from './failure-metrics.ts'
import type { EvictionReason } from './failure-metrics.ts'

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

  /** No broker has answered for so many seconds more. */
  waited(seconds: number): void {
    this.recorder.figure(brokerAway).add(seconds)
  }

  /** What the state directory told of the instance was wiped. */
  newInstance(): void {
    this.recorder.figure(storesRebuilt, ['instance', 'unreadable']).add(1)
  }

  globalStoreFailed(error: unknown): void {
    this.recorder.figure(followerRetries, ['global_store', failureCode(error)]).add(1)
  }
}
