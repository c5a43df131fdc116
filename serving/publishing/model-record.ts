import { createHash } from 'node:crypto'
import { sluice } from '../../proto/messages.js'
import { SluiceError } from '../../base/index.ts'
import { maxStoredBytes } from '../model-loader.ts'
import { checkKeptFields } from '../record-limits.ts'
import { type ModelPieceRecord, modelPieces } from './model-pieces.ts'
import { type ModelTypeName, modelTypeOf } from './model-type.ts'

/** A data record, and what a model must give for it: a score, a label, or both. */
export interface GoldenRow {
  /** The value of a data record. */
  readonly record: Uint8Array
  /** The score. */
  readonly score?: number | undefined
  /** The label. */
  readonly label?: string | undefined
  /** Largest allowed difference of the score; default 0. */
  readonly tolerance?: number | undefined
}

/** A model and its description. */
export interface ModelToPublish {
  /** The data type of the records that the model scores. */
  readonly dataType: string
  /** Name for people and in results. */
  readonly name: string
  /** Description for people. */
  readonly description?: string | undefined
  /** The format; undefined: it is detected from the content. */
  readonly type?: ModelTypeName | undefined
  /** The output that holds the score; undefined: the model's first. */
  readonly output?: string | undefined
  /** The name of a model of the data type whose outputs it takes as fields, beside those of the record; undefined: it takes the record alone. */
  readonly after?: string | undefined
  /** The role in which it begins; undefined: champion. `weight`: a challenger's share of the keys. */
  readonly role?: { readonly name: 'CHAMPION' | 'CHALLENGER' | 'SHADOW' | 'FALLBACK'; readonly weight?: number | undefined } | undefined
  /** Records with the results that it must give for them: it is refused if it gives others. */
  readonly golden?: readonly GoldenRow[] | undefined
  /** The event time, epoch ms, from which it has its role; undefined: at once. */
  readonly effectiveFrom?: number | undefined
  /** Its signature, a Sigstore bundle as `sluice sign` writes it; undefined: it has none. */
  readonly signature?: Uint8Array | undefined
  /** The model's bytes; undefined: only the instances read them, at the location. */
  readonly bytes: Uint8Array | undefined
  /** The location from which the instances read the model; undefined: the bytes are sent. */
  readonly location: string | undefined
}

/** A model as a record of the models topic. */
export interface ModelRecord {
  /** The data type, UTF-8. */
  readonly key: Uint8Array
  /** The `ModelDescriptor`. */
  readonly value: Uint8Array
  /** The model's bytes; undefined: the record holds a location instead. */
  readonly bytes: Uint8Array | undefined
  /** SHA-256 of the bytes, in hex; undefined: the bytes are not known here. */
  readonly sha256: string | undefined
  /** The format in the record; undefined: the record names none, and the instances detect it. */
  readonly type: ModelTypeName | undefined
}

/** The model as a record: a descriptor with the bytes or their location, and the SHA-256 of known bytes. Throws MODEL_UNKNOWN_FORMAT, RECORD_TOO_LARGE. */
export function modelRecord(model: ModelToPublish): ModelRecord {
  const { dataType, name, description = '', output = '', bytes, location, signature = new Uint8Array(), after = '' } = model
  const stated = { dataType, name, description, output, location: location ?? null, sha256: new Uint8Array(), signature }
  checkKeptFields({ ...stated, after, publishedBy: '' })
  const type = model.type ?? modelTypeOf(bytes ?? Buffer.from(location ?? ''))
  if (type === undefined && bytes !== undefined)
    throw new SluiceError(
      'MODEL_UNKNOWN_FORMAT',
      `Sluice does not recognize the model format of ${name}; name the format with --type, in REST with type`,
    )
  if (type === 'MODULE' && location === undefined)
    throw new SluiceError(
      'MODEL_LOCATION_REFUSED',
      `the module ${name} is not sent: code is run only from a file below a code root, by its location`,
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
    signature,
    after,
    ...roleOf(model),
    golden: (model.golden ?? []).map(({ record, score, label, tolerance = 0 }) => ({
      record,
      tolerance,
      ...(score === undefined ? {} : { score }),
      ...(label === undefined ? {} : { label }),
    })),
    ...(model.effectiveFrom === undefined ? {} : { effectiveFrom: model.effectiveFrom }),
  }).finish()
  const sent = location === undefined ? bytes : undefined
  return { key: Buffer.from(dataType, 'utf8'), value, bytes: sent, sha256: hash?.toString('hex'), type }
}

/** Throws INPUT_INVALID for a weight that no role of that name has. */
function roleOf({ role }: ModelToPublish): { readonly role?: sluice.RoleAt.$Properties } {
  if (role === undefined) return {}
  const { name, weight } = role
  if (name === 'CHALLENGER' && !(weight !== undefined && weight > 0 && weight <= 1))
    throw new SluiceError('INPUT_INVALID', `the weight of a challenger is ${weight ?? 'not given'}; allowed: above 0, at most 1`)
  if (name !== 'CHALLENGER' && weight !== undefined)
    throw new SluiceError('INPUT_INVALID', `a ${name.toLowerCase()} has no weight: only a challenger has a share of the keys`)
  return { role: { role: sluice.ModelRole[name], weight: weight ?? 0 } }
}

/** Room for what a record batch holds beside key and value, bytes: headers and lengths. */
const batchOverhead = 512

/** The record or, if it is too large for the topic, the model's pieces and the record that closes them. Throws MODEL_TOO_LARGE. */
export function recordsThatFit(record: ModelRecord, { topic, limit }: { topic: string; limit: number }): readonly ModelPieceRecord[] {
  const fits = ({ key, value }: ModelPieceRecord): boolean => value.length + key.length + batchOverhead <= limit
  if (fits(record)) return [{ key: record.key, value: record.value }]
  const sizes = `the model's record has ${record.value.length} bytes, and topic ${topic} accepts at most ${limit}`
  if (record.bytes === undefined)
    throw new SluiceError(
      'MODEL_TOO_LARGE',
      `${sizes}, which is too small even for the model's location: raise the topic's max.message.bytes`,
    )
  if (record.bytes.length > maxStoredBytes)
    throw new SluiceError(
      'MODEL_TOO_LARGE',
      `${sizes}; only models of up to ${maxStoredBytes} bytes are sent in pieces: use --by-location, in REST location`,
    )
  const pieces = modelPieces(record.value)
  if (pieces.every(fits)) return pieces
  throw new SluiceError('MODEL_TOO_LARGE', `${sizes}, which is too small even for the model in pieces: raise the topic's max.message.bytes`)
}
