import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SluiceError } from '../../base/index.ts'
import type { ReadyEvent } from '../serve/index.ts'

export interface ServeProcessOptions {
  /** Name in the output: A or B. */
  readonly name: string
  /** Arguments of `sluice serve`. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** File that the log is appended to. */
  readonly logFile: string
  readonly signal: AbortSignal
  /** Called if the process ends without `kill` or `stop`, or cannot be started. */
  onUnexpectedEnd(reason: SluiceError): void
}

const readyWithinMs = 60_000
const stopWithinMs = 10_000
const answerWithinMs = 10_000

/** The main file of the running program, as source or compiled. */
const mainFile = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url))

/** `sluice serve` as a child process. It is killed when this process exits. */
export class ServeProcess {
  readonly name: string
  readonly #child: ChildProcess
  readonly #options: ServeProcessOptions
  #ready: ReadyEvent | undefined
  #ending = false

  /** Starts the process without waiting until it is ready. */
  constructor(options: ServeProcessOptions) {
    options.signal.throwIfAborted()
    this.name = options.name
    this.#options = options
    const log = openSync(options.logFile, 'a')
    const args = [...process.execArgv, mainFile, 'serve', ...options.args]
    this.#child = spawn(process.execPath, args, { env: options.env, stdio: ['ignore', 'pipe', log] })
    closeSync(log)
    const kill = (): void => void this.#child.kill('SIGKILL')
    // Prepended, so that it runs before the handler that removes the files.
    process.prependOnceListener('exit', kill)
    this.#child.once('exit', (code, signal) => {
      process.off('exit', kill)
      if (this.#ending) return
      const how = code === null ? `was killed by ${signal}` : `exited unexpectedly with code ${code}${this.#lastWords()}`
      options.onUnexpectedEnd(new SluiceError('CHECK_FAILED', `instance ${this.name} ${how}`))
    })
    this.#child.once('error', error =>
      options.onUnexpectedEnd(new SluiceError('CHECK_FAILED', `instance ${this.name} could not be started: ${error.message}`)),
    )
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** The content of the ready line. Throws CHECK_FAILED before that line. */
  get ready(): ReadyEvent {
    if (this.#ready === undefined) throw new SluiceError('CHECK_FAILED', `instance ${this.name} is not ready`)
    return this.#ready
  }

  get address(): string {
    return `127.0.0.1:${this.ready.port}`
  }

  /** Resolves with the ready line when all tasks run. Throws CHECK_FAILED after 60 s. */
  async untilReady(): Promise<ReadyEvent> {
    const { signal } = this.#options
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })
    const limit = AbortSignal.timeout(readyWithinMs)
    try {
      const [line] = (await once(lines, 'line', { signal: AbortSignal.any([limit, signal]) })) as [string]
      this.#ready = JSON.parse(line) as ReadyEvent
      return this.#ready
    } catch (error) {
      signal.throwIfAborted()
      if (!limit.aborted) throw error
      throw new SluiceError('CHECK_FAILED', `instance ${this.name} was not ready within ${readyWithinMs / 1000} s${this.#lastWords()}`)
    }
  }

  /** Sends a GET request to REST of the instance. */
  async get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const signal = AbortSignal.any([AbortSignal.timeout(answerWithinMs), this.#options.signal])
    const answer = await fetch(`http://${this.address}${path}`, { signal })
    return { status: answer.status, body: await answer.json() }
  }

  /** Sends SIGKILL; resolves when the process has ended. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Sends SIGTERM, and SIGKILL after 10 s. Resolves with the exit code, or null if the process was killed. */
  async stop(): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopWithinMs)
    await this.#end('SIGTERM')
    clearTimeout(timer)
    return this.#child.exitCode
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#ending = true
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill(signal)
    await gone
  }

  /** The last line of the log, for messages. */
  #lastWords(): string {
    const last = readFileSync(this.#options.logFile, 'utf8').trimEnd().split('\n').at(-1) ?? ''
    return last === '' ? '' : `; its log ends with: ${last.slice(0, 400)}`
  }
}
