import { join } from 'node:path'
import { LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { servingTopology, type ServingOptions } from '../../serving/index.ts'
import type { ModelServingView } from '../../stores/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { decodeResult, type ModelRecord, modelRecord, type Result, servingOptions } from '../serving/serving-driver.ts'
import { eventually, type KafkaFixture } from './fixture.ts'

export const storeName = 'ModelStateStore'

/** The model-serving application in this process, on the topics data, models and results of a fixture. */
export class ServingApp {
  readonly streams: SluiceStreams
  readonly #models = new LoadedModels()

  constructor(
    fixture: KafkaFixture,
    stateDir: string,
    given: { serving?: Partial<ServingOptions>; streams?: Partial<StreamsOptions> } = {},
  ) {
    const topics = { dataTopic: fixture.topic('data'), modelsTopic: fixture.topic('models'), resultsTopic: fixture.topic('results') }
    const topology = servingTopology(servingOptions({ ...topics, storeName, models: this.#models, ...given.serving }))
    this.streams = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers, stateDir, ...given.streams })
  }

  /** Resolves once every task runs. */
  async start(): Promise<void> {
    await this.streams.start()
    await eventually(
      () => this.streams.state,
      state => state === 'running',
    )
  }

  /** The model of the data type as queries return it; undefined: there is none, or not here. */
  async model(dataType: string): Promise<ModelServingView | undefined> {
    return (await this.streams.query(storeName, dataType).catch(() => undefined)) as ModelServingView | undefined
  }

  /** Waits until this version serves the data type. */
  async serves(dataType: string, version: number): Promise<void> {
    const found = await eventually(
      () => this.model(dataType),
      model => model?.version === version,
    )
    if (found?.version !== version) throw new Error(`${dataType} is served by version ${found?.version}, not ${version}`)
  }

  /** Returns the number of models that were still loaded after the tasks were closed. */
  async stop(): Promise<number> {
    await this.streams.stop()
    const { size } = this.#models
    await this.#models.close()
    return size
  }
}

/** The directory of the models of a task. */
export function storeDirectory(stateDir: string, applicationId: string, task: string): string {
  return join(stateDir, applicationId, 'tasks', task, storeName)
}

export function modelFor(dataType: string, model: ModelRecord): WriterRecord {
  return { key: Buffer.from(dataType), value: modelRecord({ dataType, ...model }) }
}

/** A wine with only the alcohol set, which is then the sum over all fields. */
export function wineFor(dataType: string, alcohol: number): WriterRecord {
  return { key: Buffer.from(dataType), value: sluice.WineRecord.encode({ dataType, alcohol }).finish() }
}

/** A result and its place. */
export interface ReadResult extends Result {
  readonly partition: number
  readonly offset: number
}

/** All results, by partition and in order, once the topic has at least this many. */
export async function readResults(fixture: KafkaFixture, atLeast: number): Promise<ReadResult[]> {
  const records = await fixture.readAtLeast('results', atLeast)
  return records.map(({ value, partition, offset }) => ({ ...decodeResult(value), partition, offset }))
}

/** The input of a result. */
export function answered({ inputPartition, inputOffset }: Result): string {
  return `${inputPartition}/${inputOffset}`
}
