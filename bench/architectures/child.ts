import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { processUse, type Use } from '../process-use.ts'

const diedMs = 10_000

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

  use(): Promise<Use> {
    return processUse(this.#process.pid!)
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
