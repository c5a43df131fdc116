import { readFileSync, readlinkSync } from 'node:fs'
import type { TcpNetConnectOpts } from 'node:net'
import { openSocket } from '../../../base/index.ts'
import { openAccess, type PeerAccess } from './peer-seal.ts'

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

/**
 * Whether the host refuses two connections in a row, so that nothing listens there. A timeout or any other failure gives false, and so does an address that
 * `access` does not allow: it is not asked.
 */
export async function refusesTwice(host: string, port: number, access: PeerAccess = openAccess): Promise<boolean> {
  try {
    const lookup = access.lookupFor?.(host)
    const address = { host, port, ...(lookup === undefined ? {} : { lookup }) }
    return (await refuses(address)) && (await refuses(address))
  } catch {
    return false
  }
}

function refuses(address: TcpNetConnectOpts & { readonly host: string }): Promise<boolean> {
  return new Promise(resolve => {
    const socket = openSocket(address)
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
