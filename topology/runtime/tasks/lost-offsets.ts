import { SluiceError, topicPartition } from '../../../base/index.ts'

/** An input without a committed offset, of a task that has state. */
export interface LostOffset {
  readonly task: string
  readonly topic: string
  readonly partition: number
  /** The offset that the changelog names. */
  readonly offset: number
}

/** The committed offsets of inputs are gone while the state is there: OFFSETS_LOST, with a command for each input. */
export class LostOffsets extends SluiceError {
  readonly applicationId: string
  readonly gone: readonly LostOffset[]

  constructor(applicationId: string, gone: readonly LostOffset[]) {
    super('OFFSETS_LOST', messageOf(applicationId, gone))
    this.applicationId = applicationId
    this.gone = gone
  }

  /** The lost offsets of several tasks, in the order of the inputs: they mostly expire together, and are to be set together. */
  static together(failures: readonly [LostOffsets, ...LostOffsets[]]): LostOffsets {
    const gone = failures.flatMap(each => each.gone).toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
    return new LostOffsets(failures[0].applicationId, gone)
  }
}

/** The tool's command that sets the offset of one input. */
export function resetCommand(
  applicationId: string,
  { topic, partition }: Pick<LostOffset, 'topic' | 'partition'>,
  offset: number | 'earliest',
): string {
  const to = offset === 'earliest' ? '--to-earliest' : `--to-offset ${offset}`
  return `kafka-consumer-groups.sh --reset-offsets ${to} --group ${applicationId} --topic ${topic}:${partition} --execute`
}

function messageOf(applicationId: string, gone: readonly LostOffset[]): string {
  const tasks = [...new Set(gone.map(({ task }) => task))]
  const inputs = gone.map(({ topic, partition }) => topicPartition(topic, partition)).join(', ')
  const offsets = gone.map(({ offset }) => offset).join(', ')
  const commands = gone.map(each => resetCommand(applicationId, each, each.offset)).join(' and ')
  return `${tasks.length === 1 ? `task ${tasks[0]} has` : `tasks ${tasks.join(', ')} have`} state, but group ${applicationId} has no offsets of ${inputs}: they have expired (offsets.retention.minutes) or were deleted, and to read these inputs from their beginning would \
process again what the state holds. The changelogs were written with offsets ${offsets}. To go on there, stop all instances and run ${commands}; records that wrote no row since are then \
processed again. To begin anew, delete the state as well: its changelogs, and the folder "${applicationId}" in the stateDir of each instance`
}
