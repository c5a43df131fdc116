import { SluiceError } from '../../base/index.ts'
import { readTopic, type TopicConnection, type TopicRecord } from '../../topology/runtime/topics/index.ts'

export interface WantedInputs {
  readonly topic: string
  readonly partition: number
  /** The first offset that the partition holds, and the one after its last. */
  readonly held: { readonly low: number; readonly high: number }
  /** In any order. */
  readonly offsets: readonly number[]
}

/** Offsets further apart than this are not read over. */
const widestGap = 10_000

/** The committed records at these offsets of a partition, in their order. What is not there any more is left out. Keys and values are views of what was fetched. */
export async function* inputsAt(through: TopicConnection, { topic, partition, held, offsets }: WantedInputs): AsyncGenerator<TopicRecord> {
  const there = offsets.filter(offset => offset >= held.low && offset < held.high).toSorted((one, other) => one - other)
  let run: number[] = []
  for (const offset of there) {
    const last = run.at(-1)
    if (last !== undefined && offset - last > widestGap) {
      yield* recordsOf(through, { topic, partition, run })
      run = []
    }
    run.push(offset)
  }
  if (run.length > 0) yield* recordsOf(through, { topic, partition, run })
}

interface Run {
  readonly topic: string
  readonly partition: number
  /** Ascending. */
  readonly run: readonly number[]
}

async function* recordsOf(through: TopicConnection, { topic, partition, run }: Run): AsyncGenerator<TopicRecord> {
  const wanted = new Set(run)
  const last = run.at(-1) as number
  const from = new Map([[partition, run[0] as number]])
  try {
    for await (const { records, nextOffset } of readTopic(through, { topic, partitions: [partition], from, until: 'end' })) {
      for (const record of records) if (wanted.delete(record.offset)) yield record
      if (nextOffset > last) return
    }
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'OFFSET_OUT_OF_RANGE') throw error
    // Retention has taken the first of them meanwhile: the rest may be there still.
    const rest = run.filter(offset => wanted.has(offset)).slice(1)
    if (rest.length > 0) yield* recordsOf(through, { topic, partition, run: rest })
  }
}
