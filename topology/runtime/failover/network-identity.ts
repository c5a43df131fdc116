import { readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'

/**
 * Which loopback and addresses this process sees: the running system and its network namespace. Two processes of the same one mean the same by
 * any address, so that a refusal is the address' own. '' where the system does not tell (other than Linux): then nothing is concluded.
 */
export function networkIdentity(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/net')}`
  } catch {
    return ''
  }
}

const connectMs = 500

/** Whether nobody listens there, by the host's own word, twice. A timeout or any other failure says nothing. */
export async function refusesTwice(host: string, port: number): Promise<boolean> {
  return (await refuses(host, port)) && (await refuses(host, port))
}

function refuses(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: connectMs })
    const end = (refused: boolean): void => {
      socket.destroy()
      resolve(refused)
    }
    socket.once('connect', () => end(false))
    socket.once('timeout', () => end(false))
    socket.once('error', error => end('code' in error && error.code === 'ECONNREFUSED'))
  })
}
