import { env } from '../../../../base/index.ts'
import { askAgain, concurrent, hasMoved, pauseBefore, typeOf } from './ask-again.ts'
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
  /** After which the coordinator ends a transaction by itself, ms: nothing of it is tried any longer. */
  readonly timeoutMs: number
  /** Default `env.monotonic`. */
  now?(): number
}

const group = 0
const transactional = 1
/** Of the coordinator, completing the transaction before: within milliseconds, unless a broker is away. */
const maxConcurrentMs = 30_000

/** Why nothing is begun after a transaction that settled nothing. */
export const uncertainEnd = 'it is not certain how the previous transaction ended, or whether all its requests have arrived'

export interface Request {
  readonly groupId?: string
  readonly [field: string]: unknown
}

/**
 * The transactions of one transactional id, one after the other, as far as their coordinators are asked. A broker that stops while it completes a
 * transaction can forget the end in some partitions, and what the id ends there next decides for those records too. And a request whose answer was lost
 * may arrive late, when it has long been answered to another connection: the offsets of one transaction would be committed by the next. So:
 *
 *   take the id, or end a transaction ─▶ settled: the connection on which that was answered is remembered
 *   begin a transaction (the first of its requests) ─▶ on that very connection, or not at all: TransactionLostError
 *   fill and end it ─▶ by whichever coordinator there is, until the transaction's time is over; an end that was asked for twice settles nothing, nor
 *     does one after a request without an answer
 *
 * What lies between two answers on one connection lies in one life of the broker: there nothing is forgotten. What arrives late is refused, by its
 * epoch, once the id was taken anew.
 */
export class TransactionSession {
  readonly #lookup: CoordinatorLookup
  readonly #options: TransactionSessionOptions
  readonly #coordinators = new Map<number, CoordinatorBroker>()
  #latest: SettledConnection | undefined
  /** Where the id was taken, or the last transaction ended, and nothing can have been forgotten since. */
  #settled: SettledConnection | undefined
  /** Since when a transaction is under way; undefined: none is. */
  #begun: number | undefined
  /** Something was asked since the id was taken whose answer was lost. */
  #unanswered = false

  constructor(lookup: CoordinatorLookup, options: TransactionSessionOptions) {
    this.#lookup = lookup
    this.#options = options
  }

  get transactionalId(): string {
    return this.#options.transactionalId
  }

  /** Whether the id was taken, or the last transaction ended, on a connection that may go on. */
  get settled(): boolean {
    return this.#settled !== undefined
  }

  /** Whatever coordinator there is; what the answer settles is this session's to know. Throws TransactionLostError. */
  async ask(name: TransactionRequest, request: Request): Promise<unknown> {
    if (name === 'initProducerId') return this.#take(request)
    if (name === 'txnOffsetCommit') return this.#untilOver(() => this.#send(group, request.groupId ?? '', name, request))
    if (name === 'endTxn') return this.#end(request)
    return this.#begun === undefined ? this.#begin(name, request) : this.#untilOver(() => this.#send(transactional, '', name, request))
  }

  /** Aborts, if that is quickly done: else the coordinator does it when the transaction's time is over, or the next owner. */
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

  /** Something else, of the transaction coordinator: it settles nothing, and may go to any. */
  async askCoordinator<T>(question: (coordinator: CoordinatorBroker) => Promise<T>): Promise<T> {
    return this.#patiently(async () => question(await this.#coordinator(transactional, '')), this.#now() + this.#options.timeoutMs)
  }

  /** Nothing is settled from here on: the id is taken anew, after a look at what may be open. */
  forget(): void {
    this.#settled = undefined
    this.#begun = undefined
  }

  /** Fences who had the id, and completes or aborts what that one had begun. After an end that settled it is asked on that connection. */
  async #take(request: Request): Promise<unknown> {
    const before = this.#settled
    if (before !== undefined) return this.#onSettled(before, 'initProducerId', request)
    let answer: unknown
    await this.#patiently(async () => {
      const connection = await this.#connection()
      answer = await connection.coordinator.initProducerId(request)
      this.#unanswered = false
      this.#settled = connection
    }, this.#now() + maxConcurrentMs)
    return answer
  }

  async #begin(name: TransactionRequest, request: Request): Promise<unknown> {
    const settled = this.#settled
    if (settled === undefined) throw new TransactionLostError(uncertainEnd)
    if (settled.lostIdle) {
      // Long after the last answer: by then it was complete. The new connection is as good.
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

  /** Asks again on the same connection, as long as the coordinator completes the transaction before. */
  async #onSettled(settled: SettledConnection, name: TransactionRequest, request: Request): Promise<unknown> {
    const deadline = this.#now() + maxConcurrentMs
    for (let tries = 1; ; tries++) {
      if (!settled.alive) throw new TransactionLostError('the connection to the transaction coordinator was lost')
      try {
        const answer = await settled.coordinator[name](request)
        settled.answered()
        return answer
      } catch (error) {
        if (hasMoved(error))
          throw new TransactionLostError(`the transaction coordinator has moved: ${String(typeOf(error))}`, { cause: error })
        if (typeOf(error) !== concurrent || this.#now() >= deadline) throw error
        settled.answered()
        await pauseBefore(tries)
      }
    }
  }

  /** The coordinator may have ended the transaction by itself once its time is over: nothing is added to it, or asked of it, from then on. */
  async #untilOver<T>(request: () => Promise<T>): Promise<T> {
    const deadline = (this.#begun ?? this.#now()) + this.#options.timeoutMs
    if (this.#now() >= deadline) throw new TransactionLostError(`the transaction took longer than ${this.#options.timeoutMs} ms`)
    return this.#patiently(request, deadline, () => (this.#unanswered = true))
  }

  #patiently<T>(request: () => Promise<T>, deadline: number, onUnanswered: () => void = () => undefined): Promise<T> {
    return askAgain(request, { deadline, now: () => this.#now(), onMoved: () => this.#coordinators.clear(), onUnanswered })
  }

  async #send(type: number, groupId: string, name: TransactionRequest, request: Request): Promise<unknown> {
    return (await this.#coordinator(type, groupId))[name](request)
  }

  /** Looked up once, and again when it was not the one any more. */
  async #coordinator(coordinatorType: number, groupId: string): Promise<CoordinatorBroker> {
    const known = this.#coordinators.get(coordinatorType)
    if (known?.isConnected()) return known
    const asked = coordinatorType === transactional ? this.#options.transactionalId : groupId
    const found = await this.#lookup.findGroupCoordinator({ groupId: asked, coordinatorType })
    this.#coordinators.set(coordinatorType, found)
    return found
  }

  /** That to the transaction coordinator, the same one as long as it is. */
  async #connection(): Promise<SettledConnection> {
    const coordinator = await this.#coordinator(transactional, '')
    if (this.#latest?.coordinator !== coordinator || !this.#latest.alive)
      this.#latest = new SettledConnection(coordinator, () => this.#now())
    return this.#latest
  }

  #now(): number {
    return this.#options.now?.() ?? env.monotonic()
  }
}

/** A transaction cannot be begun safely: whoever wants to, takes the id over first. Named as what it is to who judges whether another try may do better. */
export class TransactionLostError extends Error {
  override readonly name = 'KafkaJSConnectionLostError'
  /** kafkajs': not by this producer. */
  readonly retriable = false
}
