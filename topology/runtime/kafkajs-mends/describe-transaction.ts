import type { CoordinatorBroker } from './settled-connection.ts'

/** The last transaction of a transactional id, as its coordinator knows it (KIP-664). */
export interface DescribedTransaction {
  /** Kafka's name: Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, … */
  readonly state: string
  readonly timeoutMs: number
  readonly producerId: string
  readonly producerEpoch: number
}

const apiKey = 65
/** The coordinator is loading, not there, or another one by now. */
const elsewhere: ReadonlySet<number> = new Set([14, 15, 16])
const unknownId = 105

/** undefined: there was none, or the broker is older than Kafka 3.0 and cannot tell. 'elsewhere': ask again. */
export async function describeTransaction(
  coordinator: CoordinatorBroker,
  transactionalId: string,
): Promise<DescribedTransaction | undefined | 'elsewhere'> {
  if (coordinator.versions?.[apiKey] === undefined) return undefined
  const answer = (await coordinator.connectionPool.send({
    request: { apiKey, apiVersion: 0, apiName: 'DescribeTransactions', encode: () => encode(transactionalId) },
    response: { decode, parse: (described: unknown) => described },
  })) as { readonly code: number } & DescribedTransaction
  const { code, ...described } = answer
  if (elsewhere.has(code)) return 'elsewhere'
  if (code === unknownId) return undefined
  if (code !== 0) throw new Error(`the coordinator cannot describe transactional id ${transactionalId}: Kafka's error ${code}`)
  return described
}

/** Request version 0: one id. The flexible header's tags, of which there are none, come first. As kafkajs' own encoders offer their bytes. */
function encode(transactionalId: string): { readonly buffer: Buffer; size(): number } {
  const id = Buffer.from(transactionalId)
  const buffer = Buffer.concat([Buffer.of(0, 2), unsignedVarint(id.length + 1), id, Buffer.of(0)])
  return { buffer, size: () => buffer.length }
}

function decode(bytes: Buffer): { readonly code: number } & DescribedTransaction {
  // The header's tags and the throttle time; then an array of one.
  let at = 1 + 4 + 1
  const text = (): string => {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++)
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    at += length - 1
    return bytes.toString('utf8', at - length + 1, at)
  }
  const code = bytes.readInt16BE(at)
  at += 2
  text()
  const state = text()
  const timeoutMs = bytes.readInt32BE(at)
  // The time at which it began lies between.
  return { code, state, timeoutMs, producerId: String(bytes.readBigInt64BE(at + 12)), producerEpoch: bytes.readInt16BE(at + 20) }
}

function unsignedVarint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}
