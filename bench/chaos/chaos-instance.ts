import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { ReadyEvent } from '../../cli/serve/index.ts'

export interface ChaosInstanceOptions {
  readonly name: string
  /** The program and its arguments: everything after `node`. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly stateDir: string
  /** File that standard error is appended to. */
  readonly logFile: string
  /** The file that opens the doors of the process: see doors.ts. */
  readonly doorFile?: string
  /** Called when the process ends without `kill` or `stop`. */
  onCrash(how: string): void
}

const stopWithinMs = 15_000
const answerWithinMs = 5000

/** One instance of the application, as a sequence of processes with the same state directory. */
export class ChaosInstance {
  readonly name: string
  readonly stateDir: string
  /** A fault is applied to the instance. */
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

  /** Starts a process without waiting until it is ready. `fileBlocks`: its files cannot become larger, in blocks of 512 bytes; it may then end at any time. */
  start(fileBlocks?: number): void {
    const { args, env, logFile } = this.#options
    const limited = fileBlocks === undefined ? [] : ['sh', '-c', `ulimit -f ${fileBlocks} && exec "$@"`, 'sh']
    const [file = '', ...all] = [...limited, process.execPath, ...args]
    const child = spawn(file, all, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    // Written here: a limit of the process is not one of its log.
    child.stderr.pipe(createWriteStream(logFile, { flags: 'a' }))
    this.#child = child
    this.#ending = fileBlocks !== undefined
    const kill = (): void => void child.kill('SIGKILL')
    // Kills the instance when this process exits. Prepended, so that it runs before the removal of the files.
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

  /** Whether all tasks of the current process have started. */
  get ready(): boolean {
    return this.#ready !== undefined
  }

  /** The id of the current process; undefined before the first start. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  get port(): number {
    return this.#ready?.port ?? 0
  }

  /** Sends a GET request; undefined if REST does not answer. */
  async get(path: string): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
    if (this.#ready === undefined) return undefined
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal: AbortSignal.timeout(answerWithinMs) })
      return { status: answer.status, body: await answer.json() }
    } catch {
      return undefined
    }
  }

  /** Sends SIGKILL; resolves when the process has ended. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Sends SIGTERM, and SIGKILL after 15 s. Resolves with the exit code, or null if the process was killed. */
  async terminate(): Promise<number | null> {
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), stopWithinMs)
    await this.#end('SIGTERM')
    clearTimeout(timer)
    return this.#child?.exitCode ?? null
  }

  /** Opens a door of the process for a while: see doors.ts. */
  async openDoor(door: string, milliseconds: number): Promise<void> {
    const { doorFile } = this.#options
    if (doorFile === undefined) throw new Error('the process has no doors')
    await writeFile(`${doorFile}.new`, JSON.stringify({ door, until: Date.now() + milliseconds }))
    await rename(`${doorFile}.new`, doorFile)
  }

  /** Suspends the process (SIGSTOP). */
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
