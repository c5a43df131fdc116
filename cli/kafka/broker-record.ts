import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from './run-command.ts'

/** The broker that was started last in a directory, as stored in broker.json. */
export interface BrokerRecord {
  readonly pid: number
  readonly port: number
  readonly version: string
  readonly source: string
  /** Name of the Docker container; absent for a broker that runs as a Java process. */
  readonly container?: string
}

const recordFile = (dir: string): string => join(dir, 'broker.json')
const stopTimeoutMs = 10_000
const pollMs = 25

/** Writes the record atomically. */
export async function writeBrokerRecord(dir: string, record: BrokerRecord): Promise<void> {
  const file = recordFile(dir)
  await writeFile(`${file}.new`, JSON.stringify(record, undefined, 2))
  await rename(`${file}.new`, file)
}

/** The broker that runs in `dir` now; undefined if none was started, or if it was stopped or has died. */
export function runningBroker(dir: string): BrokerRecord | undefined {
  if (!existsSync(recordFile(dir))) return undefined
  const record = parseRecord(readFileSync(recordFile(dir), 'utf8'))
  return record !== undefined && isAlive(record.pid) && commandLineOf(record.pid).includes(dir) ? record : undefined
}

/** Returns undefined for invalid text: other programs can write to the directory, too. */
function parseRecord(text: string): BrokerRecord | undefined {
  try {
    const { pid, port, version, source, container } = JSON.parse(text) as Record<string, unknown>
    if (!Number.isInteger(pid) || Number(pid) <= 0 || !Number.isInteger(port)) return undefined
    return {
      pid: Number(pid),
      port: Number(port),
      version: String(version),
      source: String(source),
      ...(typeof container === 'string' ? { container } : {}),
    }
  } catch {
    return undefined
  }
}

/** Sends SIGTERM, and SIGKILL if the broker has not ended within 10 s. Resolves when the broker has ended and its record is removed. */
export async function stopBroker(dir: string, record: BrokerRecord): Promise<void> {
  if (!(await endProcess(record.pid, 'SIGTERM'))) {
    if (record.container !== undefined) await runCommand({ file: 'docker', args: ['kill', record.container] })
    await endProcess(record.pid, 'SIGKILL')
  }
  await rm(recordFile(dir), { force: true })
}

async function endProcess(pid: number, signal: NodeJS.Signals): Promise<boolean> {
  if (!sendSignal(pid, signal)) return true
  for (let waited = 0; waited < stopTimeoutMs; waited += pollMs) {
    if (!isAlive(pid)) return true
    await sleep(pollMs)
  }
  return false
}

/** Returns false if there is no such process, or if it belongs to another user and therefore is not the broker. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Whether the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  return sendSignal(pid, 0) && !isZombie(pid)
}

/** The main thread can be a zombie while other threads still hold the ports, so these are counted, too. */
function isZombie(pid: number): boolean {
  try {
    const ended = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z') ?? false
    return ended && readdirSync(`/proc/${pid}/task`).length <= 1
  } catch {
    return false
  }
}

/** Process ids are reused, so the command line shows whether the process is the broker of a directory. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    // This system has no /proc.
  }
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}
