import type { RetryOptions } from 'kafkajs'
import type { Mend } from './mend.ts'

/** Short pauses, because a coordinator is loaded within milliseconds. */
const retry: RetryOptions = { initialRetryTime: 5, multiplier: 1.5, maxRetryTime: 200, retries: 300 }

interface EosOptions {
  readonly cluster: { retry?: RetryOptions }
}

/**
 * kafkajs reads the retry options of InitProducerId, which idempotent producers send too, from a property that its cluster does not have: whatever is
 * configured, the first retry comes after 300 ms and the last after nine seconds.
 */
export const transactionRetryMend: Mend = {
  defect: 'retry rules of requests for a producer id cannot be set',
  apply(modules) {
    const path = 'src/producer/eosManager/index.js'
    const create = modules.load(path) as (options: EosOptions) => unknown
    modules.replace(path, (options: EosOptions) => {
      options.cluster.retry ??= retry
      return create(options)
    })
  },
}
