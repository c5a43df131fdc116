import { pause } from '../../../base/index.ts'
import { TransactionLostError } from '../kafka/kafkajs-mends/index.ts'

/** How often a takeover is tried that the loss of the coordinator interrupts, and the pause between two attempts, ms. */
const maxTries = 100
const retryMs = 50

/**
 * Repeats work that takes a transactional id over and ends what its last transaction may have left open, each time from its beginning, while the connection to the
 * coordinator is lost in the middle of it: each of its steps is in the coordinator's log. Throws other errors, and TransactionLostError after a hundred attempts.
 */
export async function againWhenLost<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TransactionLostError) || tries >= maxTries) throw error
      await pause(retryMs)
    }
  }
}
