import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What a test file may have started: the processes of its group, and, where the system tells their environment (Linux),
 * those with its temporary directory, which no daemon leaves by forming a group of its own.
 */
export interface Family {
  readonly group: number
  readonly temporary: string
}

interface Process {
  readonly pid: number
  readonly description: string
}

const pollMs = 25

/** Ends every process of a family at once, and with them what they start meanwhile. */
export function killFamily(family: Family): void {
  kill(-family.group)
  for (const { pid } of membersOf(family)) kill(pid)
}

/** What still runs of a family after at most `patienceMs`: one description a process; empty when all have ended. */
export async function remainingOf(family: Family, patienceMs: number): Promise<string[]> {
  for (let waited = 0; ; waited += pollMs) {
    const members = membersOf(family)
    if (members.length === 0 || waited >= patienceMs) return members.map(({ description }) => description)
    await sleep(pollMs)
  }
}

function membersOf(family: Family): Process[] {
  if (process.platform === 'linux') return linuxMembersOf(family)
  return groupExists(family.group) ? [{ pid: -family.group, description: `process group ${family.group}` }] : []
}

function linuxMembersOf({ group, temporary }: Family): Process[] {
  const members: Process[] = []
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const [state, , processGroup] = readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? []
    // Ended, and only not collected yet.
    if (state === undefined || state === 'Z' || state === 'X') continue
    const environment = `\0${readProc(pid, 'environ')}`
    const inDirectory = environment.includes(`\0TMPDIR=${temporary}\0`) || environment.includes(`\0TMPDIR=${temporary}/`)
    if (Number(processGroup) !== group && !inDirectory) continue
    members.push({ pid: Number(pid), description: `${pid} ${readProc(pid, 'cmdline').replaceAll('\0', ' ').slice(0, 120)}` })
  }
  return members
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function groupExists(group: number): boolean {
  try {
    return process.kill(-group, 0)
  } catch {
    return false
  }
}

/** A process that is gone is fine. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Ended in the meantime.
  }
}
