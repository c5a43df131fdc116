import type { SimKafka } from '../kafka/index.ts'
import type { Scheduler } from '../scheduler.ts'
import { applicationId, changelog, topics } from './counting.ts'
import type { Setup } from './plan.ts'

export interface UpkeepParts {
  readonly kafka: SimKafka
  readonly scheduler: Scheduler
  readonly setup: Setup
  /** Called before something is removed: what is there now is seen then. */
  readonly look: () => void
  readonly note: (text: string) => void
}

/** What a cluster does with its topics by itself, and an operator with them: compaction, retention, more partitions. */
export function keepTopics({ kafka, scheduler, setup, look, note }: UpkeepParts): void {
  const { compactMs, retentionMs, partitionAtMs } = setup.topics
  const inputs = setup.control ? [topics.input, topics.control] : [topics.input]
  const often = (ms: number, label: string, run: () => void): void => {
    if (ms === 0) return
    scheduler.after(ms, undefined, label, () => {
      look()
      run()
      often(ms, label, run)
    })
  }
  often(compactMs, 'compaction', () => {
    if (kafka.partitions(changelog) > 0) kafka.compact(changelog)
  })
  often(retentionMs, 'retention', () => {
    for (const topic of inputs)
      for (const [partition, { offset }] of kafka.offsets(applicationId).committed.get(topic) ?? [])
        kafka.deleteRecordsBefore(topic, partition, offset)
  })
  if (partitionAtMs === undefined) return
  scheduler.after(partitionAtMs, undefined, 'partition', () => {
    note(`${topics.input} gets another partition`)
    kafka.addPartitions(topics.input, setup.partitions + 1)
  })
}
