import type { Socket } from 'node:net'
import { type Sealed, sealOf } from './peer-seal.ts'

/**
 * The protocol between instances: one JSON object per line.
 *   connecting →  {"sluice":1,"applicationId":"wine","instance":"…","boot":"…","to":"…"}    to: the instance that it looks for
 *   ← listening   the same with its own facts, without `to`, if it is that instance of that application; otherwise {}, which tells nothing
 *   ← listening   {"sluice":1,"farewell":true}     before it closes orderly
 * With a token, each line has a `seal`: an HMAC with a key that is derived from the token, over the line's fields and the `nonce` of the hello. A hello
 * without a valid one is not answered, an answer without one is not believed.
 * A line of another shape, or of more than 4096 characters, does not come from a Sluice instance.
 */
export interface PeerIdentity {
  readonly applicationId: string
  /** The instance's id, which is kept in its state directory. */
  readonly instance: string
  /** A random id of this start of the process. */
  readonly boot: string
}

export type PeerLine = (
  { readonly kind: 'hello'; readonly identity: PeerIdentity; readonly to: string | undefined } | { readonly kind: 'farewell' }
) & { readonly nonce?: string; readonly seal?: string }

/** The key and the nonce with which the lines of one connection are sealed. */
export interface LineSeal {
  readonly key: Uint8Array
  readonly nonce: string
}

const version = 1
const maxLineLength = 4096

/** How long connecting and the answer to a hello may take, ms. After that the attempt fails, which does not count as death. */
export const helloTimeoutMs = 3000
/** TCP keep-alive, ms: it finds connections to hosts that have vanished, which does not count as death. */
export const keepAliveMs = 15_000

/** `to`: the instance that is looked for; undefined in an answer. */
export function helloLine(identity: PeerIdentity, to?: string, seal?: LineSeal): string {
  const { applicationId, instance, boot } = identity
  const line = { sluice: version, applicationId, instance, boot, to }
  const sealed = seal && { nonce: to === undefined ? undefined : seal.nonce, seal: sealOf(seal.key, helloFields(identity, to, seal.nonce)) }
  return `${JSON.stringify({ ...line, ...sealed })}\n`
}

/** What the seal of a hello, or of the answer to one, covers. */
export function helloFields({ applicationId, instance, boot }: PeerIdentity, to: string | undefined, nonce: string): Sealed {
  return to === undefined ? ['answer', applicationId, instance, boot, nonce] : ['hello', applicationId, instance, boot, to, nonce]
}

/** The answer to a hello for another instance: no line of the protocol, so that the sender knows that its peer is not here, and no more. */
export const strangerLine = '{}\n'

export function farewellLine(seal?: LineSeal): string {
  return `${JSON.stringify({ sluice: version, farewell: true, seal: seal && sealOf(seal.key, farewellFields(seal.nonce)) })}\n`
}

export function farewellFields(nonce: string): Sealed {
  return ['farewell', nonce]
}

/** Parses a line; undefined for a line that is not of this protocol. Later versions may add fields. */
export function parseLine(text: string): PeerLine | undefined {
  let said: Partial<Record<string, unknown>>
  try {
    said = Object(JSON.parse(text)) as Partial<Record<string, unknown>>
  } catch {
    return undefined
  }
  const { sluice, farewell, applicationId, instance, boot, to, nonce, seal } = said
  if (typeof sluice !== 'number') return undefined
  const sealed = { ...(typeof nonce === 'string' ? { nonce } : {}), ...(typeof seal === 'string' ? { seal } : {}) }
  if (farewell === true) return { kind: 'farewell', ...sealed }
  if (typeof applicationId !== 'string' || typeof instance !== 'string' || typeof boot !== 'string') return undefined
  return { kind: 'hello', identity: { applicationId, instance, boot }, to: typeof to === 'string' ? to : undefined, ...sealed }
}

/**
 * Calls `onLine` for each line that arrives, and with undefined for the first invalid one; never after that, or after the socket is destroyed.
 * Buffers at most one line and one chunk of the socket.
 */
export function readLines(socket: Socket, onLine: (line: PeerLine | undefined) => void): void {
  let rest = ''
  let ended = false
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > maxLineLength) lines.push(rest)
    for (const line of lines) {
      if (ended || socket.destroyed) return
      const parsed = line.length > maxLineLength ? undefined : parseLine(line)
      ended = parsed === undefined
      onLine(parsed)
    }
  })
}
