import { protocolErrorOf } from '../kafka/index.ts'

/** Answers to a member that the group has gone on without. */
const gone: ReadonlySet<string | undefined> = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])

/**
 * Asks by a heartbeat whether the group has gone on without the member: returns the coordinator's answer if it has, otherwise undefined. In a rebalance it has
 * not: the next generation has not begun. Throws any other error of the heartbeat.
 */
export async function goneMember(heartbeat: () => Promise<unknown>): Promise<unknown> {
  try {
    await heartbeat()
    return undefined
  } catch (error) {
    const type = protocolErrorOf(error)
    if (type === 'REBALANCE_IN_PROGRESS') return undefined
    if (gone.has(type)) return error
    throw error
  }
}
