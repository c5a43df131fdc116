import { existsSync } from 'node:fs'
import { type Jail, noJail } from './jail.ts'

/** How a process is started. */
export interface Command {
  readonly execPath: string
  readonly execArgv: string[]
}

const shell = '/bin/sh'
const mostFiles = 256

/**
 * The command that starts Node.js within limits of the system: memory in bytes, no core files, few open files. A shell sets them before anything of
 * Node.js runs, and is replaced by it: the process keeps its number, its parent and its channel. Where there is no such shell, or the system does
 * not know a limit, that limit is not set, and the parent's watch remains. `jail`: what starts the shell, and may set variables; there is none without a shell.
 */
export function limitedCommand(memoryBytes: number, { execPath, execArgv }: Command, jail: Jail = noJail): Command {
  if (process.platform === 'win32' || !existsSync(shell)) return { execPath, execArgv }
  const limits = [`-d ${Math.ceil(memoryBytes / 1024)}`, '-c 0', `-n ${mostFiles}`].map(limit => `ulimit ${limit} 2>/dev/null`)
  const script = [...limits, 'unset PWD OLDPWD', 'exec "$0" "$@"'].join('; ')
  const [first = shell, ...others] = [...jail.command, shell, '-c', script, execPath, ...execArgv]
  return { execPath: first, execArgv: others }
}
