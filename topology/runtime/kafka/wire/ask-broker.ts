import type { Socket } from 'node:net'
import { env } from '../../../../base/index.ts'
import { FlexibleReader } from './flexible-fields.ts'
import type { FlexibleWriter } from './flexible-writer.ts'
import { type AddressedBroker, foundSilent, foundTalking, watchAnswer } from './silent-brokers.ts'

/** The part of kafkajs' broker that these requests use. */
export interface WireBroker {
  /** The versions that the broker supports, by API key; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null
  readonly connectionPool: AddressedBroker['connectionPool'] & {
    send(protocol: object): Promise<unknown>
    readonly sasl?: { readonly username?: string } | null | undefined
    /** All requests except fetches use the first connection. */
    readonly pool: readonly { readonly socket?: Socket }[]
  }
}

export interface RequestHead {
  readonly apiKey: number
  /** A flexible version. */
  readonly apiVersion: number
  readonly apiName: string
  /** Whether the answer waits for replicas or for another broker, so that its absence says nothing about the one that was asked. */
  readonly replicated?: boolean
}

/**
 * How many requests wait for replicas, by the connections of a client to a broker: it answers those of a connection in order, so that what is behind them
 * waits as well.
 */
const replicating = new WeakMap<WireBroker['connectionPool'], number>()

/**
 * Sends one request of a flexible version, and returns what `decode` reads from the answer. Throws the errors of the connection. If no answer comes
 * in time (`watchAnswer`), the connection is closed. All of these requests may be repeated: a broker that takes longer is frozen or unreachable, and
 * another broker may have taken over. kafkajs itself waits at least 30 s, and all other requests on the connection wait with it.
 */
export async function askBroker<T>(
  broker: WireBroker,
  head: RequestHead,
  body: FlexibleWriter,
  decode: (reader: FlexibleReader) => T,
): Promise<T> {
  const encode = (): { readonly buffer: Buffer; size(): number } => {
    // The empty list of tags of the header comes before the body.
    const buffer = body.toBuffer(Buffer.of(0))
    return { buffer, size: () => buffer.length }
  }
  const read = (bytes: Buffer): T => {
    const reader = new FlexibleReader(bytes)
    reader.tags()
    return decode(reader)
  }
  // kafkajs reads a throttle time from the decoded answer, and logs the value that `parse` returns, so the answer is wrapped.
  const { replicated = false, ...api } = head
  const request = { ...api, encode }
  const response = { decode: (bytes: Buffer) => ({ answer: read(bytes) }), parse: (decoded: unknown) => decoded }
  const since = env.monotonic()
  const late = (): void => {
    if ((replicating.get(broker.connectionPool) ?? 0) === 0) foundSilent(broker)
    const waitedMs = Math.round(env.monotonic() - since)
    broker.connectionPool.pool[0]?.socket?.destroy(new Error(`${head.apiName} was not answered for ${waitedMs} ms`))
  }
  const waitsFor = replicated ? head.apiName : undefined
  const count = (change: number): unknown => replicating.set(broker.connectionPool, (replicating.get(broker.connectionPool) ?? 0) + change)
  if (replicated) count(1)
  const answered = watchAnswer(broker, late, waitsFor)
  try {
    const { answer } = (await broker.connectionPool.send({ request, response, logResponseError: false })) as { readonly answer: T }
    foundTalking(broker, waitsFor)
    return answer
  } finally {
    answered()
    if (replicated) count(-1)
  }
}
