import { SluiceError } from '../../base/index.ts'
import type { HostInfo, ReadOptions } from '../../topology/index.ts'
import { isPassing } from '../http/index.ts'
import { type HopAnswer, addressOf, isSameAddress } from '../hops/index.ts'
import { type KeyAnswer, type KeyQuestion, valueQuestion } from './key-queries.ts'
import type { RouterParts } from './router-parts.ts'
import { retryWhilePassing, valueWithin, withinDeadline } from './retry.ts'

/** Deadline for a former owner; short, because a rebalance ends soon and the router then tries the new owner. */
const formerOwnerMs = 250

/**
 * Finds the owner of a key and returns its answer, locally or by one hop, so that every instance gives the same answer.
 * While the owner does not answer, a standby does, or the owner before the rebalance; these answers are marked `stale`.
 */
export class QueryRouter {
  readonly #parts: RouterParts

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** The value of a key. Throws STORE_UNKNOWN, KEY_UNKNOWN, and as `ask` does. */
  async query(store: string, key: string, options: ReadOptions = {}): Promise<KeyAnswer> {
    return this.ask(valueQuestion(this.#parts, { store, key }, options))
  }

  /** Throws the errors of the question's `here`; STORE_NOT_READY, OWNER_UNREACHABLE and other temporary errors only after `retryMs` of attempts. */
  ask<A>(question: KeyQuestion<A>): Promise<A> {
    return retryWhilePassing(this.#parts.retryMs, async () => {
      try {
        return await this.#askOwner(question)
      } catch (error) {
        const stale = isPassing(error) ? ((await this.#askStandbys(question)) ?? (await this.#askFormerOwner(question))) : undefined
        if (stale === undefined) throw error
        return stale
      }
    })
  }

  async #askOwner<A>(question: KeyQuestion<A>): Promise<A> {
    const { store, key, fields } = question
    const { streams, metadata, hops, answerMs } = this.#parts
    const owner = await withinDeadline(answerMs, streams.ownerOf(store, key))
    if (owner === undefined)
      throw new SluiceError('STORE_NOT_READY', `no instance owns key ${key} of store ${store} now: the group is rebalancing`)
    if (isSameAddress(owner, streams.self)) {
      try {
        return await question.here()
      } catch (error) {
        if (isPassing(error)) await metadata.checkUnshared(owner)
        throw error
      }
    }
    if (!(await metadata.lists(owner)))
      throw new SluiceError('STORE_NOT_READY', `the owner of key ${key} of store ${store} has left the group`)
    return bodyOf(await hops.get(owner, question.path(false)), owner, fields) as A
  }

  /** The first answer of a standby, asking this instance first; undefined: no standby answered. */
  async #askStandbys<A>(question: KeyQuestion<A>): Promise<A | undefined> {
    const { streams, answerMs } = this.#parts
    const standbys = await valueWithin(answerMs, streams.standbysOf(question.store, question.key), [])
    const hereFirst = standbys.toSorted((a, b) => Number(isSameAddress(b, streams.self)) - Number(isSameAddress(a, streams.self)))
    for (const standby of hereFirst) {
      const answer = await this.#askStale(question, standby)
      if (answer !== undefined) return answer
    }
    return undefined
  }

  async #askFormerOwner<A>(question: KeyQuestion<A>): Promise<A | undefined> {
    const { streams, answerMs } = this.#parts
    const former = await valueWithin(answerMs, streams.formerOwnerOf(question.store, question.key), undefined)
    return former === undefined ? undefined : this.#askStale(question, former, formerOwnerMs)
  }

  /** The answer of a standby or suspended task of an instance; undefined: it did not answer. */
  async #askStale<A>(question: KeyQuestion<A>, from: HostInfo, withinMs?: number): Promise<A | undefined> {
    const { streams, hops } = this.#parts
    try {
      if (isSameAddress(from, streams.self)) return await question.staleHere()
      return bodyOf(await hops.get(from, question.path(true), withinMs), from, [...question.fields, 'stale']) as A
    } catch (error) {
      if (!isPassing(error)) throw error
      return undefined
    }
  }
}

/**
 * The body of a successful answer of another instance that has the fields. Throws the instance's own error if it is KEY_UNKNOWN, STORE_NOT_READY,
 * STORE_CLOSED or INPUT_INVALID, and OWNER_UNREACHABLE for any other answer.
 */
export function bodyOf(answer: HopAnswer, from: HostInfo, fields: readonly string[]): unknown {
  const body = answer.body as Readonly<Record<string, unknown>> | null
  if (answer.status === 200 && typeof body === 'object' && body !== null && fields.every(field => field in body)) return body
  const { code, error } = body ?? {}
  if (code === 'KEY_UNKNOWN' || code === 'STORE_NOT_READY' || code === 'STORE_CLOSED' || code === 'INPUT_INVALID')
    throw new SluiceError(code, String(error))
  const said = typeof code === 'string' ? `${answer.status} ${code}` : String(answer.status)
  throw new SluiceError('OWNER_UNREACHABLE', `instance ${addressOf(from)} did not answer from its state; it returned ${said}`)
}
