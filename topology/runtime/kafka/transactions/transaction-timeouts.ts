/**
 * `transaction.timeout.ms` is the one thing that a coordinator tells of a transaction and that its owner has chosen: whether it makes once more a commit whose
 * end may have been forgotten, so that whoever finds it open commits it instead of aborting it. Ordinary transactions have an even timeout, whatever is
 * configured here or in another instance; those that make a commit once more have an odd one.
 */
export function ordinaryTimeoutMs(configuredMs: number): number {
  return configuredMs - (configuredMs % 2)
}

/** Long enough for a broker to restart, and below the brokers' default maximum of 15 minutes (`transaction.max.timeout.ms`). */
export const longSettlingTimeoutMs = 600_001

/** The timeouts for a transaction that makes a commit once more. Each is for brokers whose maximum is below those before it. */
export function settlingTimeouts(configuredMs: number): readonly [number, number, number] {
  const ordinaryMs = ordinaryTimeoutMs(configuredMs)
  return [longSettlingTimeoutMs, ordinaryMs + 1, ordinaryMs - 1]
}

/** Whether a transaction makes a commit once more. */
export function isSettlingTimeout(timeoutMs: number): boolean {
  return timeoutMs % 2 === 1
}
