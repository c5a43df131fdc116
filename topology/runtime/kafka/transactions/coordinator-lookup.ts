import type { Cluster } from 'kafkajs'
import { env } from '../../../../base/index.ts'
import { askAgain } from '../kafkajs-mends/index.ts'
import type { WireBroker } from '../wire/index.ts'

type Coordinator = WireBroker & { isConnected(): boolean }

/** kafkajs' cluster, as far as coordinators are looked up. */
interface Lookup {
  findGroupCoordinator(query: { readonly groupId: string; readonly coordinatorType: number }): Promise<Coordinator>
}

const types = { group: 0, transaction: 1 } as const

/** The coordinator of a group or a transactional id: looked up once, and again when it is not there, or not the coordinator any more. */
export class CoordinatorLookup {
  readonly #cluster: Lookup
  readonly #type: number
  readonly #id: string
  #known: Coordinator | undefined

  constructor(cluster: Cluster, type: keyof typeof types, id: string) {
    this.#cluster = cluster as unknown as Lookup
    this.#type = types[type]
    this.#id = id
  }

  /** Asks the coordinator once if it is known and connected; undefined otherwise, and if it refuses. */
  async tryOnce<T>(request: (coordinator: WireBroker) => Promise<T>): Promise<T | undefined> {
    return this.#known?.isConnected() === true ? request(this.#known).catch(() => undefined) : undefined
  }

  /**
   * Asks the coordinator, and asks again until the deadline (by `env.monotonic`) while it is away, loads, moves, or completes a transaction. Only for
   * requests that may be repeated. Throws what else the coordinator answers.
   */
  ask<T>(request: (coordinator: WireBroker) => Promise<T>, deadline: number): Promise<T> {
    const once = async (): Promise<T> => {
      if (this.#known?.isConnected() !== true)
        this.#known = await this.#cluster.findGroupCoordinator({ groupId: this.#id, coordinatorType: this.#type })
      return request(this.#known)
    }
    return askAgain(once, { deadline, now: () => env.monotonic(), onMoved: () => (this.#known = undefined) })
  }
}
