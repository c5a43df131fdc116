import { hrtime } from './kafkajs-globals.ts'
import type { Mend } from './mend.ts'

/** kafkajs' Connection, as far as it knows who it is. */
export interface AuthenticatedConnection {
  /** process.hrtime of the last authentication; null: none yet. */
  readonly authenticatedAt: readonly [number, number] | null
  /** That the broker grants from then on, ms; 0: for ever. */
  readonly sessionLifetime: { toNumber(): number }
}

/** How much of its session a connection uses before it authenticates again. */
const usedShare = 0.85

/** `now`: as process.hrtime gives it. */
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
 * kafkajs authenticates anew ten seconds before the session's end: with a session of less (the rest of a token's life) that is at every request, and a
 * broker refuses a second authentication within a second.
 */
export const reauthenticationMend: Mend = {
  defect: 'sessions of less than ten seconds are authenticated at every request, and refused',
  apply(modules) {
    const connection = modules.load('src/network/connection.js') as {
      prototype: { isAuthenticated(this: AuthenticatedConnection): boolean }
    }
    connection.prototype.isAuthenticated = function () {
      return isAuthenticated(this)
    }
  },
}
