import { env } from '../../../../base/index.ts'
import { askAgain, concurrent, hasMoved, isDisconnection, pauseBefore, typeOf } from './ask-again.ts'
import type { CoordinatorBroker, TransactionRequest } from './coordinator-broker.ts'
import { SettledConnection } from './settled-connection.ts'

export interface CoordinatorQuery {
  readonly groupId: string
  readonly coordinatorType: number
}

export interface CoordinatorLookup {
  findGroupCoordinator(query: CoordinatorQuery): Promise<CoordinatorBroker>
}

export interface TransactionSessionOptions {
  readonly transactionalId: string
  /** `transaction.timeout.ms`, after which the coordinator aborts a transaction by itself: no request of it is retried any longer. */
  readonly timeoutMs: number
  /** After this, by `now`, no request is tried again. Default: each has its own time. */
  readonly deadline?: number
  /** Default `env.monotonic`. */
  now?(): number
}

const group = 0
const transactional = 1
/** How long to wait while the coordinator completes the previous transaction, which takes milliseconds unless a broker is away. */
const maxConcurrentMs = 30_000

/** The reason why no transaction is begun after one whose end is not certain. */
export const uncertainEnd = 'it is not certain how the previous transaction ended, or whether all its requests have arrived'

export interface Request {
  readonly groupId?: string
  readonly [field: string]: unknown
}

/**
 * Sends the requests of the transactions of one transactional id to their coordinators, one transaction after another. Two faults have to be
 * excluded. A broker that stops while it completes a transaction can forget the end in some partitions, where the id's next end then also decides
 * about the old records. And a request whose answer was lost may arrive after it was repeated on another connection: the next transaction would then
 * commit offsets of this one. Therefore:
 *
 *   take the id, or end a transaction ─▶ settled: the connection of the answer is remembered
 *   begin a transaction (its first request) ─▶ only on that connection; if it is lost: TransactionLostError
 *   add to a transaction and end it ─▶ at any coordinator, until the transaction times out. An end that was sent twice, or that follows a request without
 *     an answer, does not settle
 *
 * Between two answers on one connection the broker did not restart, so it has forgotten nothing. Requests that arrive late are refused because of
 * their epoch after the id was taken again.
 */
export class TransactionSession {
  readonly #lookup: CoordinatorLookup
  readonly #options: TransactionSessionOptions
  readonly #coordinators = new Map<number, CoordinatorBroker>()
  #latest: SettledConnection | undefined
  /**
   * The connection on which the id was taken, or the last transaction was ended, if the broker can have forgotten nothing since; otherwise undefined.
   */
  #settled: SettledConnection | undefined
  /** When the transaction in progress began, by `now`; undefined: none is in progress. */
  #begun: number | undefined
  /** Whether the answer of a request since the id was taken was lost. */
  #unanswered = false

  constructor(lookup: CoordinatorLookup, options: TransactionSessionOptions) {
    this.#lookup = lookup
    this.#options = options
  }

  get transactionalId(): string {
    return this.#options.transactionalId
  }

  /** Whether the id was taken, or the last transaction was ended, so that the next transaction can begin on the same connection. */
  get settled(): boolean {
    return this.#settled !== undefined
  }

  /** Sends a request of kafkajs to the coordinator, by the rules of this class. Throws TransactionLostError. */
  async ask(name: TransactionRequest, request: Request): Promise<unknown> {
    if (name === 'initProducerId') return this.#take(request)
    if (name === 'txnOffsetCommit') return this.#untilOver(() => this.#send(group, request.groupId ?? '', name, request))
    if (name === 'endTxn') return this.#end(request)
    return this.#begun === undefined ? this.#begin(name, request) : this.#untilOver(() => this.#send(transactional, '', name, request))
  }

  /**
   * Aborts the transaction if the coordinator is connected. Otherwise throws; the coordinator then aborts it after its timeout, or the id's next
   * owner does.
   */
  async abandon(request: Request): Promise<unknown> {
    this.forget()
    if (this.#coordinators.get(transactional)?.isConnected() !== true)
      throw new TransactionLostError('the transaction coordinator is not connected')
    const connection = await this.#connection()
    const answer = await connection.coordinator.endTxn(request)
    connection.answered()
    if (!this.#unanswered) this.#settled = connection
    return answer
  }

  /**
   * Takes the id once, if the coordinator is connected; it is to be asked at once after it has described the id's last transaction. Throws CONCURRENT_TRANSACTIONS while
   * the coordinator ends a transaction, which it begins to do where one is open: that may be another one by the next try. Throws TransactionLostError.
   */
  async takeOnce(request: Request): Promise<unknown> {
    this.forget()
    if (this.#coordinators.get(transactional)?.isConnected() !== true)
      throw new TransactionLostError('the transaction coordinator is not connected')
    try {
      const connection = await this.#connection()
      const answer = await connection.coordinator.initProducerId(request)
      this.#unanswered = false
      this.#settled = connection
      return answer
    } catch (error) {
      if (hasMoved(error) || isDisconnection(error)) this.#coordinators.clear()
      throw error
    }
  }

  /**
   * Goes on with an identity that somebody has taken. Only for transactions that all end alike, whoever else takes part in them: what others ask under the same
   * identity, and what arrives late, changes nothing then.
   */
  async adopt(): Promise<void> {
    this.forget()
    this.#unanswered = false
    await this.#patiently(async () => void (this.#settled = await this.#connection()), this.#within(maxConcurrentMs))
  }

  /** Sends the transaction coordinator a request outside a transaction. It does not settle, and may use any connection. */
  async askCoordinator<T>(question: (coordinator: CoordinatorBroker) => Promise<T>): Promise<T> {
    return this.#patiently(async () => question(await this.#coordinator(transactional, '')), this.#within(this.#options.timeoutMs))
  }

  /** Unsettles the session: the id has to be taken again before the next transaction. */
  forget(): void {
    this.#settled = undefined
    this.#begun = undefined
  }

  /**
   * Takes the id: fences its former owner, whose transaction the coordinator completes or aborts. If the session is settled, that connection is used.
   */
  async #take(request: Request): Promise<unknown> {
    const before = this.#settled
    if (before !== undefined) return this.#onSettled(before, 'initProducerId', request)
    let answer: unknown
    await this.#patiently(async () => {
      const connection = await this.#connection()
      answer = await connection.coordinator.initProducerId(request)
      this.#unanswered = false
      this.#settled = connection
    }, this.#within(maxConcurrentMs))
    return answer
  }

  async #begin(name: TransactionRequest, request: Request): Promise<unknown> {
    const settled = this.#settled
    if (settled === undefined) throw new TransactionLostError(uncertainEnd)
    if (settled.lostIdle) {
      // The connection was lost long after the last answer, when the last end was complete. A new connection is as good.
      this.#settled = await this.#connection()
      return this.#begin(name, request)
    }
    const answer = await this.#onSettled(settled, name, request)
    this.#begun ??= this.#now()
    return answer
  }

