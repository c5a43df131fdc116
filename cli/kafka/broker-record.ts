import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from './run-command.ts'

/** What is known of the broker that was started last in a directory. */
export interface BrokerRecord {
  readonly pid: number
  readonly port: number
  readonly version: string
  readonly source: string
  /** Of a broker that runs in Docker. */
  readonly container?: string
}

const recordFile = (dir: string): string => join(dir, 'broker.json')
const stopTimeoutMs = 10_000
const pollMs = 25

/** Written whole or not at all. */
export async function writeBrokerRecord(dir: string, record: BrokerRecord): Promise<void> {
  const file = recordFile(dir)
  await writeFile(`${file}.new`, JSON.stringify(record, undefined, 2))
  await rename(`${file}.new`, file)
}

/** The broker that runs in `dir` now; undefined when none does: never started, stopped, or dead with its record left behind. */
export function runningBroker(dir: string): BrokerRecord | undefined {
  if (!existsSync(recordFile(dir))) return undefined
  const record = parseRecord(readFileSync(recordFile(dir), 'utf8'))
  return record !== undefined && isAlive(record.pid) && commandLineOf(record.pid).includes(dir) ? record : undefined
}

/** undefined for a text that is no record: the file is the launcher's own, but anybody can write in the directory. */
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

/** SIGTERM, SIGKILL when that has not helped in ten seconds; returns once the broker is gone and its record with it. */
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

/** False when there is no such process (or it is not ours, and so not what we started). */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** A process that ended and only waits for its parent counts as gone. */
export function isAlive(pid: number): boolean {
  return sendSignal(pid, 0) && !isZombie(pid)
}

/** The ports are free once every thread has ended: the first one may wait, ended, for the others. */
function isZombie(pid: number): boolean {
  try {
    const ended = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z') ?? false
    return ended && readdirSync(`/proc/${pid}/task`).length <= 1
  } catch {
    return false
  }
}

/** Process ids are reused: what runs tells whether it is the broker of a directory. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    // No /proc on this system.
  }
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}
