import { SluiceError } from '../../../base/index.ts'
import { shownValue } from '../../../base/options/index.ts'
import type { PeerAccess } from './peer-seal.ts'

/** What a program gives for the access of other instances. Throws CONFIG_INVALID for anything else. */
export function checkedAccess(access: unknown): PeerAccess {
  if (typeof (access as PeerAccess | undefined)?.keys === 'function') return access as PeerAccess
  throw new SluiceError('CONFIG_INVALID', `access ${shownValue(access)} is not allowed; allowed: RestServer.peerAccess`)
}
