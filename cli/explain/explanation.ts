import { messageOf, SluiceError } from '../../base/index.ts'
import { sluice } from '../../proto/messages.js'
import { ColumnBatch, type RecordReader, utf8Text } from '../../records/index.ts'
import { knownVersion, type ModelEvent, type RescoredModel, untilReadable, wholeOf } from '../../serving/index.ts'
import type { ModelRouting, ModelVersion, PolicyPosition } from '../../stores/index.ts'
import { deadLetterHeaders } from '../../topology/output/index.ts'
import { readTopic, type TopicRecord } from '../../topology/runtime/topics/index.ts'
import { answersTo, type FoundResult, resultIn } from './answers.ts'
import { type ExplainTopics, type Lineage, type LineageParts, openLineage } from './lineage.ts'
import { partitionsIn, type Place, recordAt, recordStillAt } from './record-at.ts'

/** Most events that are told before and after the policy took effect. */
const mostEvents = 20

/** Where a result comes from, or what became of an input. */
export interface Explanation {
  /** `gone`: the input is not in its topic any more. */
  readonly outcome: 'answered' | 'dead letter' | 'not processed yet' | 'no result found'
  readonly dataType: string
  readonly input: Place & { readonly topic: string; readonly record: InputView | undefined }
  /** The result, and other records that tell of the same input: written twice, of shadows, late ones. */
  readonly results: readonly FoundResult[]
  /** Why the input became a dead letter. */
  readonly deadLetter: { readonly code: string; readonly message: string } | undefined
  /** The facts of the version that the result names. */
  readonly model: (ModelVersion & { readonly kept: boolean }) | undefined
  /** The policy that the result names, and where it took effect in the data's partition. */
  readonly policy: ModelRouting | undefined
  readonly position: PolicyPosition | undefined
  /** What happened to the data type's models around it, in order. */
  readonly events: readonly ModelEvent[]
  /** How many records of the events topic have the key of the data type, and are no events of it. */
  readonly strayEvents: number
  /** What the models give for the input now. */
  readonly again: readonly RescoredModel[]
}

/** An input record for people. */
export interface InputView {
  readonly timestamp: number
  readonly key: string | null
  /** Its fields by name; null: missing. undefined: it cannot be read. */
  readonly fields: Readonly<Record<string, number | string | null>> | undefined
}

export interface ExplainOptions extends Omit<LineageParts, 'dataType'> {
  readonly topics: ExplainTopics
  readonly place: Place
  /** Whether the place is one of the results' topic and not of the data's. */
  readonly isResult: boolean
  /** Whether to find all results of the input. */
  readonly all: boolean
}

/** Explains a result or an input. Throws TOPIC_MISSING, OFFSET_OUT_OF_RANGE, INPUT_INVALID: the record is no result. */
export async function explain(options: ExplainOptions): Promise<Explanation> {
  const { connection, topics, isResult, place, serving } = options
  const asked = await recordAt(connection, isResult ? topics.resultsTopic : topics.dataTopic, place)
  const found = isResult ? [foundIn(asked)] : await resultsOf(options, asked)
  const [first] = found
  const input = first === undefined ? place : { partition: first.result.inputPartition, offset: wholeOf(first.result.inputOffset) }
  const record = isResult ? await recordStillAt(connection, topics.dataTopic, input) : asked
  const results = isResult && options.all && record !== undefined ? await resultsOf(options, record) : found
  const row = record && (await rowOf(record, serving.reader))
  const dataType = first?.result.dataType ?? row?.dataType ?? ''
  const lineage = await openLineage({ ...options, dataType })
  try {
    return {
      dataType,
      input: { topic: topics.dataTopic, ...input, record: row?.view },
      results,
      ...(await outcomeOf(options, first, input)),
      ...(await originOf(first?.result, lineage)),
      strayEvents: lineage.strayEvents,
      again:
        first === undefined || record === undefined ? [] : await lineage.rescorer.again(first.result, { ...record, source: undefined }),
    }
  } finally {
    await lineage.close()
  }
}

function foundIn(record: TopicRecord): FoundResult {
  const result = resultIn(record)
  if (result !== undefined) return { record, result }
  const { topic, partition, offset } = record
  throw new SluiceError(
    'INPUT_INVALID',
    `the record ${partition}:${offset} of topic ${topic} is not a result; for one of the data topic leave out --result`,
  )
}

