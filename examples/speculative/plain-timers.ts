import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Waits for so many milliseconds, again and again; asked once, it tells how often it has waited, and how often not longer than it may. */
const program = `
const [wait, most] = process.argv.slice(1).map(Number)
let [all, inTime] = [0, 0]
const again = from => setTimeout(() => {
  all++
  if (performance.now() - from <= most) inTime++
  again(performance.now())
}, wait)
again(performance.now())
process.on('message', () => process.send(inTime / all, () => process.exit()))
process.on('disconnect', () => process.exit())
`

/** A process that does nothing but wait: which share of its timers is in time says what a decision can hope for on this machine. */
export class PlainTimers {
  readonly #child: ChildProcess

  constructor(waitMs: number, mostMs: number) {
    this.#child = spawn(process.execPath, ['-e', program, String(waitMs), String(mostMs)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    })
  }

  /** The share that was in time so far. To be called once: the process ends. */
  async inTime(): Promise<number> {
    const told = once(this.#child, 'message')
    this.#child.send('end')
    const [share] = (await told) as [number]
    return share
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}
