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
] as const satisfies readonly (readonly [string, LimitName, (descriptor: KeptFields) => string | Uint8Array])[]

/** What is kept of a descriptor. */
export type KeptFields = Pick<sluice.ModelDescriptor, 'dataType' | 'name' | 'output' | 'description' | 'location' | 'sha256'>

/** Throws RECORD_TOO_LARGE for a field of a descriptor that is larger than what may be kept of it. */
export function checkKeptFields(descriptor: KeptFields): void {
  for (const [field, limit, of] of kept) checkSize(`the ${field} of the model`, of(descriptor), limit)
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
  if (bytes <= most) return
  countBeyond(limit)
  throw new SluiceError('RECORD_TOO_LARGE', `${what} has ${bytes} bytes; at most ${most} are allowed`)
}
