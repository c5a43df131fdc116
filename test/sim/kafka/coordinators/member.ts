import type { SimHost } from '../options.ts'
import type { ResponseOf } from '../wire/index.ts'

export type JoinAnswer = ResponseOf<'joinGroup'>
export type SyncAnswer = ResponseOf<'syncGroup'>

export interface Protocol {
  readonly name: string
  readonly metadata: Buffer
}

/** What a group's log keeps of a member. */
export interface MemberData {
  readonly id: string
  readonly clientId: string
  readonly sessionMs: number
  readonly rebalanceMs: number
  readonly protocols: readonly Protocol[]
  readonly assignment: Buffer
}

/** A deadline that is moved often: the timer behind it is set anew only when it runs out. */
export class Deadline {
  readonly #host: SimHost
  readonly #passed: () => void
  #at = 0
  #cancel: (() => void) | undefined

  constructor(host: SimHost, passed: () => void) {
    this.#host = host
    this.#passed = passed
  }

  set(ms: number): void {
    const at = this.#host.now() + ms
    const isEarlier = at < this.#at
    this.#at = at
    if (isEarlier) this.clear()
    if (this.#cancel === undefined) this.#wait(ms)
  }

  clear(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #wait(ms: number): void {
    this.#cancel = this.#host.after(ms, () => {
      this.#cancel = undefined
      const left = this.#at - this.#host.now()
      if (left > 0) this.#wait(left)
      else this.#passed()
    })
  }
}

/** A member of a group, and the answers that it waits for. */
export class Member {
  readonly id: string
  readonly clientId: string
  readonly session: Deadline
  sessionMs: number
  rebalanceMs: number
  protocols: readonly Protocol[]
  assignment: Buffer
  /** It was in no generation yet: then it may be given up while it waits. */
  isNew = true
  join: ((answer: JoinAnswer) => void) | undefined
  sync: ((answer: SyncAnswer) => void) | undefined

  constructor(data: MemberData, session: Deadline) {
    this.id = data.id
    this.clientId = data.clientId
    this.sessionMs = data.sessionMs
    this.rebalanceMs = data.rebalanceMs
    this.protocols = data.protocols
    this.assignment = data.assignment
    this.session = session
  }

  alive(): void {
    this.session.set(this.sessionMs)
  }

  answerJoin(answer: JoinAnswer): void {
    const { join } = this
    this.join = undefined
    join?.(answer)
  }

  answerSync(answer: SyncAnswer): void {
    const { sync } = this
    this.sync = undefined
    sync?.(answer)
  }

  offers(protocols: readonly Protocol[]): boolean {
    if (protocols.length !== this.protocols.length) return false
    return protocols.every(({ name, metadata }, at) => {
      const own = this.protocols[at] as Protocol
      return own.name === name && own.metadata.equals(metadata)
    })
  }

  metadataOf(protocol: string): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0)
  }

  get data(): MemberData {
    const { id, clientId, sessionMs, rebalanceMs, protocols, assignment } = this
    return { id, clientId, sessionMs, rebalanceMs, protocols, assignment }
  }
}
