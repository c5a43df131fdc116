import type { SimProcess } from '../sim-process.ts'

/** `before`: a request that has not reached its broker; `after`: the answer to a request that the broker has handled. */
export type Moment = 'before' | 'after'

/** The fate of a request or an answer: an additional delay, or a broken connection in place of the delivery. */
export type Fate = { readonly delayMs: number } | 'cut'

export interface RequestFacts {
  readonly api: number
  readonly process: SimProcess
  readonly broker: number
}

/** Applies to one side (`before` or `after`) of matching requests, and decides their fate. */
export interface NetworkRule {
  readonly moment: Moment
  /** Whether the rule is about this request. */
  readonly matches: (facts: RequestFacts) => boolean
  /** The number of matching requests that pass before the rule applies. */
  skip: number
  /** The number of matching requests that the rule then applies to. */
  times: number
  readonly act: (facts: RequestFacts) => Fate | undefined
}

/** Decides by the first rule that applies. */
export class NetworkRules {
  #rules: NetworkRule[] = []

  add(rule: NetworkRule): void {
    this.#rules.push(rule)
  }

  clear(): void {
    this.#rules = []
  }

  fateOf(moment: Moment, facts: RequestFacts): Fate | undefined {
    if (this.#rules.length === 0) return undefined
    for (const rule of this.#rules) {
      if (rule.moment !== moment || !rule.matches(facts)) continue
      if (rule.skip > 0) {
        rule.skip--
        continue
      }
      rule.times--
      if (rule.times <= 0) this.#rules = this.#rules.filter(each => each !== rule)
      return rule.act(facts)
    }
    return undefined
  }
}

/** The names of the request types, for rules and for traces. */
export const apiNames: Readonly<Record<number, string>> = {
  0: 'Produce',
  1: 'Fetch',
  2: 'ListOffsets',
  3: 'Metadata',
  8: 'OffsetCommit',
  9: 'OffsetFetch',
  10: 'FindCoordinator',
  11: 'JoinGroup',
  12: 'Heartbeat',
  13: 'LeaveGroup',
  14: 'SyncGroup',
  15: 'DescribeGroups',
  18: 'ApiVersions',
  19: 'CreateTopics',
  22: 'InitProducerId',
  24: 'AddPartitionsToTxn',
  25: 'AddOffsetsToTxn',
  26: 'EndTxn',
  28: 'TxnOffsetCommit',
  32: 'DescribeConfigs',
  61: 'DescribeProducers',
  65: 'DescribeTransactions',
  66: 'ListTransactions',
}

export function apiName(api: number): string {
  return apiNames[api] ?? `api ${api}`
}
