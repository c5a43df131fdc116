import { readdirSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/** More of `nice` than this process has: a thread then gets a third of what one here gets, where both want all of a processor. */
const nice = 5

/**
 * Lets others have the processors before the process, where these are not enough for all: its priority goes down, which any user may do and only a superuser
 * undoes. On Linux each thread has a priority of its own, and those that are there get it one by one. Does nothing where the system refuses.
 */
export function lowerPriority(pid: number): void {
  const priority = Math.min(constants.priority.PRIORITY_LOW, getPriority() + nice)
  for (const thread of threadsOf(pid))
    try {
      setPriority(thread, priority)
    } catch {
      // It has ended, or the system lets nobody do that.
    }
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return [pid]
  }
}
