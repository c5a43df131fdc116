import { SluiceError } from '../base/index.ts'
import { countBeyond, type LimitName, limits } from '../base/limits/index.ts'
import type { sluice } from '../proto/messages.js'

/** The fields of a descriptor that are kept: in the state of the data type, in the changelog, in results and in the names of metrics. */
const kept = [
  ['data type', 'data_type', ({ dataType }) => dataType],
  ['name', 'model_name', ({ name }) => name],
  ['output', 'model_name', ({ output }) => output],
  ['description', 'model_description', ({ description }) => description],
  ['location', 'model_location', ({ location }) => location ?? ''],
  ['SHA-256', 'model_hash', ({ sha256 }) => sha256],
  ['signature', 'model_signature', ({ signature }) => signature],
  ['name after which it comes', 'model_name', ({ after }) => after],
  ['publisher', 'model_publisher', ({ publishedBy }) => publishedBy],
] as const satisfies readonly (readonly [string, LimitName, (descriptor: KeptFields) => string | Uint8Array])[]

/** What is kept of a descriptor. */
export type KeptFields = Pick<
  sluice.ModelDescriptor,
  'dataType' | 'name' | 'output' | 'description' | 'location' | 'sha256' | 'signature' | 'after' | 'publishedBy'
> &
  Partial<Pick<sluice.ModelDescriptor, 'metrics' | 'parameters'>>

/** Throws RECORD_TOO_LARGE for a field of a descriptor that is larger than what may be kept of it. */
export function checkKeptFields(descriptor: KeptFields): void {
  for (const [field, limit, of] of kept) checkSize(`the ${field} of the model`, of(descriptor), limit)
  const { metrics = {}, parameters = {} } = descriptor
  const names = [...Object.keys(metrics), ...Object.entries(parameters).flat()]
  const bytes = names.reduce((sum, text) => sum + Buffer.byteLength(text), 8 * Object.keys(metrics).length)
  if (bytes > limits.model_training.most) throw beyond('model_training', `what the model says of its training has ${bytes} bytes`)
}

/** Why a control is too large to be kept, with all that it names; undefined: it is not. */
export function controlBeyond({ length }: Uint8Array): string | undefined {
  const { most } = limits.model_control
  if (length <= most) return undefined
  countBeyond('model_control')
  return `it has ${length} bytes; at most ${most} bytes are allowed`
}

/** Throws RECORD_TOO_LARGE for the name of a data type that is too long. */
export function checkDataType(dataType: string): string {
  checkSize('the name of the data type', dataType, 'data_type')
  return dataType
}

/** Text counts as UTF-8. */
function checkSize(what: string, value: string | Uint8Array, limit: LimitName): void {
  const { most } = limits[limit]
  // No character takes more than three bytes for each of its UTF-16 units.
  if (value.length * 3 <= most) return
  const bytes = Buffer.byteLength(value)
  if (bytes > most) throw beyond(limit, `${what} has ${bytes} bytes`)
}

/** Throws RECORD_TOO_LARGE for the value of a data record that would take long to read. */
export function checkDataSize({ length }: Uint8Array): void {
  if (length > limits.data_record.most) throw beyond('data_record', `the data record has ${length} bytes`)
}

/**
 * Throws RECORD_TOO_LARGE for a descriptor that would take long to decode: a record of some KB can unpack to millions of fields. What is no protobuf message is
 * left to the decoder.
 */
export function checkDescriptorSize(bytes: Uint8Array): void {
  if (bytes.length > limits.descriptor.most) throw beyond('descriptor', `the model record has ${bytes.length} bytes`)
  const { most } = limits.descriptor_fields
  let at = 0
  const varint = (): number => {
    let value = 0
    let scale = 1
    for (; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] as number
      value += (byte & 0x7f) * scale
      if (byte < 0x80) break
    }
    return value
  }
  for (let fields = 1; at < bytes.length; fields++) {
    if (fields > most) throw beyond('descriptor_fields', 'the model record has more fields than are read')
    const wire = varint() % 8
    if (wire === 0) varint()
    else if (wire === 1) at += 8
    else if (wire === 2) {
      const length = varint()
      at += length
    } else if (wire === 5) at += 4
    else return
  }
}

function beyond(limit: LimitName, what: string): SluiceError {
  countBeyond(limit)
  const { most, unit } = limits[limit]
  return new SluiceError('RECORD_TOO_LARGE', `${what}; at most ${most} ${unit} are allowed`)
}
