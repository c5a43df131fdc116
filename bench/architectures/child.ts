import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Of the processor times that the kernel tells. */
const ticksASecond = 100
const diedMs = 10_000

/** What a process and its children have used. */
export interface Use {
  readonly cpuMs: number
  readonly rssMb: number
}

/** A program of this folder in a process of its own, which prints a line when it is ready. It is killed when this process exits. */
export class Child {
  readonly #process: ChildProcess
  /** The line. Rejects when the process ends before it. */
  readonly ready: Promise<string>

  constructor(program: string, ...args: readonly string[]) {
    const file = fileURLToPath(new URL(program, import.meta.url))
    this.#process = spawn(process.execPath, [...process.execArgv, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const kill = (): void => void this.#process.kill('SIGKILL')
    process.once('exit', kill)
    this.#process.once('exit', () => process.off('exit', kill))
    this.ready = new Promise((resolve, reject) => {
      createInterface(this.#process.stdout!).once('line', resolve)
      this.#process.once('error', reject)
      this.#process.once('exit', code => reject(new Error(`${program} ended before it was ready, with ${code ?? 'a signal'}`)))
    })
    this.ready.catch(() => undefined)
  }

  async use(): Promise<Use> {
    const pids = await familyOf(this.#process.pid!)
    const uses = await Promise.all(pids.map(useOf))
    return { cpuMs: sum(uses.map(({ cpuMs }) => cpuMs)), rssMb: sum(uses.map(({ rssMb }) => rssMb)) }
  }

  /** Stops it; kills it if it does not end. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const late = setTimeout(() => this.#process.kill('SIGKILL'), diedMs)
    await gone
    clearTimeout(late)
  }
}

/** The process and its children, and theirs. */
async function familyOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await Promise.all(tasks.map(task => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')))
  const children = lists.flatMap(list => list.trim().split(' ')).filter(each => each !== '')
  return [pid, ...(await Promise.all(children.map(child => familyOf(Number(child))))).flat()]
}

/** Children that have ended are counted with their parent. */
async function useOf(pid: number): Promise<Use> {
  const [stat, status] = await Promise.all(['stat', 'status'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')))
  const ticks = stat!
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(11, 15)
  const rss = /VmRSS:\s+(\d+)/.exec(status!)?.[1] ?? 0
  return { cpuMs: (sum(ticks.map(Number)) * 1000) / ticksASecond, rssMb: Number(rss) / 1024 }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
