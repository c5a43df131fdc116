import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PeerAccess } from '../../queryable-streams.ts'

export type { PeerAccess }

/** What a line says, in the order in which it is sealed. */
export type Sealed = readonly [kind: 'hello' | 'answer' | 'farewell', ...fields: readonly string[]]

export const openAccess: PeerAccess = { keys: () => [] }

/** The seal of a line: it shows that the sender has the key. */
export function sealOf(key: Uint8Array, sealed: Sealed): string {
  return macOf(key, sealed).toString('base64url')
}

/** The key with which the line was sealed; undefined: with none of them. */
export function keyOfSeal(keys: readonly Uint8Array[], seal: string | undefined, sealed: Sealed): Uint8Array | undefined {
  const given = Buffer.from(seal ?? '', 'base64url')
  return keys.find(key => {
    const expected = macOf(key, sealed)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

function macOf(key: Uint8Array, sealed: Sealed): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(sealed)).digest()
}
