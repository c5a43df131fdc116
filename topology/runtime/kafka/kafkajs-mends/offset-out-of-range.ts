import { SluiceError } from '../../../../base/index.ts'
import type { ConsumerGroup } from './join-hook.ts'
import type { Mend } from './mend.ts'

/** A method that an object made by a `partitionAssigners` factory may have: what to do when a position is not in its partition any more. */
export interface OffsetResetHook {
  /** The offset to go on at, for whose skipped records the caller then answers; undefined: crash the consumer. */
  onOffsetOutOfRange?(topic: string, partition: number): Promise<number | undefined>
}

interface OutOfRange {
  readonly topic: string
  readonly partition: number
}

/** Asks the hooks, else throws OFFSET_OUT_OF_RANGE, marked for kafkajs as not to be retried: `consumer.crash` has it as `error.cause`. */
async function recover(group: ConsumerGroup, { topic, partition }: OutOfRange): Promise<void> {
  for (const assigner of group.assigners as readonly OffsetResetHook[]) {
    const offset = await assigner.onOffsetOutOfRange?.(topic, partition)
    if (offset !== undefined) return group.seek({ topic, partition, offset: String(offset) })
  }
  const what = `the position of group ${group.groupId} in partition ${partition} of topic ${topic} is outside of the partition`
  const error = new SluiceError(
    'OFFSET_OUT_OF_RANGE',
    `${what}: retention deleted records that were not processed, or the topic was deleted and created again. To continue at the beginning of the partition, stop the application and run \
kafka-consumer-groups.sh --reset-offsets --to-earliest --group ${group.groupId} --topic ${topic}:${partition} --execute`,
  )
  throw Object.assign(error, { retriable: false })
}

/**
 * kafkajs commits −2 or −1 in the group's name, even with `autoCommit: false`, and goes on at the topic's head or end: records are skipped
 * or processed again and nobody is told.
 */
export const offsetOutOfRangeMend: Mend = {
  defect: 'silent jump when an offset is out of range',
  apply(modules) {
    const group = modules.load('src/consumer/consumerGroup.js') as { prototype: Record<string, unknown> }
    group.prototype['recoverFromOffsetOutOfRange'] = function (this: ConsumerGroup, error: OutOfRange) {
      return recover(this, error)
    }
  },
}
