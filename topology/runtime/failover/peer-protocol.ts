import type { Socket } from 'node:net'

/**
 * What instances say to each other: one JSON object a line.
 *   connecting →  {"sluice":1,"applicationId":"wine","instance":"…","boot":"…"}
 *   ← listening   the same of its own
 *   ← listening   {"sluice":1,"farewell":true}     before it leaves in good order
 * A line of another shape, or a longer one, comes from something that is no instance of Sluice.
 */
export interface PeerIdentity {
  readonly applicationId: string
  /** Stays the same for one state directory. */
  readonly instance: string
  /** Another one after each start of the process. */
  readonly boot: string
}

export type PeerLine = { readonly kind: 'hello'; readonly identity: PeerIdentity } | { readonly kind: 'farewell' }

const version = 1
const maxLineLength = 4096

/** For how long a hello may be outstanding, connecting included: what is stopped or far away is given up then, not declared dead. */
export const helloTimeoutMs = 3000
/** Finds out in the end that a host is gone which never said so; nobody decides anything by it. */
export const keepAliveMs = 15_000

export function helloLine({ applicationId, instance, boot }: PeerIdentity): string {
  return `${JSON.stringify({ sluice: version, applicationId, instance, boot })}\n`
}

export function farewellLine(): string {
  return `${JSON.stringify({ sluice: version, farewell: true })}\n`
}

/** A line, understood; undefined for one that no instance says. Later versions may add fields. */
export function parseLine(text: string): PeerLine | undefined {
  let said: Partial<Record<string, unknown>>
  try {
    said = Object(JSON.parse(text)) as Partial<Record<string, unknown>>
  } catch {
    return undefined
  }
  const { sluice, farewell, applicationId, instance, boot } = said
  if (typeof sluice !== 'number') return undefined
  if (farewell === true) return { kind: 'farewell' }
  if (typeof applicationId !== 'string' || typeof instance !== 'string' || typeof boot !== 'string') return undefined
  return { kind: 'hello', identity: { applicationId, instance, boot } }
}

/**
 * Calls `onLine` for each line that arrives, with undefined for what cannot be one; after that, or once the socket is destroyed, never.
 * Keeps no more than one line's worth of text.
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
