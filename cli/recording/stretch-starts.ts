import { SluiceError } from '../../base/index.ts'
import { type Connection, partitionsIn } from '../explain/index.ts'

/** A part of the topic of results. */
export interface TopicStretch {
  readonly dataTopic: string
  readonly resultsTopic: string
  /** The first offset in each partition of results; default: the oldest. */
  readonly fromOffset?: number | undefined
  /** Begins so many offsets before the end of each partition of results. */
  readonly last?: number | undefined
  /** Ends after so many results. */
  readonly limit?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called for each record of the topic of results that is none. */
  readonly onStray?: () => void
}

export interface StretchStarts {
  /** The first offset of each partition of results. */
  readonly from: ReadonlyMap<number, number>
  /** The offset after its last one, at present. */
  readonly to: ReadonlyMap<number, number>
  /** How many results there are at most. */
  readonly most: number
}

/** Where a stretch begins. Throws TOPIC_MISSING. */
export async function stretchStarts(
  connection: Connection,
  { resultsTopic, fromOffset = 0, last = Infinity, limit = Infinity }: TopicStretch,
): Promise<StretchStarts> {
  if ((await partitionsIn(connection, resultsTopic)) === undefined)
    throw new SluiceError('TOPIC_MISSING', `topic ${resultsTopic} does not exist`)
  const [from, to] = [new Map<number, number>(), new Map<number, number>()]
  let most = 0
  for (const { partition, low, high } of await connection.admin.fetchTopicOffsets(resultsTopic)) {
    const start = Math.min(Number(high), Math.max(Number(low), fromOffset, Number(high) - last))
    from.set(partition, start)
    to.set(partition, Number(high))
    most += Number(high) - start
  }
  return { from, to, most: Math.min(most, limit) }
}
