import { randomBytes } from 'node:crypto'
import { type ClientRequest, request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { again, type Attacks, megabyte, post, untilAborted } from './attack.ts'

/** Of the connections that were closed, so many are opened again at a time. */
const againAtOnce = 50

/** Keeps so many connections, opens again those that are closed, and does something with each. */
async function sockets(port: number, count: number, signal: AbortSignal, use: (socket: Socket) => void = () => undefined): Promise<void> {
  const open = new Set<Socket>()
  let most = count
  await again(signal, 100, () => {
    for (; open.size < count && most > 0; most--) {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      open.add(socket)
      socket.on('error', () => undefined).on('close', () => open.delete(socket))
      use(socket)
    }
    most = againAtOnce
    return Promise.resolve()
  })
  for (const socket of open) socket.destroy()
}

/** A request whose body does not come. */
function slowBody(port: number, path: string): ClientRequest {
  const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path, agent: false, headers: { 'content-length': 1000 } })
  request.on('error', () => undefined).write('{')
  return request
}

/** By REST and at the peer port. */
export const doorAttacks: Attacks = {
  '16 MB of brackets': ({ port, dataType }, signal) =>
    again(signal, 50, () => post(port, `/v2/models/${dataType}/infer`, Buffer.alloc(16e6, '['))),
  '400,000 keys': ({ port, dataType }, signal) => {
    const body = Buffer.from(`{${Array.from({ length: 400_000 }, (_, at) => `"key${at}":NaN`).join(',')}}`)
    return again(signal, 50, () => post(port, `/v2/models/${dataType}/infer`, body))
  },
  '300,000 rows': ({ port, dataType }, signal) => {
    const data = Array.from({ length: 300_000 }, (_, at) => at)
    const body = Buffer.from(JSON.stringify({ inputs: [{ name: 'alcohol', datatype: 'FP64', shape: [data.length], data }] }))
    return again(signal, 50, () => post(port, `/v2/models/${dataType}/infer`, body))
  },
  '20 gzip bombs': ({ port, dataType }, signal) => {
    const bomb = gzipSync(Buffer.alloc(60 * megabyte, ' '))
    const headers = { 'content-encoding': 'gzip' }
    return again(signal, 50, () => Promise.all(Array.from({ length: 20 }, () => post(port, `/v2/models/${dataType}/infer`, bomb, headers))))
  },
  '515 slow bodies': async ({ port, dataType }, signal) => {
    const requests = Array.from({ length: 515 }, () => slowBody(port, `/v2/models/${dataType}/infer`))
    await untilAborted(signal)
    for (const request of requests) request.destroy()
  },
  '2,100 idle connections': ({ port }, signal) => sockets(port, 2100, signal),
  '1,100 strangers at the peer port': ({ peerPort }, signal) => sockets(peerPort, 1100, signal),
  '1,100 strangers that half close': ({ peerPort }, signal) => sockets(peerPort, 1100, signal, socket => void socket.end()),
  'hellos of strangers': ({ peerPort }, signal) => sockets(peerPort, 100, signal, socket => void socket.write(randomBytes(4096))),
}
