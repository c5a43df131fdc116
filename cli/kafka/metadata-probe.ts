import { connect, type Socket } from 'node:net'

const head = { apiKey: 3, apiVersion: 4, apiName: 'Metadata' } as const
/** For no topic: size, API key, version, correlation id, null client id, no topics, no auto-creation. */
const metadataRequest = Buffer.from([0, 0, 0, 15, 0, head.apiKey, 0, head.apiVersion, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0])
/** In the response, size, correlation id and throttle time precede the number of brokers. */
const correlationIdAt = 4
const brokerCountAt = 12

/**
 * Whether a Kafka broker serves on 127.0.0.1:port: it answers a metadata request with at least one broker. A broker that
 * its controller has not yet registered returns none and cannot create topics. Never throws.
 */
export function servesKafka(port: number, timeoutMs = 2000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    const settle = (serves: boolean): void => {
      socket.destroy()
      resolve(serves)
    }
    socket.setTimeout(timeoutMs, () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.once('connect', () => socket.write(metadataRequest))
    collectBrokerCount(socket, count => settle(count > 0))
  })
}

function collectBrokerCount(socket: Socket, found: (count: number) => void): void {
  let answer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
    if (answer.length < brokerCountAt + 4) return
    found(answer.readInt32BE(correlationIdAt) === 1 ? answer.readInt32BE(brokerCountAt) : 0)
  })
}
