import { createHash } from 'node:crypto'
import { sluice } from '../../proto/messages.js'
import { SluiceError } from '../../base/index.ts'
import { maxStoredBytes } from '../model-loader.ts'
import { type ModelPieceRecord, modelPieces } from './model-pieces.ts'
import { type ModelTypeName, modelTypeOf } from './model-type.ts'

/** A model and what is said of it. */
export interface ModelToPublish {
  /** The data type that it is for. */
  readonly dataType: string
  /** For people, and in results. */
  readonly name: string
  /** For people. */
  readonly description?: string | undefined
  /** undefined: told from the content. */
  readonly type?: ModelTypeName | undefined
  /** The output that holds the score; undefined: the model's first. */
  readonly output?: string | undefined
  /** undefined: only the instances read it, at the location. */
  readonly bytes: Uint8Array | undefined
  /** Where the instances are to read it; undefined: the bytes are sent. */
  readonly location: string | undefined
}

/** A model as a record of the models topic. */
export interface ModelRecord {
  /** The data type, UTF-8. */
  readonly key: Uint8Array
  /** The `ModelDescriptor`. */
  readonly value: Uint8Array
  /** The model, where the record holds it. */
  readonly bytes: Uint8Array | undefined
  /** SHA-256 in hex, where the bytes are at hand. */
  readonly sha256: string | undefined
  /** As it is sent; undefined: not told, the instances find out. */
  readonly type: ModelTypeName | undefined
}

/** The model as a record: its descriptor with the bytes, or with their place, and their SHA-256 where they are at hand. Throws MODEL_UNKNOWN_FORMAT. */
export function modelRecord(model: ModelToPublish): ModelRecord {
  const { dataType, name, description = '', output = '', bytes, location } = model
  const type = model.type ?? modelTypeOf(bytes ?? Buffer.from(location ?? ''))
  if (type === undefined && bytes !== undefined)
    throw new SluiceError(
      'MODEL_UNKNOWN_FORMAT',
      `Sluice does not recognize the model format of ${name}; name the format with --type, in REST with type`,
    )
  const hash = bytes === undefined ? undefined : createHash('sha256').update(bytes).digest()
  const value = sluice.ModelDescriptor.encode({
    name,
    dataType,
    description,
    modeltype: sluice.ModelDescriptor.ModelType[type ?? 'TENSORFLOW'],
    ...(location === undefined ? { data: bytes ?? null } : { location }),
    ...(hash === undefined ? {} : { sha256: hash }),
    output,
  }).finish()
  const sent = location === undefined ? bytes : undefined
  return { key: Buffer.from(dataType, 'utf8'), value, bytes: sent, sha256: hash?.toString('hex'), type }
}

/** What a record batch takes beside the value: headers, the key's and the value's lengths. */
const batchOverhead = 512

/** The record, or the model in pieces and the record that closes it, where the topic takes no record of that size. Throws MODEL_TOO_LARGE. */
export function recordsThatFit(record: ModelRecord, { topic, limit }: { topic: string; limit: number }): readonly ModelPieceRecord[] {
  const fits = ({ key, value }: ModelPieceRecord): boolean => value.length + key.length + batchOverhead <= limit
  if (fits(record)) return [{ key: record.key, value: record.value }]
  const sizes = `the model's record has ${record.value.length} bytes, and topic ${topic} accepts at most ${limit}`
  if (record.bytes === undefined || record.bytes.length > maxStoredBytes)
    throw new SluiceError(
      'MODEL_TOO_LARGE',
      `${sizes}; only models of up to ${maxStoredBytes} bytes are sent in pieces: use --by-location, in REST location`,
    )
  const pieces = modelPieces(record.value)
  if (pieces.every(fits)) return pieces
  throw new SluiceError('MODEL_TOO_LARGE', `${sizes}, which is too small even for the model in pieces: raise the topic's max.message.bytes`)
}
