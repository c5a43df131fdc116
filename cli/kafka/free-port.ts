import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { SluiceError } from '../../base/index.ts'

/** Below the ranges that operating systems give to outgoing connections, so that no client takes the port before its server does. */
const lowest = 20_000
const highest = 31_998

/** A port p of 127.0.0.1 such that p (for a broker) and p + 1 (for its controller) are both free now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest)
    if ((await isPortFree(port)) && (await isPortFree(port + 1))) return port
  }
  throw new SluiceError('PORT_TAKEN', `no two neighbouring ports are free between ${lowest} and ${highest} on 127.0.0.1`)
}

/** Whether a server could listen on 127.0.0.1:port: nobody answers there, on any interface, and the system gives the port out. */
export async function isPortFree(port: number): Promise<boolean> {
  return !(await answers(port)) && (await canListen(port))
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function canListen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