  async #end(request: Request): Promise<unknown> {
    if (this.#begun === undefined) throw new TransactionLostError('no transaction is in progress')
    let first: SettledConnection | undefined
    const once = async (): Promise<unknown> => {
      const connection = await this.#connection()
      first ??= connection
      const answer = await connection.coordinator.endTxn(request)
      connection.answered()
      this.#settled = connection === first ? connection : undefined
      return answer
    }
    const answer = await this.#untilOver(once)
    if (this.#unanswered) this.#settled = undefined
    this.#begun = undefined
    return answer
  }

  /** Sends the request on the settled connection. Repeats it while the coordinator completes the previous transaction. */
  async #onSettled(settled: SettledConnection, name: TransactionRequest, request: Request): Promise<unknown> {
    const deadline = this.#within(maxConcurrentMs)
    for (let tries = 1; ; tries++) {
      if (!settled.alive) throw new TransactionLostError('the connection to the transaction coordinator was lost')
      try {
        const answer = await settled.coordinator[name](request)
        settled.answered()
        return answer
      } catch (error) {
        if (hasMoved(error))
          throw new TransactionLostError(`the transaction coordinator has moved: ${String(typeOf(error))}`, { cause: error })
        if (isDisconnection(error))
          throw new TransactionLostError('the connection to the transaction coordinator was lost', { cause: error })
        if (typeOf(error) !== concurrent || this.#now() >= deadline) throw error
        settled.answered()
        await pauseBefore(tries)
      }
    }
  }

  /** Retries the request until the transaction times out, when the coordinator may abort it by itself. Throws TransactionLostError after that. */
  async #untilOver<T>(request: () => Promise<T>): Promise<T> {
    const deadline = Math.min((this.#begun ?? this.#now()) + this.#options.timeoutMs, this.#options.deadline ?? Infinity)
    if (this.#now() >= deadline) throw new TransactionLostError(`the transaction took longer than ${this.#options.timeoutMs} ms`)
    return this.#patiently(request, deadline, () => (this.#unanswered = true))
  }

  #patiently<T>(request: () => Promise<T>, deadline: number, onUnanswered: () => void = () => undefined): Promise<T> {
    return askAgain(request, { deadline, now: () => this.#now(), onMoved: () => this.#coordinators.clear(), onUnanswered })
  }

  async #send(type: number, groupId: string, name: TransactionRequest, request: Request): Promise<unknown> {
    return (await this.#coordinator(type, groupId))[name](request)
  }

  /** The coordinator. It is looked up again if it is not connected, or was not the coordinator any more. */
  async #coordinator(coordinatorType: number, groupId: string): Promise<CoordinatorBroker> {
    const known = this.#coordinators.get(coordinatorType)
    if (known?.isConnected()) return known
    const asked = coordinatorType === transactional ? this.#options.transactionalId : groupId
    const found = await this.#lookup.findGroupCoordinator({ groupId: asked, coordinatorType })
    this.#coordinators.set(coordinatorType, found)
    return found
  }

  /** The connection to the transaction coordinator; the same object as long as the connection lasts. */
  async #connection(): Promise<SettledConnection> {
    const coordinator = await this.#coordinator(transactional, '')
    if (this.#latest?.coordinator !== coordinator || !this.#latest.alive)
      this.#latest = new SettledConnection(coordinator, () => this.#now())
    return this.#latest
  }

  /** So long from now, or the deadline. */
  #within(milliseconds: number): number {
    return Math.min(this.#now() + milliseconds, this.#options.deadline ?? Infinity)
  }

  #now(): number {
    return this.#options.now?.() ?? env.monotonic()
  }
}

/**
 * A transaction cannot begin or continue safely: the id has to be taken over first. By its name, the code that decides about retries treats it as a
 * lost connection.
 */
export class TransactionLostError extends Error {
  override readonly name = 'KafkaJSConnectionLostError'
  /** For kafkajs: this producer must not retry. */
  readonly retriable = false
}
