import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { SluiceError } from '../../base/index.ts'

/** Below the ports that operating systems use for outgoing connections, so that no client gets the port before the server listens. */
const lowest = 20_000
const highest = 31_998

/** Returns a port p of 127.0.0.1 such that p (for a broker) and p + 1 (for its controller) are free now. Throws PORT_TAKEN. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest)
    if ((await isPortFree(port)) && (await isPortFree(port + 1))) return port
  }
  throw new SluiceError('PORT_TAKEN', `no two neighbouring ports are free between ${lowest} and ${highest} on 127.0.0.1`)
}

/** Whether a server can listen on 127.0.0.1:port: no server accepts a connection there, also not one on all interfaces, and binding succeeds. */
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
