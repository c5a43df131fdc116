import type { Socket } from 'node:net'
import { env } from '../../../../base/index.ts'
import { FlexibleReader } from './flexible-fields.ts'
import type { FlexibleWriter } from './flexible-writer.ts'
import { type AddressedBroker, foundTalking, patienceWith } from './silent-brokers.ts'

/** kafkajs' broker, as far as these requests use it. */
export interface WireBroker {
  /** The versions that it speaks, by API key; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null
  readonly connectionPool: AddressedBroker['connectionPool'] & {
    send(protocol: object): Promise<unknown>
    readonly sasl?: { readonly username?: string } | null | undefined
    /** The first is that of all requests but fetches. */
    readonly pool: readonly { readonly socket?: Socket }[]
  }
}

export interface RequestHead {
  readonly apiKey: number
  /** A flexible version. */
  readonly apiVersion: number
  readonly apiName: string
}

/**
 * Sends one request of a flexible version, and returns what `decode` reads of the answer. Throws what the connection throws; one that brings no answer in time
 * (`patienceWith`) is closed. All of these requests may be repeated: a broker that takes longer is frozen or cut off, and another one may be its successor.
 * kafkajs' own time for an answer is 30 s at least, and what else is asked on the connection waits behind it.
 */
export async function askBroker<T>(
  broker: WireBroker,
  head: RequestHead,
  body: FlexibleWriter,
  decode: (reader: FlexibleReader) => T,
): Promise<T> {
  const encode = (): { readonly buffer: Buffer; size(): number } => {
    // The header's tags, of which there are none, come before the body.
    const buffer = body.toBuffer(Buffer.of(0))
    return { buffer, size: () => buffer.length }
  }
  const read = (bytes: Buffer): T => {
    const reader = new FlexibleReader(bytes)
    reader.tags()
    return decode(reader)
  }
  // kafkajs looks into the decoded answer for a throttle time, and logs what `parse` returns: so the answer is wrapped.
  const request = { ...head, encode }
  const response = { decode: (bytes: Buffer) => ({ answer: read(bytes) }), parse: (decoded: unknown) => decoded }
  const waitMs = patienceWith(broker)
  const late = env.timer(waitMs, () => {
    broker.connectionPool.pool[0]?.socket?.destroy(new Error(`${head.apiName} was not answered for ${waitMs} ms`))
  })
  try {
    const { answer } = (await broker.connectionPool.send({ request, response, logResponseError: false })) as { readonly answer: T }
    foundTalking(broker)
    return answer
  } finally {
    late.cancel()
  }
}
