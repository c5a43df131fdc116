import type { Producer } from 'kafkajs'
import type { Mend } from './mend.ts'
import { TransactionSession, type CoordinatorLookup } from './transaction-session.ts'

/** By the producer's own cluster, and by the producer. */
const sessions = new WeakMap<object, TransactionSession>()

/** The transactions of a transactional producer, or of its cluster. */
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

/** Who takes a transactional id over has to ask its coordinator what a producer cannot ask, on the connection on which the producer goes on. */
export const producerSessionMend: Mend = {
  defect: 'a producer does not tell by which connections it asks',
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
