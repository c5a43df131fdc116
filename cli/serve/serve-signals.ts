import { isatty } from 'node:tty'

/** The actions of an instance on signals. */
export interface Signalled {
  /** Stops the instance. With `drain`, REST still answers for a while first; a second call without `drain` ends that at once. */
  stop(drain: boolean): void
  /** Reads tokens and certificates again. */
  renew(why: string): void
}

/** Stop signals within this time count as one: npx and npm forward a Ctrl-C that the terminal has already sent to their children. */
const sameWithinMs = 500

/**
 * SIGTERM drains and stops, Ctrl-C stops. A second signal ends the drain at once, a third ends the process at once. SIGHUP reads tokens and
 * certificates again; if the terminal is gone, it counts as SIGTERM.
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
