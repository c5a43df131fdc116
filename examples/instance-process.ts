import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * An instance of an application in a process of its own: a program that prints `running` once its tasks run. It is killed when this process exits. It has a session
 * of its own, as one that is started as a service: the system then shares the processors between it and others, and not between all that one terminal has started.
 */
export class InstanceProcess {
  readonly #child: ChildProcess
  readonly #running: Promise<void>
  #ending = false

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, [...process.execArgv, program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
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
