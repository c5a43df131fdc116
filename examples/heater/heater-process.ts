import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL(`./instance${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))

/** An instance of the heater application in a process of its own. It is killed when this process exits. */
export class HeaterProcess {
  readonly #child: ChildProcess
  readonly #running: Promise<void>
  #ending = false

  constructor(brokers: string, prefix: string, stateDir: string) {
    this.#child = spawn(process.execPath, [...process.execArgv, program, brokers, prefix, stateDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const kill = (): void => void this.#child.kill('SIGKILL')
    process.prependOnceListener('exit', kill)
    this.#child.once('exit', () => process.off('exit', kill))
    this.#running = new Promise((resolve, reject) => {
      createInterface(this.#child.stdout!).on('line', state => state === 'running' && resolve())
      this.#child.once('error', reject)
      this.#child.once('exit', code => reject(new Error(`the instance ended before it ran, with ${code ?? 'a signal'}`)))
    })
    this.#running.catch(() => undefined)
  }

  /** Resolves when its tasks run. Throws when it ends before. */
  running(): Promise<void> {
    return this.#running
  }

  /** Whether it ended by itself. */
  get failed(): boolean {
    return !this.#ending && this.#ended
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Sends the signal; resolves when the process has ended. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#ending = true
    if (this.#ended) return
    const gone = once(this.#child, 'exit')
    this.#child.kill(signal)
    await gone
  }
}
