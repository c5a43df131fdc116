import type { SimKafka } from '../kafka/index.ts'
import type { Scheduler } from '../scheduler.ts'
import { applicationId, type ApplicationTopics } from './application.ts'
import type { Setup } from './plan.ts'

export interface UpkeepParts {
  readonly kafka: SimKafka
  readonly scheduler: Scheduler
  readonly setup: Setup
  readonly topics: ApplicationTopics
  /** Called before records are removed, so that the judge can read them first. */
  readonly look: () => void
  readonly note: (text: string) => void
}

/** Changes of topics by the cluster (compaction, retention) and by an operator (more partitions). */
export function keepTopics({ kafka, scheduler, setup, topics: { inputs, changelogs }, look, note }: UpkeepParts): void {
  const { compactMs, retentionMs, partitionAtMs } = setup.topics
  const [input] = inputs as readonly [string]
  const often = (ms: number, label: string, run: () => void): void => {
    if (ms === 0) return
    scheduler.after(ms, undefined, label, () => {
      look()
      run()
      often(ms, label, run)
    })
  }
  often(compactMs, 'compaction', () => {
    for (const changelog of changelogs) if (kafka.partitions(changelog) > 0) kafka.compact(changelog)
  })
  often(retentionMs, 'retention', () => {
    for (const topic of inputs)
      for (const [partition, { offset }] of kafka.offsets(applicationId).committed.get(topic) ?? [])
        kafka.deleteRecordsBefore(topic, partition, offset)
  })
  if (partitionAtMs === undefined) return
  scheduler.after(partitionAtMs, undefined, 'partition', () => {
    note(`${input} gets another partition`)
    kafka.addPartitions(input, setup.partitions + 1)
  })
}
