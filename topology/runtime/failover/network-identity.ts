import { readFileSync, readlinkSync } from 'node:fs'
import { openSocket } from '../../../base/index.ts'

/**
 * Identifies the network that this process sees: the running system (boot id) and its network namespace. An address means the same host to all processes
 * with the same identity, so a refused connection shows that nothing listens there. '' on systems other than Linux: then nothing is concluded.
 */
export function networkIdentity(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/net')}`
  } catch {
    return ''
  }
}

const connectMs = 500

/** Whether the host refuses two connections in a row, so that nothing listens there. A timeout or any other failure gives false. */
export async function refusesTwice(host: string, port: number): Promise<boolean> {
  return (await refuses(host, port)) && (await refuses(host, port))
}

function refuses(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = openSocket({ host, port })
    socket.setTimeout(connectMs)
    const end = (refused: boolean): void => {
      socket.destroy()
      resolve(refused)
    }
    socket.once('connect', () => end(false))
    socket.once('timeout', () => end(false))
    socket.once('error', error => end('code' in error && error.code === 'ECONNREFUSED'))
  })
}
