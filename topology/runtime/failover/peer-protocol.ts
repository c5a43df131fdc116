import type { Socket } from 'node:net'

/**
 * The protocol between instances: one JSON object per line.
 *   connecting →  {"sluice":1,"applicationId":"wine","instance":"…","boot":"…","to":"…"}    to: the instance that it looks for
 *   ← listening   the same with its own facts, without `to`, if it is that instance of that application; otherwise {}, which tells nothing
 *   ← listening   {"sluice":1,"farewell":true}     before it closes orderly
 * A line of another shape, or of more than 4096 characters, does not come from a Sluice instance.
 */
export interface PeerIdentity {
  readonly applicationId: string
  /** The instance's id, which is kept in its state directory. */
  readonly instance: string
  /** A random id of this start of the process. */
  readonly boot: string
}

export type PeerLine =
  { readonly kind: 'hello'; readonly identity: PeerIdentity; readonly to: string | undefined } | { readonly kind: 'farewell' }

const version = 1
const maxLineLength = 4096

/** How long connecting and the answer to a hello may take, ms. After that the attempt fails, which does not count as death. */
export const helloTimeoutMs = 3000
/** TCP keep-alive, ms: it finds connections to hosts that have vanished, which does not count as death. */
export const keepAliveMs = 15_000

/** `to`: the instance that is looked for; undefined in an answer. */
export function helloLine({ applicationId, instance, boot }: PeerIdentity, to?: string): string {
  return `${JSON.stringify({ sluice: version, applicationId, instance, boot, to })}\n`
}

/** The answer to a hello for another instance: no line of the protocol, so that the sender knows that its peer is not here, and no more. */
export const strangerLine = '{}\n'

export function farewellLine(): string {
  return `${JSON.stringify({ sluice: version, farewell: true })}\n`
}

/** Parses a line; undefined for a line that is not of this protocol. Later versions may add fields. */
export function parseLine(text: string): PeerLine | undefined {
  let said: Partial<Record<string, unknown>>
  try {
    said = Object(JSON.parse(text)) as Partial<Record<string, unknown>>
  } catch {
    return undefined
  }
  const { sluice, farewell, applicationId, instance, boot, to } = said
  if (typeof sluice !== 'number') return undefined
  if (farewell === true) return { kind: 'farewell' }
  if (typeof applicationId !== 'string' || typeof instance !== 'string' || typeof boot !== 'string') return undefined
  return { kind: 'hello', identity: { applicationId, instance, boot }, to: typeof to === 'string' ? to : undefined }
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
