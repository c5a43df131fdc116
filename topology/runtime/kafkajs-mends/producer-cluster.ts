import type { Producer } from 'kafkajs'
import type { Mend } from './mend.ts'

/** What a coordinator is asked for a transactional id. */
export interface TransactionCoordinator {
  /** By API key; null before it is connected. */
  readonly versions: Readonly<Record<number, unknown>> | null
  readonly connectionPool: { send(protocol: object): Promise<unknown> }
  initProducerId(request: {
    readonly transactionalId: string
    readonly transactionTimeout: number
  }): Promise<{ readonly producerId: unknown; readonly producerEpoch: number }>
  addPartitionsToTxn(request: object): Promise<unknown>
  addOffsetsToTxn(request: object): Promise<unknown>
  endTxn(request: object): Promise<unknown>
}

export interface ProducerCluster {
  findGroupCoordinator(query: { readonly groupId: string; readonly coordinatorType: number }): Promise<TransactionCoordinator>
}

type WithCluster = Producer & { readonly cluster: ProducerCluster }

/** The producer's own connections. */
export function clusterOf(producer: Producer): ProducerCluster {
  return (producer as WithCluster).cluster
}

/** Who takes a transactional id over has to ask its coordinator what a producer cannot ask. */
export const producerClusterMend: Mend = {
  defect: 'a producer does not tell by which connections it asks',
  apply(modules) {
    const path = 'src/producer/index.js'
    const create = modules.load(path) as (options: { readonly cluster: ProducerCluster }) => Producer
    modules.replace(path, (options: { readonly cluster: ProducerCluster }): WithCluster => ({
      ...create(options),
      cluster: options.cluster,
    }))
  },
}
