import type { Cluster } from 'kafkajs'
import { env } from '../../../../base/index.ts'
import { askAgain, SettledConnection } from '../kafkajs-mends/index.ts'
import type { WireBroker } from '../wire/index.ts'

type Coordinator = WireBroker & ConstructorParameters<typeof SettledConnection>[0]

/** The part of kafkajs' cluster that looks up coordinators. */
interface Lookup {
  findGroupCoordinator(query: { readonly groupId: string; readonly coordinatorType: number }): Promise<Coordinator>
}

const types = { group: 0, transaction: 1 } as const

/**
 * Sends requests to the coordinator of a group or a transactional id. The coordinator is looked up at the first request, and again if it cannot be
 * reached or has moved.
 */
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

  /** Sends the request once if the coordinator is known and connected. Returns undefined otherwise, and if the request fails. */
  async tryOnce<T>(request: (coordinator: WireBroker) => Promise<T>): Promise<T | undefined> {
    return this.#known?.isConnected() === true ? request(this.#known).catch(() => undefined) : undefined
  }

  /**
   * Sends the request; repeats it until the deadline (by `env.monotonic`) while the coordinator is unavailable, loads, moves, or completes a
   * transaction. Only for requests that may be repeated. Throws other errors of the coordinator at once.
   */
  ask<T>(request: (coordinator: WireBroker) => Promise<T>, deadline: number): Promise<T> {
    const once = async (): Promise<T> => {
      if (this.#known?.isConnected() !== true)
        this.#known = await this.#cluster.findGroupCoordinator({ groupId: this.#id, coordinatorType: this.#type })
      return request(this.#known)
    }
    return askAgain(once, { deadline, now: () => env.monotonic(), onMoved: () => (this.#known = undefined) })
  }

  /**
   * The same, for requests that let the coordinator end a transaction. `settled`: the connection of all tries; undefined if there were several: a broker that was
   * lost between two tries may have begun to end the transaction at the first, and have forgotten the end in some partitions before it answered the last. An error
   * says nothing else: also one that the coordinator is not available, or another, comes where the end is in the log already, and was not replicated in time.
   */
  async askSettling<T>(
    request: (coordinator: WireBroker) => Promise<T>,
    deadline: number,
  ): Promise<{ readonly answer: T; readonly settled: SettledConnection | undefined }> {
    let first: SettledConnection | undefined
    let last: Coordinator | undefined
    const answer = await this.ask(async asked => {
      last = asked as Coordinator
      first ??= new SettledConnection(last, () => env.monotonic())
      return request(asked)
    }, deadline)
    first?.answered()
    return { answer, settled: first?.coordinator === last && first?.alive === true ? first : undefined }
  }
}