async function resultsOf({ connection, topics, all }: ExplainOptions, input: TopicRecord): Promise<readonly FoundResult[]> {
  const found = [...(await answersTo(connection, { topic: topics.resultsTopic, input, all }))]
  if (!all) return found
  for (const beside of ['shadow', 'late'])
    found.push(...(await answersTo(connection, { topic: `${topics.resultsTopic}-${beside}`, input, all })))
  return found
}

/** What a result says of its model and policy, and what is known of them. */
async function originOf(
  result: sluice.ScoreResult | undefined,
  { store, events }: Lineage,
): Promise<Pick<Explanation, 'model' | 'policy' | 'position' | 'events'>> {
  if (result === undefined) return { model: undefined, policy: undefined, position: undefined, events: events.slice(-mostEvents) }
  const { dataType, inputPartition } = result
  const named = { version: wholeOf(result.modelVersion), hash: result.modelHash, place: undefined }
  const known = named.version === 0 ? undefined : await knownVersion(store, dataType, named)
  const number = wholeOf(result.policy)
  const effective = events.find(each => each.event === 'effective' && each.policy === number && each.position?.partition === inputPartition)
  const told = effective?.position && { policy: number, ...effective.position, at: effective.at }
  const kept = ((await store.positions?.(dataType)) ?? []).find(each => each.policy === number && each.partition === inputPartition)
  return {
    model: known && { ...known.version, kept: known.kept },
    policy: store.policies?.get(dataType, number),
    position: told ?? kept,
    events: around(events, effective),
  }
}

/** The events around one; without one, the last. */
function around(events: readonly ModelEvent[], middle: ModelEvent | undefined): readonly ModelEvent[] {
  if (middle === undefined) return events.slice(-mostEvents)
  const at = events.indexOf(middle)
  return events.slice(Math.max(0, at - mostEvents / 2), at + mostEvents / 2)
}

async function outcomeOf(
  { connection, topics }: ExplainOptions,
  found: FoundResult | undefined,
  input: Place,
): Promise<Pick<Explanation, 'outcome' | 'deadLetter'>> {
  if (found !== undefined) return { outcome: 'answered', deadLetter: undefined }
  const letter = await deadLetterOf({ connection, topics }, input)
  if (letter !== undefined) return { outcome: 'dead letter', deadLetter: letter }
  const [committed] = await connection.admin.fetchOffsets({ groupId: topics.applicationId, topics: [topics.dataTopic] })
  const next = Number(committed?.partitions.find(each => each.partition === input.partition)?.offset ?? -1)
  return { outcome: next <= input.offset ? 'not processed yet' : 'no result found', deadLetter: undefined }
}

async function deadLetterOf(
  { connection, topics }: Pick<ExplainOptions, 'connection' | 'topics'>,
  { partition, offset }: Place,
): Promise<Explanation['deadLetter']> {
  const topic = topics.deadLetterTopic
  if ((await partitionsIn(connection, topic)) === undefined) return undefined
  for await (const { records } of readTopic(connection.kafka, { topic, from: 'beginning', until: 'end' }))
    for (const { headers } of records) {
      const told = (name: keyof typeof deadLetterHeaders): string => headers?.[deadLetterHeaders[name]]?.toString('utf8') ?? ''
      if (told('topic') !== topics.dataTopic || told('partition') !== String(partition) || told('offset') !== String(offset)) continue
      return { code: told('code'), message: told('message') }
    }
  return undefined
}

/** The record's data type and fields. What cannot be read has neither. */
async function rowOf(
  { key, value, timestamp }: TopicRecord,
  reader: RecordReader,
): Promise<{ readonly dataType: string; readonly view: InputView }> {
  const keyText = key === null ? null : key.toString('utf8')
  const batch = new ColumnBatch(reader.specs, 1)
  try {
    await untilReadable(reader, value ?? Buffer.alloc(0))
    const type = reader.read(value ?? Buffer.alloc(0), batch, 0)
    const fields = Object.fromEntries(
      batch.columns.map((column, at) => {
        const found = column.kind === 'text' ? column.values[0] : column.missing[0] === 1 ? undefined : column.values[0]
        return [reader.specs[at]?.name ?? '', found ?? null]
      }),
    )
    return { dataType: type === '' ? utf8Text(key ?? Buffer.alloc(0)) : type, view: { timestamp, key: keyText, fields } }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw new SluiceError('RECORD_UNDECODABLE', messageOf(error), { cause: error })
    return { dataType: keyText ?? '', view: { timestamp, key: keyText, fields: undefined } }
  }
}
