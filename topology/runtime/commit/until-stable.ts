import { env, pause, SluiceError } from '../../../base/index.ts'
import type { Cluster } from '../kafka/index.ts'
import { takeoverDeadline } from './again-when-lost.ts'
import { type FormerTransactions, unstableOf } from './former-transactions.ts'

const askAgainMs = 10

/**
 * Resolves once no transaction holds the committed offsets of the inputs any more (KIP-447), or the signal aborts. To be called where each task commits by itself, after
 * the transactional ids of its tasks were taken: the coordinator of transactions says that one has ended when its markers are in the logs, and the group's
 * coordinator may take what they say a moment later. Throws COMMIT_FAILED if one holds them for twice the transaction timeout.
 */
export async function untilStable(
  cluster: Cluster,
  { applicationId, inputs, timeoutMs }: Pick<FormerTransactions, 'applicationId' | 'inputs' | 'timeoutMs'>,
  signal?: AbortSignal,
): Promise<void> {
  if (Object.keys(inputs).length === 0) return
  const deadline = takeoverDeadline(timeoutMs)
  for (;;) {
    const unstable = await unstableOf(cluster, { applicationId, inputs }, deadline)
    if (unstable.length === 0 || signal?.aborted === true) return
    if (env.monotonic() >= deadline)
      throw new SluiceError(
        'COMMIT_FAILED',
        `a transaction holds committed offsets and does not end (${unstable.join(', ')}): what is committed cannot be told; kafka-transactions.sh find-hanging finds it, and abort ends it`,
      )
    await pause(askAgainMs, signal)
  }
}
