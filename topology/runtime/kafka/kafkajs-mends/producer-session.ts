import type { Producer } from 'kafkajs'
import type { Mend } from './mend.ts'
import { TransactionSession, type CoordinatorLookup } from './transaction-session.ts'

/** The sessions by producer, and by the producer's cluster. */
const sessions = new WeakMap<object, TransactionSession>()

/** The session of a transactional producer, or of its cluster. Throws RangeError for any other object. */
export function sessionOf(owner: object): TransactionSession {
  const session = sessions.get(owner)
  if (session === undefined) throw new RangeError('this producer is not transactional')
  return session
}

interface ProducerOptions {
  readonly cluster: CoordinatorLookup
  readonly transactionalId?: string
  readonly transactionTimeout?: number
}

const defaultTimeoutMs = 60_000

/**
 * The code that takes over a transactional id sends its coordinator requests that a producer does not have, and has to use the connection that the
 * producer uses afterwards.
 */
export const producerSessionMend: Mend = {
  defect: 'a producer does not expose the connections that its requests use',
  apply(modules) {
    const path = 'src/producer/index.js'
    const create = modules.load(path) as (options: ProducerOptions) => Producer
    modules.replace(path, (options: ProducerOptions): Producer => {
      const producer = create(options)
      const { cluster, transactionalId, transactionTimeout: timeoutMs = defaultTimeoutMs } = options
      if (transactionalId === undefined) return producer
      const session = new TransactionSession(cluster, { transactionalId, timeoutMs })
      sessions.set(cluster, session)
      sessions.set(producer, session)
      return producer
    })
  },
}
