import { sessionOf } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import type { Producer } from '../../topology/runtime/kafka/kafka-client.ts'

export const initProducerIdKey = 22
export const addPartitionsToTxnKey = 24
export const txnOffsetCommitKey = 28
export const addOffsetsToTxnKey = 25
export const endTxnKey = 26

/**
 * Breaks the producer's connection to its transaction coordinator at the next request of a kind, before or after the broker receives it. Resolves to
 * the bytes of the request.
 */
export async function cutRequest(producer: Producer, apiKey: number, moment: 'before' | 'after'): Promise<Buffer> {
  const socket = await sessionOf(producer).askCoordinator(coordinator => Promise.resolve(coordinator.connectionPool.pool[0]?.socket))
  if (socket === undefined) throw new Error('the coordinator is not connected')
  const write = socket.write.bind(socket)
  return new Promise(resolve => {
    const cut = (): void => void socket.destroy(new Error('cut'))
    socket.write = (bytes: Buffer, ...rest: []) => {
      if (bytes.readInt16BE(4) !== apiKey) return write(bytes, ...rest)
      resolve(bytes)
      if (moment === 'after') return write(bytes, cut)
      cut()
      return false
    }
  })
}
