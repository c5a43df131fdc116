import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { ReadyEvent } from '../../cli/serve/index.ts'

export interface ChaosInstanceOptions {
  readonly name: string
  /** The program and its arguments: everything after `node`. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly stateDir: string
  /** Gets what it writes on standard error. */
  readonly logFile: string
  /** Called when it ends though nobody ended it. */
  onCrash(how: string): void
}

const stopWithinMs = 15_000
const answerWithinMs = 5000

/** One instance of the application over several processes: ended and started again, with the same state directory. */
export class ChaosInstance {
  readonly name: string
  readonly stateDir: string
  /** A fault is at work on it. */
  faulty = false
  readonly #options: ChaosInstanceOptions
  #child: ChildProcess | undefined
  #ready: ReadyEvent | undefined
  #ending = false

  constructor(options: ChaosInstanceOptions) {
    this.name = options.name
    this.stateDir = options.stateDir
    this.#options = options
  }

  /** Starts a process; it is not ready yet. */
  start(): void {
    const { args, env, logFile } = this.#options
    const log = openSync(logFile, 'a')
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', log] })
    closeSync(log)
    this.#child = child
    this.#ending = false
    const kill = (): void => void child.kill('SIGKILL')
    // It does not outlive this process; prepended: before its files are removed.
    process.prependOnceListener('exit', kill)
    child.once('exit', (code, signal) => {
      process.off('exit', kill)
      this.#ready = undefined
      if (!this.#ending) this.#options.onCrash(String(code ?? signal))
    })
    child.once('error', error => this.#options.onCrash(error.message))
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
    lines.once('line', line => (this.#ready = JSON.parse(line) as ReadyEvent))
  }

  /** Whether all its tasks have run. */
  get ready(): boolean {
    return this.#ready !== undefined
  }

  get port(): number {
    return this.#ready?.port ?? 0
  }

  /** What its REST answers; undefined when it does not. */
  async get(path: string): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
    if (this.#ready === undefined) return undefined
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal: AbortSignal.timeout(answerWithinMs) })
      return { status: answer.status, body: await answer.json() }
    } catch {
      return undefined
    }
  }

  /** kill -9; resolves once it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** SIGTERM; resolves with its exit code, null when it did not end and was killed. */
  async terminate(): Promise<number | null> {
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), stopWithinMs)
    await this.#end('SIGTERM')
    clearTimeout(timer)
    return this.#child?.exitCode ?? null
  }

  /** Holds the process as it is: it neither works nor ends. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Of a process that is gone. */
  async wipe(): Promise<void> {
    await rm(this.stateDir, { recursive: true, force: true, maxRetries: 5 })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#ending = true
    const child = this.#child
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
}
