import { askedInOrder, type PooledBroker } from './asked-in-order.ts'
import type { Mend } from './mend.ts'

export interface AskingPool {
  readonly brokers: Readonly<Record<string, PooledBroker>>
  findBroker(options: { readonly nodeId: string }): Promise<unknown>
  withBroker: <T>(this: AskingPool, callback: (found: { readonly nodeId: string; readonly broker: unknown }) => Promise<T>) => Promise<T>
}

export interface AskingParts {
  readonly nobody: () => Error
  /** The ids of the brokers in the order in which they are tried. */
  readonly order: (brokers: AskingPool['brokers']) => readonly string[]
}

/** Whether a broker answered with the error. It is preferred to the error of a broker that could not be reached. */
function isAnswer(error: unknown): boolean {
  return (error as { readonly type?: unknown }).type !== undefined
}

/**
 * Replaces `withBroker` of kafkajs' BrokerPool class: it tries the brokers one after another, in the given order, until `callback` succeeds for one.
 * If it fails for all, the first error that a broker answered is thrown, else the last error.
 */
export function tellErrors(pool: Pick<AskingPool, 'withBroker'>, { nobody, order }: AskingParts): void {
  pool.withBroker = async function (callback) {
    let failure: unknown = nobody()
    for (const nodeId of order(this.brokers)) {
      try {
        return await callback({ nodeId, broker: await this.findBroker({ nodeId }) })
      } catch (error) {
        if (!isAnswer(failure)) failure = error
      }
    }
    throw failure
  }
}

/**
 * If no broker can answer, kafkajs returns null as metadata, and the caller fails with a TypeError that hides the reason. A broker that cannot be
 * reached ends the search.
 */
export const swallowedErrorsMend: Mend = {
  defect: 'if all brokers fail, metadata become null and a TypeError, and one dead broker ends the lookup',
  apply(modules) {
    const { KafkaJSBrokerNotFound } = modules.load('src/errors.js') as { KafkaJSBrokerNotFound: new (message: string) => Error }
    const pool = modules.load('src/cluster/brokerPool.js') as { prototype: AskingPool }
    tellErrors(pool.prototype, { nobody: () => new KafkaJSBrokerNotFound('No brokers in the broker pool'), order: askedInOrder })
  },
}
