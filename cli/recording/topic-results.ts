import { SluiceError } from '../../base/index.ts'
import type { sluice } from '../../proto/messages.js'
import { wholeOf } from '../../serving/index.ts'
import { readTopic, TopicConnection, type TopicRecord } from '../../topology/runtime/topics/index.ts'
import { type Connection, owned, partitionsIn, resultIn } from '../explain/index.ts'
import { inputsAt } from './inputs-at.ts'
import type { AnsweredResult } from './result-source.ts'
import { stretchStarts, type TopicStretch } from './stretch-starts.ts'

/** How many results wait for their inputs at most. */
const windowSize = 2000

interface Found {
  readonly record: TopicRecord
  readonly result: sluice.ScoreResult
}

/** The committed results of a stretch of their topic, each with its input. Ends at what was committed at the start. Throws TOPIC_MISSING, and as `readTopic` does. */
export async function* topicResults(connection: Connection, stretch: TopicStretch): AsyncGenerator<AnsweredResult> {
  const { resultsTopic: topic, dataTopic, signal, limit = Infinity, onStray } = stretch
  if ((await partitionsIn(connection, dataTopic)) === undefined) throw new SluiceError('TOPIC_MISSING', `topic ${dataTopic} does not exist`)
  const inputs = new TopicConnection(connection.kafka)
  try {
    const { from, to } = await stretchStarts(connection, stretch)
    let window: Found[] = []
    let left = limit
    const answered = (): AsyncGenerator<AnsweredResult> => {
      const taken = window
      window = []
      return withInputs(connection, inputs, { dataTopic, taken })
    }
    for await (const { records } of readTopic(connection.kafka, { topic, partitions: [...from.keys()], from, until: 'end', signal })) {
      for (const record of records) {
        // A batch may go beyond the end, and name models that came after those that are known.
        if (record.offset >= (to.get(record.partition) ?? 0)) break
        const result = resultIn(record)
        if (result === undefined) onStray?.()
        else if (left-- > 0) window.push({ record: owned(record), result })
      }
      if (window.length >= windowSize) yield* answered()
      if (left <= 0) break
    }
    yield* answered()
  } finally {
    inputs.close()
  }
}

/** The results, each as its input is read; those without one in the end. */
async function* withInputs(
  connection: Connection,
  through: TopicConnection,
  { dataTopic, taken }: { readonly dataTopic: string; readonly taken: readonly Found[] },
): AsyncGenerator<AnsweredResult> {
  const waiting = new Map<number, Map<number, Found[]>>()
  for (const found of taken) {
    const { inputPartition, inputOffset } = found.result
    const offset = wholeOf(inputOffset)
    const ofPartition = waiting.get(inputPartition) ?? new Map<number, Found[]>()
    waiting.set(inputPartition, ofPartition)
    // Without exactly_once an input may have several results.
    ofPartition.set(offset, [...(ofPartition.get(offset) ?? []), found])
  }
  const ranges = await connection.admin.fetchTopicOffsets(dataTopic)
  for (const [partition, wanted] of waiting) {
    const range = ranges.find(each => each.partition === partition)
    const held = { low: Number(range?.low ?? 0), high: Number(range?.high ?? 0) }
    for await (const input of inputsAt(through, { topic: dataTopic, partition, held, offsets: [...wanted.keys()] })) {
      for (const found of wanted.get(input.offset) ?? []) yield { ...found, input }
      wanted.delete(input.offset)
    }
    for (const found of [...wanted.values()].flat()) yield { ...found, input: undefined }
  }
}
