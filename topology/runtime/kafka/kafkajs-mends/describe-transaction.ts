import { compactString, FlexibleReader } from '../wire/index.ts'
import type { CoordinatorBroker } from './coordinator-broker.ts'

/** The last transaction of a transactional id, as its coordinator knows it (KIP-664). */
export interface DescribedTransaction {
  /** Kafka's name: Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, … */
  readonly state: string
  readonly timeoutMs: number
  readonly producerId: string
  readonly producerEpoch: number
}

const apiKey = 65
/** The coordinator is loading or not available, or another broker is the coordinator now. */
const elsewhere: ReadonlySet<number> = new Set([14, 15, 16])
const unknownId = 105

/**
 * Describes the id's last transaction. undefined: there was none, or the broker is older than Kafka 3.0. Throws NOT_COORDINATOR_FOR_GROUP: look up the coordinator and
 * ask again.
 */
export async function describeTransaction(
  coordinator: CoordinatorBroker,
  transactionalId: string,
): Promise<DescribedTransaction | undefined> {
  if (coordinator.versions?.[apiKey] === undefined) return undefined
  const answer = (await coordinator.connectionPool.send({
    request: { apiKey, apiVersion: 0, apiName: 'DescribeTransactions', encode: () => encode(transactionalId) },
    response: { decode, parse: (described: unknown) => described },
  })) as { readonly code: number } & DescribedTransaction
  const { code, ...described } = answer
  if (elsewhere.has(code)) throw Object.assign(new Error('the coordinator is elsewhere'), { type: 'NOT_COORDINATOR_FOR_GROUP' })
  if (code === unknownId) return undefined
  if (code !== 0) throw new Error(`the coordinator cannot describe transactional id ${transactionalId}: Kafka's error ${code}`)
  return described
}

/**
 * Encodes the request, version 0, for one id, as an object like kafkajs' encoders. The first byte is the empty list of tags of the flexible header.
 */
function encode(transactionalId: string): { readonly buffer: Buffer; size(): number } {
  const buffer = Buffer.concat([Buffer.of(0, 2), compactString(transactionalId), Buffer.of(0)])
  return { buffer, size: () => buffer.length }
}

function decode(bytes: Buffer): { readonly code: number } & DescribedTransaction {
  const reader = new FlexibleReader(bytes)
  reader.tags()
  reader.int32() // throttle time
  reader.varint() // an array of one
  const code = reader.int16()
  reader.text() // the id
  const state = reader.text()
  const timeoutMs = reader.int32()
  reader.skip(8) // start time
  const producerId = String(reader.bytes(8).readBigInt64BE())
  return { code, state, timeoutMs, producerId, producerEpoch: reader.int16() }
}
