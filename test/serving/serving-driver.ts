import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { defaultModelFactory, LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { wineRecordReader } from '../../records/protobuf-record-reader.ts'
import { servingTopology, type ServingOptions, waitingStoreName } from '../../serving/index.ts'
import type { ModelEvent } from '../../serving/model-event-log.ts'
import type { ModelStateStore, WaitingRecordsStore } from '../../stores/index.ts'
import { type TestDriverOptions, TopologyTestDriver, type TestRecord } from '../../topology/index.ts'
import { floats, int64s, node, onnx, value } from '../models/onnx-builder.ts'

/** A ScoreResult with its defaults, 64-bit numbers as numbers, the status by name, the hash in hex. */
export interface Result {
  readonly dataType: string
  readonly modelName: string
  readonly modelVersion: number
  readonly score: number
  readonly timestamp: number
  readonly status: string
  readonly label: string
  readonly outputs: readonly { readonly name: string; readonly numbers: readonly number[]; readonly texts: readonly string[] }[]
  readonly modelHash: string
  readonly inputPartition: number
  readonly inputOffset: number
  readonly error: string
  readonly role: string
  readonly policy: number
  readonly modelPartition: number
  readonly modelOffset: number
}

export function decodeResult(bytes: Uint8Array | null | undefined): Result {
  const message = sluice.ScoreResult.decode(bytes ?? new Uint8Array())
  const all = sluice.ScoreResult.toObject(message, { longs: Number, enums: String, defaults: true, arrays: true })
  // Only results of data types with a policy have them: speculative-driver.ts.
  const plain = Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'decision' && name !== 'late' && name !== 'steps'))
  return { ...plain, modelHash: Buffer.from(message.modelHash).toString('hex') } as unknown as Result
}

export interface DeadLetter {
  readonly code: string
  readonly message: string
  readonly value: Uint8Array | null
}

/** The model-serving topology in a test driver, with what a test says and asks of it. */
export class ServingDriver {
  readonly models: LoadedModels
  readonly options: ServingOptions
  readonly driver: TopologyTestDriver

  private constructor(options: ServingOptions, models: LoadedModels, driver: TopologyTestDriver) {
    this.options = options
    this.models = models
    this.driver = driver
  }

  static async open(given: Partial<ServingOptions> = {}, ofDriver: TestDriverOptions = {}): Promise<ServingDriver> {
    const models = new LoadedModels()
    const options = servingOptions({ ...given, models })
    return new ServingDriver(options, models, await TopologyTestDriver.open(servingTopology(options), ofDriver))
  }

  get store(): ModelStateStore {
    return this.driver.getStateStore<ModelStateStore>(this.options.storeName) as ModelStateStore
  }

  publish(model: ModelRecord, record: Omit<TestRecord, 'value'> = {}): Promise<void> {
    return this.driver.pipe('models', { key: model.dataType ?? '', ...record, value: modelRecord(model) })
  }

  /** Gives a control record of the data type. */
  control(dataType: string, control: Control, record: Omit<TestRecord, 'value'> = {}): Promise<void> {
    return this.driver.pipe('models', { key: dataType, ...record, value: controlRecord(dataType, control) })
  }

  send(...records: readonly TestRecord[]): Promise<void> {
    return this.driver.pipeBatch('data', records)
  }

  /** The same, until those are answered too whose models are being loaded. */
  async sendAndWait(...records: readonly TestRecord[]): Promise<void> {
    await this.send(...records)
    const waiting = this.driver.getStateStore<WaitingRecordsStore>(waitingStoreName(this.options))
    while ((waiting?.dataTypes.length ?? 0) > 0) {
      await new Promise(resolve => setTimeout(resolve, 10))
      await this.driver.advanceWallClockTime(20)
    }
  }

  results(): Result[] {
    return this.driver.read('results').map(record => decodeResult(record.value))
  }

  /** The events so far; `name position` of each in short. */
  async events(): Promise<ModelEvent[]> {
    await this.driver.advanceWallClockTime(20)
    return this.driver.read('test-model-events').map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString('utf8')) as ModelEvent)
  }

  deadLetters(): DeadLetter[] {
    return this.driver.read(TopologyTestDriver.deadLetterTopic).map(({ value, headers }) => ({
      code: String(headers?.['sluice.error.code']),
      message: String(headers?.['sluice.error.message']),
      value,
    }))
  }

  /** Nothing may stay loaded. */
  async close(): Promise<void> {
    await this.driver.close()
    assert.is(this.models.size, 0, 'models that are still loaded after the tasks are closed')
  }
}

/** Opens, uses, closes; what the test said is told rather than what closing after it says. */
export async function withServing(
  use: (serving: ServingDriver) => Promise<void>,
  options: Partial<ServingOptions> = {},
  ofDriver: TestDriverOptions = {},
): Promise<void> {
  const serving = await ServingDriver.open(options, ofDriver)
  try {
    await use(serving)
  } catch (error) {
    await serving.driver.close()
    throw error
  }
  await serving.close()
}

/** Runs with a fresh directory that is gone afterwards. */
export async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-serving-'))
  try {
    await use(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Wine records and ONNX, unless it is said otherwise. */
export function servingOptions(given: Partial<ServingOptions>): ServingOptions {
  return {
    dataTopic: 'data',
    modelsTopic: 'models',
    resultsTopic: 'results',
    storeName: 'ModelStateStore',
    reader: wineRecordReader(),
    factory: defaultModelFactory(),
    models: new LoadedModels(),
    modelRoots: [],
    maxModelBytes: 16 * 1024 * 1024,
    ...given,
  }
}

/** A value that must be there for the test to go on. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none')
  return value
}

/** `bytes` is the descriptor's `data`. */
export type ModelRecord = Omit<sluice.ModelDescriptor.$Properties, 'data'> & { readonly bytes?: Uint8Array }

export function modelRecord({ bytes, ...descriptor }: ModelRecord): Uint8Array {
  const content = bytes === undefined ? {} : { data: bytes, location: null }
  return sluice.ModelDescriptor.encode({ ...descriptor, ...content }).finish()
}

export type Control = sluice.ModelControl.$Properties

export function controlRecord(dataType: string, control: Control): Uint8Array {
  return sluice.ModelDescriptor.encode({ dataType, control }).finish()
}

export function wine(dataType: string, alcohol: number, more: Partial<TestRecord> = {}): TestRecord {
  return { key: dataType, value: sluice.WineRecord.encode({ dataType, alcohol }).finish(), ...more }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** An ONNX model of so many features whose score is their sum and `shift`: exact for small whole numbers. */
export function shiftedSum(shift: number, features = 11): Uint8Array {
  return onnx({
    nodes: [node('ReduceSum', ['x', 'axes'], ['sum']), node('Add', ['sum', 'shift'], ['y'])],
    inputs: [value('x', 'float', ['N', features])],
    outputs: [value('y', 'float', ['N', 1])],
    tensors: [int64s('axes', [1], [1]), floats('shift', [1], [shift])],
  })
}
