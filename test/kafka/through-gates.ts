import type { Cluster } from '../../topology/runtime/kafka/kafka-client.ts'
import type { WireBroker } from '../../topology/runtime/kafka/wire/index.ts'

export interface Promised {
  readonly promise: Promise<void>
  readonly resolve: () => void
}

export function promised(): Promised {
  let resolve = (): void => undefined
  const promise = new Promise<void>(done => (resolve = done))
  return { promise, resolve }
}

/** Requests by kafkajs' name; each is held until it may go on. */
export type Gates = Partial<Record<'initProducerId' | 'addPartitionsToTxn' | 'addOffsetsToTxn' | 'endTxn', () => Promise<unknown> | void>>

/** The cluster, some of whose requests to coordinators pass a gate before they are sent, or behind their answers. */
export function throughGates(cluster: Cluster, gates: Gates, behind: Gates = {}): Cluster {
  return withMethod(cluster, 'findGroupCoordinator', find => async (...query) => {
    const coordinator = (await find(...query)) as object
    return new Proxy(coordinator, {
      get: (broker, method) => {
        const ask: unknown = Reflect.get(broker, method)
        const [gate, last] = [gates[method as keyof Gates], behind[method as keyof Gates]]
        if (typeof ask !== 'function') return ask
        if (gate === undefined && last === undefined) return ask.bind(broker) as unknown
        return async (...asked: readonly unknown[]) => {
          await gate?.()
          const answer: unknown = await Reflect.apply(ask, broker, asked)
          await last?.()
          return answer
        }
      },
    })
  })
}

/** The cluster with one broker more, which does not answer. */
export function withAbsentBroker(cluster: Cluster): Cluster {
  const absent = '99'
  const known = withMethod(cluster, 'getNodeIds', ids => () => [...(ids() as readonly string[]), absent])
  return withMethod(known, 'findBroker', find => query => {
    if ((query as { readonly nodeId: string }).nodeId !== absent) return find(query)
    return Promise.reject(Object.assign(new Error('nobody listens'), { name: 'KafkaJSConnectionError' }))
  })
}

/** The cluster with one broker more, which does not answer, and which coordinates the id: no other lists it. It answers once `back` says so. */
export function withAbsentCoordinator(cluster: Cluster, id: string, back: () => boolean): Cluster {
  const absent = withMethod(withAbsentBroker(cluster), 'findGroupCoordinator', find => query => {
    if ((query as { readonly groupId: string }).groupId !== id || back()) return find(query)
    return Promise.reject(Object.assign(new Error('nobody listens'), { name: 'KafkaJSConnectionError' }))
  })
  return withMethod(absent, 'findBroker', find => async query => {
    const broker = (await find(query)) as WireBroker
    const { connectionPool } = broker
    const send = async (protocol: { readonly request: { readonly apiName: string } }): Promise<unknown> => {
      const answered = (await connectionPool.send(protocol)) as { readonly answer: readonly { readonly transactionalId: string }[] }
      if (protocol.request.apiName !== 'ListTransactions') return answered
      return { answer: answered.answer.filter(({ transactionalId }) => transactionalId !== id) }
    }
    const pool = new Proxy(connectionPool, { get: (target, name) => (name === 'send' ? send : (Reflect.get(target, name) as unknown)) })
    return new Proxy(broker, { get: (target, name) => (name === 'connectionPool' ? pool : (Reflect.get(target, name) as unknown)) })
  })
}

type Method = (...given: readonly unknown[]) => unknown

/** The cluster with another method in the place of one; its own methods call those of the cluster. */
export function withMethod(cluster: Cluster, name: string, replace: (before: Method) => Method): Cluster {
  const before = (Reflect.get(cluster, name) as Method).bind(cluster)
  const replaced = replace(before)
  return new Proxy(cluster, {
    get: (target, asked) => {
      if (asked === name) return replaced
      const found: unknown = Reflect.get(target, asked)
      return typeof found === 'function' ? (found.bind(target) as unknown) : found
    },
  })
}
