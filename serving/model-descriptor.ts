import { type GoldenRows, plainBatch } from '../models/index.ts'
import { ColumnBatch, utf8Text, type RecordReader } from '../records/index.ts'
import { sluice } from '../proto/messages.js'
import { messageOf, SluiceError } from '../base/index.ts'
import type { KeptModels, NewModel } from '../stores/index.ts'
import type { RawRecord } from '../topology/index.ts'
import { countBeyond, limits } from '../base/limits/index.ts'
import { type NewRole, type PlainControl, plainControl, type RoleName } from './policies/index.ts'
import { pieceKey } from './publishing/index.ts'
import { untilReadable } from './read-row.ts'
import { checkDataType, checkDescriptorSize, checkKeptFields, controlBeyond } from './record-limits.ts'

/** A decoded record of the models topic. */
export interface ModelMessage {
  readonly dataType: string
  /** undefined: the record has no value and therefore withdraws the data type's model. */
  readonly descriptor: sluice.ModelDescriptor | undefined
  /** Of a control record: what it asks for; a string: why that cannot be done. */
  readonly control?: PlainControl | string
  /** Of a control record: its `ModelControl`. */
  readonly controlBytes?: Uint8Array
  /** The key that the record should have. */
  readonly key: Buffer
}

/** Decodes a record of the models topic. The data type is the one in the descriptor, else the key. Throws SluiceError RECORD_UNDECODABLE, RECORD_TOO_LARGE. */
export function decodeModelMessage(record: RawRecord): ModelMessage {
  if (record.value === null) return withdrawal(record)
  checkDescriptorSize(record.value)
  let descriptor: sluice.ModelDescriptor
  try {
    descriptor = sluice.ModelDescriptor.decode(record.value)
  } catch (error) {
    throw new SluiceError('RECORD_UNDECODABLE', `not a ModelDescriptor: ${messageOf(error)}`, { cause: error })
  }
  if (descriptor.dataType === '' && record.key !== null) descriptor.dataType = utf8Text(record.key)
  const { dataType, piece, control } = descriptor
  if (dataType === '')
    throw new SluiceError('RECORD_UNDECODABLE', 'the ModelDescriptor names no data type and the record has no key to take it from')
  checkKeptFields(descriptor)
  if (control) {
    const controlBytes = sluice.ModelControl.encode(control).finish()
    return { dataType, descriptor, control: controlBeyond(controlBytes) ?? plainControl(control), controlBytes, key: Buffer.from(dataType) }
  }
  return { dataType, descriptor, key: piece ? pieceKey(dataType, piece.index ?? 0) : Buffer.from(dataType) }
}

function withdrawal({ key }: RawRecord): ModelMessage {
  if (key === null || key.length === 0)
    throw new SluiceError('RECORD_UNDECODABLE', 'the model record has no value and no key: it neither has a model nor names a data type')
  return { dataType: checkDataType(utf8Text(key)), descriptor: undefined, key: Buffer.from(key) }
}

/** Waits until the reader can read the golden records, if it has to ask somebody. */
export async function goldenReadable({ golden }: sluice.ModelDescriptor, reader: RecordReader): Promise<void> {
  for (const { record } of golden) await untilReadable(reader, record ?? new Uint8Array())
}

/**
 * The descriptor's golden records and the results that the model must give for them; undefined: there are none. They are read in the thread that processes the
 * data: more than the limit would hold the data up. Throws SluiceError MODEL_LOAD_FAILED.
 */
export function goldenRows({ golden }: sluice.ModelDescriptor, reader: RecordReader): GoldenRows | undefined {
  if (golden.length === 0) return undefined
  if (golden.length > limits.golden_records.most) {
    countBeyond('golden_records')
    throw new SluiceError('MODEL_LOAD_FAILED', `it has ${golden.length} golden records; at most ${limits.golden_records.most} are allowed`)
  }
  const batch = new ColumnBatch(reader.specs, golden.length)
  for (const [row, { record }] of golden.entries()) {
    try {
      reader.read(record ?? new Uint8Array(), batch, row)
    } catch (error) {
      throw new SluiceError('MODEL_LOAD_FAILED', `golden record ${row + 1} cannot be read: ${messageOf(error)}`, { cause: error })
    }
    batch.length++
  }
  const results = golden.map(({ score, label, tolerance }) => ({
    score: score ?? undefined,
    label: label ?? undefined,
    tolerance: tolerance ?? 0,
  }))
  return { batch: plainBatch(batch, true), results }
}

/** Who published the model, when it was made, and what its trainer says of it; the timestamp of its record where it names no time. */
export function trainingFacts(
  { publishedBy, created, metrics, parameters }: sluice.ModelDescriptor,
  { timestamp }: RawRecord,
): Pick<NewModel, 'publishedBy' | 'created' | 'metrics' | 'parameters'> {
  return {
    publishedBy: publishedBy === '' ? undefined : publishedBy,
    created: timeOf(created) ?? timestamp,
    metrics: Object.keys(metrics).length === 0 ? undefined : metrics,
    parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
  }
}

/** The role that the model begins in. */
export function newRoleOf({ role, effectiveFrom }: sluice.ModelDescriptor): NewRole {
  const name = sluice.ModelRole[role?.role ?? 0] as RoleName | undefined
  return {
    role: role ? { name: name ?? 'DECOY', weight: role.weight ?? 0 } : undefined,
    effectiveFrom: timeOf(effectiveFrom) ?? 0,
  }
}

/** The change that gives a version its role when its time comes, and the control that says so. */
export function roleControl(descriptor: sluice.ModelDescriptor, version: number): Uint8Array {
  const { role, effectiveFrom, publishedBy } = descriptor
  const setRole = { of: { version }, role: role?.role ?? sluice.ModelRole.CHAMPION, weight: role?.weight ?? 0 }
  return sluice.ModelControl.encode({ setRole, effectiveFrom, who: publishedBy }).finish()
}

/** A decoded 64-bit field is a Long, although its type says number; undefined: 0 or absent. */
function timeOf(value: unknown): number | undefined {
  const time = Number(value ?? 0)
  return time === 0 ? undefined : time
}

/** Who published the model, for its events. */
export function whoIn({ publishedBy }: sluice.ModelDescriptor): { readonly who?: string } {
  return publishedBy === '' ? {} : { who: publishedBy }
}

/** Whether the record deletes a piece of a model, and not the model of a data type that has such a name. Nothing is withdrawn then. */
export function isPieceWithdrawn({ dataType, descriptor }: ModelMessage, store: KeptModels): boolean {
  return descriptor === undefined && /\/piece\/\d+$/.test(dataType) && store.state(dataType) === undefined
}
