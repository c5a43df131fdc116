import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { SluiceError } from '../../base/index.ts'

/** Whether models' processes are cut off from the network: where the system lets it, never, or always. */
export type ModelJail = 'auto' | 'off' | 'required'

/** What stands before the command of a model's process; empty: nothing, it has the network of this one. */
export type JailCommand = readonly string[]

const directories = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
const probeMs = 5000

/** The answers of the system, by what was asked: it is asked once. */
const known = new Map<string, string | undefined>()

/**
 * The command that starts a process in a network of its own, in which there is nothing, not even a way to this machine; and without any right of a superuser, in a
 * user namespace of its own. It keeps its number, its parent and its open files. Throws CONFIG_INVALID for `required` where the system does not let it.
 */
export function jailCommand(jail: ModelJail, find: (tool: string) => string | undefined = toolAt): JailCommand {
  if (jail === 'off') return []
  const unshare = process.platform === 'linux' ? find('unshare') : undefined
  if (unshare === undefined) return refused(jail, 'there is no command unshare (util-linux), which Linux has')
  const alone = [unshare, '--map-current-user', '--net', '--']
  const setpriv = find('setpriv')
  const commands =
    setpriv === undefined ? [alone] : [[...alone, setpriv, '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--'], alone]
  const works = commands.find(command => failureOf(command) === undefined)
  return works ?? refused(jail, failureOf(alone) ?? '')
}

/** Why the command cannot start a process; undefined: it can. */
function failureOf(command: JailCommand): string | undefined {
  const key = command.join(' ')
  if (!known.has(key)) known.set(key, probe(command))
  return known.get(key)
}

function probe([file = '', ...args]: JailCommand): string | undefined {
  const { status, error, stderr } = spawnSync(file, [...args, '/bin/sh', '-c', 'exit 0'], {
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: probeMs,
    encoding: 'utf8',
  })
  return status === 0 ? undefined : error?.message || stderr?.trim() || `${file} ended with ${status}`
}

function refused(jail: ModelJail, why: string): JailCommand {
  if (jail === 'auto') return []
  throw new SluiceError(
    'CONFIG_INVALID',
    `modelJail is "required", but models' processes cannot be cut off from the network here: ${why}. Allow unprivileged user namespaces on this system, or set modelJail to auto or off`,
  )
}

function toolAt(tool: string): string | undefined {
  return directories.map(directory => `${directory}/${tool}`).find(path => existsSync(path))
}
