/** The requests at whose moments something happens, by their names in Kafka's protocol. */
export const apiKeys = {
  Produce: 0,
  ListOffsets: 2,
  OffsetCommit: 8,
  OffsetFetch: 9,
  JoinGroup: 11,
  Heartbeat: 12,
  SyncGroup: 14,
  InitProducerId: 22,
  EndTxn: 26,
  TxnOffsetCommit: 28,
} as const

export type ApiName = keyof typeof apiKeys
/** `before`: the request has not reached the broker; `after`: the broker has handled it, and its answer comes. */
export type Moment = 'before' | 'after'
/** `cut`: the connection breaks instead; `delay`: it comes late, with all that is behind it; `swallow`: it never comes, and the connection stays. */
export type Act = 'cut' | 'delay' | 'swallow'

export interface RequestRule {
  readonly api: ApiName
  readonly moment: Moment
  readonly act: Act
  /** How much later, with `delay`. */
  readonly delayMs: number
  /** How many requests it is for. */
  readonly times: number
}

/** A rule of which some requests are left. */
interface OpenRule extends RequestRule {
  left: number
  readonly struck: () => void
}

/** What is to happen to the requests of one instance, whichever broker they go to. */
export class RequestRules {
  readonly #open = new Set<OpenRule>()

  /** Resolves when the rule has struck as often as it says; false: when the time is over, and the rule with it. */
  async strike(rule: RequestRule, withinMs: number): Promise<boolean> {
    let end!: (struck: boolean) => void
    const ended = new Promise<boolean>(resolve => (end = resolve))
    let strikes = 0
    const open: OpenRule = { ...rule, left: rule.times, struck: () => void (++strikes === rule.times && end(true)) }
    this.#open.add(open)
    const timer = setTimeout(() => end(strikes > 0), withinMs)
    const struck = await ended
    clearTimeout(timer)
    this.#open.delete(open)
    return struck
  }

  /** The rule for the next request, which is taken for it; `struck` has to be called when it is applied. */
  take(apiKey: number): OpenRule | undefined {
    for (const rule of this.#open) {
      if (apiKeys[rule.api] !== apiKey || rule.left === 0) continue
      rule.left--
      return rule
    }
    return undefined
  }
}
