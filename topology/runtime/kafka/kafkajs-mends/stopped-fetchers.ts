import type { Mend } from './mend.ts'

export interface FetchManagerOptions {
  readonly fetch: (nodeId: string) => Promise<readonly unknown[]>
}

export interface FetchManager {
  start(): Promise<void>
  stop(): Promise<void>
}

type CreateFetchManager<O extends FetchManagerOptions, M extends FetchManager> = (options: O) => M

/** A fetch manager whose fetchers end once it was stopped, also those that it makes after that. */
export function endWhenStopped<O extends FetchManagerOptions, M extends FetchManager>(
  create: CreateFetchManager<O, M>,
): CreateFetchManager<O, M> {
  return options => {
    let stopped = false
    const fetch: O['fetch'] = async nodeId => {
      if (!stopped) return options.fetch(nodeId)
      // It resolves when the fetchers have ended, this one too.
      void manager.stop()
      return []
    }
    const manager = create({ ...options, fetch })
    const stop = (): Promise<void> => {
      stopped = true
      return manager.stop()
    }
    return { ...manager, stop }
  }
}

/**
 * When brokers come or go, kafkajs' consumer ends its fetchers, which takes until the last one has its answer, and makes new ones. A consumer that is stopped meanwhile
 * fetches no more: the new fetchers then ask for nothing again and again, without a pause in which anything else of the process could happen.
 */
export const stoppedFetchersMend: Mend = {
  defect: 'a consumer that is stopped when brokers come or go blocks the process for ever',
  apply(modules) {
    const path = 'src/consumer/fetchManager.js'
    modules.replace(path, endWhenStopped(modules.load(path) as CreateFetchManager<FetchManagerOptions, FetchManager>))
  },
}
