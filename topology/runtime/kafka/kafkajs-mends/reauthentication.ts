import { hrtime } from './kafkajs-globals.ts'
import type { Mend } from './mend.ts'

/** The part of kafkajs' Connection that concerns its authentication. */
export interface AuthenticatedConnection {
  /** The time of the last authentication, by process.hrtime; null: there was none. */
  readonly authenticatedAt: readonly [number, number] | null
  /** How long the authentication is valid, ms; 0: without a limit. */
  readonly sessionLifetime: { toNumber(): number }
}

/** The share of the session's lifetime after which a connection authenticates again. */
const usedShare = 0.85

/** Whether the connection need not authenticate before its next request. `now`: the present time, as process.hrtime returns it. */
export function isAuthenticated(
  { authenticatedAt, sessionLifetime }: AuthenticatedConnection,
  now: readonly [number, number] = hrtime(),
): boolean {
  if (authenticatedAt === null) return false
  const lifetime = sessionLifetime.toNumber()
  if (lifetime === 0) return true
  const milliseconds = (now[0] - authenticatedAt[0]) * 1000 + (now[1] - authenticatedAt[1]) / 1e6
  return milliseconds < lifetime * usedShare
}

/**
 * kafkajs authenticates again from ten seconds before the session's end. In a shorter session (the rest of a token's life) it does so at every
 * request, and brokers refuse a second authentication within one second.
 */
export const reauthenticationMend: Mend = {
  defect: 'sessions shorter than ten seconds are reauthenticated at every request, and refused',
  apply(modules) {
    const connection = modules.load('src/network/connection.js') as {
      prototype: { isAuthenticated(this: AuthenticatedConnection): boolean }
    }
    connection.prototype.isAuthenticated = function () {
      return isAuthenticated(this)
    }
  },
}
