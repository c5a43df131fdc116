import { isatty } from 'node:tty'

/** What a signal may tell an instance. */
export interface Signalled {
  /** `drain`: REST answers on for a while first. Told again without it, the rest of that while is left out. */
  stop(drain: boolean): void
  /** Reads again what may change while it runs. */
  renew(why: string): void
}

/** Within it the same signal is the same one: npx and npm pass on a Ctrl-C that the terminal has told their children already. */
const sameWithinMs = 500

/**
 * SIGTERM drains and stops, Ctrl-C stops; a second one leaves out what is left of the drain, a third ends the process at once. SIGHUP reads tokens and
 * certificates again; where it tells that the terminal is gone, it is a SIGTERM.
 */
export function obeySignals(instance: Signalled): void {
  let told = 0
  let last = -Infinity
  const stop = (signal: 'SIGTERM' | 'SIGINT'): void => {
    const now = performance.now()
    if (now - last < sameWithinMs) return
    last = now
    told += 1
    if (told > 2) process.exit(1)
    instance.stop(signal === 'SIGTERM' && told === 1)
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  const terminals = [0, 1, 2].filter(isatty)
  process.on('SIGHUP', () => {
    if (terminals.some(fd => !isatty(fd))) stop('SIGTERM')
    else instance.renew('SIGHUP')
  })
}
