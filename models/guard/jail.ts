import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { SluiceError } from '../../base/index.ts'
import { systemCallFilter } from './system-call-filter.ts'

/** Whether models' processes are cut off from the network: where the system lets it, never, or always. */
export type ModelJail = 'auto' | 'off' | 'required'

/** What a model's process is started in. */
export interface Jail {
  /** What stands before the command of the process; empty: nothing, it has the network of this one. */
  readonly command: readonly string[]
  /** What the command reads from file 5: the filter of system calls. The command stays the parent of the process then. Undefined: it reads nothing, and is replaced by the process. */
  readonly filter?: Buffer | undefined
}

/** Where there is none. */
export const noJail: Jail = { command: [] }

/** The file from which the filter is read. */
export const filterFile = 5

const directories = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
const probeMs = 5000

/** The answers of the system, by what was asked: it is asked once. */
const known = new Map<string, string | undefined>()

type Find = (tool: string) => string | undefined

/**
 * The command that starts a process in a network of its own, in which there is nothing, not even a way to this machine; and without any right of a superuser, in a
 * user namespace of its own. With bubblewrap, also with a filter of system calls and, where Sluice is compiled, with files that it cannot write. Throws CONFIG_INVALID for `required` where
 * the system does not let it.
 */
export function jailOf(jail: ModelJail, find: Find = toolAt): Jail {
  if (jail === 'off') return noJail
  const jails = process.platform === 'linux' ? [...bubblewraps(find), ...unshares(find)] : []
  const works = jails.find(each => failureOf(each) === undefined)
  if (works !== undefined) return works
  if (jail === 'auto') return noJail
  const last = jails.at(-1)
  const why = last === undefined ? 'there is no command unshare (util-linux), which Linux has' : (failureOf(last) ?? '')
  throw new SluiceError(
    'CONFIG_INVALID',
    `modelJail is "required", but models' processes cannot be cut off from the network here: ${why}. Allow unprivileged user namespaces on this system, or set modelJail to auto or off`,
  )
}

/** The filter is ours to apply only with it: nothing else in wide use sets one before a program begins. */
function bubblewraps(find: Find): readonly Jail[] {
  const [command, filter] = [find('bwrap'), systemCallFilter()]
  if (command === undefined || filter === undefined) return []
  // Running from TypeScript compiles, and writes what it has compiled.
  const files = import.meta.url.endsWith('.ts') ? ['--dev-bind', '/', '/'] : readOnly
  const alone = ['--unshare-user', '--unshare-net', '--cap-drop', 'ALL', '--die-with-parent']
  return [{ command: [command, ...alone, ...files, '--seccomp', String(filterFile), '--'], filter }]
}

/** All files as they are, and none can be written but devices. */
export const readOnly: readonly string[] = ['--ro-bind', '/', '/', '--dev-bind', '/dev', '/dev']

function unshares(find: Find): readonly Jail[] {
  const unshare = find('unshare')
  if (unshare === undefined) return []
  const alone = [unshare, '--map-current-user', '--net', '--']
  const setpriv = find('setpriv')
  const commands =
    setpriv === undefined ? [alone] : [[...alone, setpriv, '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--'], alone]
  return commands.map(command => ({ command }))
}

/** Why the jail cannot start a process; undefined: it can. */
function failureOf(jail: Jail): string | undefined {
  const key = jail.command.join(' ')
  if (!known.has(key)) known.set(key, probe(jail))
  return known.get(key)
}

function probe({ command: [file = '', ...args], filter }: Jail): string | undefined {
  const input = filter ?? ''
  // Here the filter comes by the standard input, which alone can be given as bytes.
  const given = filter === undefined ? args : args.map(arg => (arg === String(filterFile) ? '0' : arg))
  const { status, error, stderr } = spawnSync(file, [...given, '/bin/sh', '-c', 'exit 0'], {
    env: {},
    input,
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: probeMs,
    encoding: 'utf8',
  })
  return status === 0 ? undefined : error?.message || stderr?.trim() || `${file} ended with ${status}`
}

function toolAt(tool: string): string | undefined {
  return directories.map(directory => `${directory}/${tool}`).find(path => existsSync(path))
}
