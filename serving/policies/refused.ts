import { SluiceError } from '../../base/index.ts'

/** Why a control changes nothing. */
export function refused(why: string, cause?: unknown): SluiceError {
  return new SluiceError('CONTROL_REFUSED', why, cause === undefined ? undefined : { cause })
}
