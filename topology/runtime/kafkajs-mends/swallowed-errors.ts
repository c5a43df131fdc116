import type { Mend } from './mend.ts'

export interface AskingPool {
  readonly brokers: Readonly<Record<string, unknown>>
  findBroker(options: { readonly nodeId: string }): Promise<unknown>
  withBroker: <T>(this: AskingPool, callback: (found: { readonly nodeId: string; readonly broker: unknown }) => Promise<T>) => Promise<T>
}

/** Gives kafkajs' BrokerPool class a `withBroker` that asks one broker after the other, and throws what the last one said when none answers. */
export function tellErrors(pool: Pick<AskingPool, 'withBroker'>, nobody: () => Error): void {
  pool.withBroker = async function (callback) {
    let failure: unknown = nobody()
    for (const nodeId of Object.keys(this.brokers)) {
      const broker = await this.findBroker({ nodeId })
      try {
        return await callback({ nodeId, broker })
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

/** Where no broker can answer, kafkajs' metadata is null: whoever asked for topics fails with a TypeError that says nothing of the reason. */
export const swallowedErrorsMend: Mend = {
  defect: 'errors of all brokers become null metadata, and a TypeError',
  apply(modules) {
    const { KafkaJSBrokerNotFound } = modules.load('src/errors.js') as { KafkaJSBrokerNotFound: new (message: string) => Error }
    const pool = modules.load('src/cluster/brokerPool.js') as { prototype: AskingPool }
    tellErrors(pool.prototype, () => new KafkaJSBrokerNotFound('No brokers in the broker pool'))
  },
}
