import { SluiceError } from '../../base/index.ts'
import { sluice } from '../../proto/messages.js'
import {
  asKeptModels,
  KeptNamedModels,
  type ModelEvent,
  modelStoreOf,
  type NamedModels,
  Rescorer,
  type ServingOptions,
} from '../../serving/index.ts'
import type { KeptModels, ManagedStore } from '../../stores/index.ts'
import { changelogTopic, partitionForKey, readTopic, type TopicRecord } from '../../topology/runtime/topics/index.ts'
import { type ReadEvents, readEvents } from './model-events.ts'
import { type Connection, partitionsIn, type Place, recordStillAt } from './record-at.ts'

/** The topics of an application. */
export interface ExplainTopics {
  readonly applicationId: string
  readonly dataTopic: string
  readonly modelsTopic: string
  readonly resultsTopic: string
  readonly deadLetterTopic: string
}

/** What Kafka has of the models of a data type, until it is closed. */
export interface Lineage {
  /** As its changelog had it when it was opened; empty where there is no changelog. */
  readonly store: KeptModels
  /** What happened to the models of the data type, in order. */
  readonly events: readonly ModelEvent[]
  /** How many records of the events topic have the key of the data type, and are no events of it. */
  readonly strayEvents: number
  /** Scores again. */
  readonly rescorer: Rescorer
  close(): Promise<void>
}

export interface LineageParts {
  readonly connection: Connection
  readonly topics: Pick<ExplainTopics, 'applicationId' | 'modelsTopic'>
  readonly serving: ServingOptions
  readonly dataType: string
}

/** What Kafka has of the models of a data type, without what happened to them. */
export interface OpenModels {
  /** As its changelog had it when it was opened; empty where there is no changelog. */
  readonly store: KeptModels
  readonly models: NamedModels
  close(): Promise<void>
}

/** Reads the models of a data type. No instance has to run. */
export async function openModels({ connection, topics, serving, dataType }: LineageParts): Promise<OpenModels> {
  const managed = await modelStoreOf({ ...serving, store: serving.store === 'key-value' ? 'key-value' : 'model' }).open(undefined)
  try {
    await restore(managed, connection, { topic: changelogTopic(topics.applicationId, serving.storeName), dataType })
    const store = asKeptModels(managed.store, serving)
    const descriptorAt = async (place: Place): Promise<sluice.ModelDescriptor | undefined> =>
      descriptorIn(await recordStillAt(connection, topics.modelsTopic, place))
    return { store, models: new KeptNamedModels(store, descriptorAt), close: () => managed.close() }
  } catch (error) {
    await managed.close()
    throw error
  }
}

/** Reads what is kept of the models of a data type, and what happened to them. No instance has to run. */
export async function openLineage(parts: LineageParts): Promise<Lineage> {
  const opened = await openModels(parts)
  const { store, models } = opened
  try {
    const { events, stray } = await eventsOf(parts.connection, `${parts.topics.applicationId}-model-events`, parts.dataType)
    const rescorer = new Rescorer(parts.serving, models)
    return {
      store,
      events,
      strayEvents: stray,
      rescorer,
      close: async () => {
        await rescorer.close()
        await opened.close()
      },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** The rows of the partition that the data type is on. */
async function restore(
  managed: ManagedStore,
  connection: Connection,
  { topic, dataType }: { readonly topic: string; readonly dataType: string },
): Promise<void> {
  for await (const { records } of ofDataType(connection, topic, dataType)) {
    const rows = records.flatMap(({ key, value }) => (key === null ? [] : [{ key, value }]))
    if (rows.length > 0) await managed.restore(rows, { changelogOffset: 0 })
  }
}

async function eventsOf(connection: Connection, topic: string, dataType: string): Promise<ReadEvents> {
  const events: ModelEvent[] = []
  let stray = 0
  for await (const { records } of ofDataType(connection, topic, dataType)) {
    const read = readEvents(records, dataType)
    events.push(...read.events)
    stray += read.stray
  }
  return { events, stray }
}

/** Reads the partition that the key of the data type is on; nothing where there is no such topic. */
async function* ofDataType(
  connection: Connection,
  topic: string,
  dataType: string,
): AsyncGenerator<{ readonly records: readonly TopicRecord[] }> {
  const partitions = await partitionsIn(connection, topic)
  if (partitions === undefined) return
  const partition = partitionForKey(Buffer.from(dataType), partitions)
  yield* readTopic(connection.kafka, { topic, partitions: [partition], from: 'beginning', until: 'end' })
}

function descriptorIn(record: TopicRecord | undefined): sluice.ModelDescriptor | undefined {
  if (record === undefined || record.value === null) return undefined
  try {
    return sluice.ModelDescriptor.decode(record.value)
  } catch (error) {
    throw new SluiceError('MODEL_UNKNOWN', 'the record of its model is none any more: the topic was made anew', { cause: error })
  }
}
