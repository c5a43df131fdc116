import { SluiceError } from '../../../../base/index.ts'
import type { ConsumerGroup } from './join-hook.ts'
import type { Mend } from './mend.ts'

/** A method that an object made by a `partitionAssigners` factory may have: it is called if a position is not in its partition any more. */
export interface OffsetResetHook {
  /** Returns the offset at which to continue, and is then responsible for skipped records; undefined: the consumer crashes. */
  onOffsetOutOfRange?(topic: string, partition: number): Promise<number | undefined>
}

interface OutOfRange {
  readonly topic: string
  readonly partition: number
}

/**
 * Seeks to the offset that a hook returns; otherwise throws OFFSET_OUT_OF_RANGE, which kafkajs does not retry: `consumer.crash` has it as
 * `error.cause`.
 */
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
 * kafkajs commits −2 or −1 for the group, even with `autoCommit: false`, and continues at the beginning or end of the partition: records are skipped
 * or processed again without any sign.
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
