import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import type { InstanceOptions } from './controlled-instance.ts'
import { eventually, type KafkaFixture } from './fixture.ts'

const script = fileURLToPath(new URL('controlled-instance.ts', import.meta.url))

export interface ProcessOptions extends InstanceOptions {
  /** Worker threads; default 0: all in the main one. */
  readonly threads?: number
}

/** An instance of a controlled stream in a process of its own. */
export class ControlledProcess {
  readonly #child: ChildProcess
  #state = ''

  constructor({ id, brokers }: KafkaFixture, directory: string, { threads = 0, ...options }: ProcessOptions = {}) {
    const args = [brokers.join(','), id, directory, String(threads), JSON.stringify(options)]
    this.#child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface(this.#child.stdout!).on('line', line => (this.#state = line))
  }

  async running(): Promise<void> {
    const state = await eventually(
      () => this.#state,
      found => found === 'running',
    )
    assert.is(state, 'running')
  }

  /** Returns the exit code; null: the signal ended it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close')
      child.kill(signal)
      await closed
    }
    return child.exitCode
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }
}
