import { runPlan } from './run-seed.ts'
import { type Plan, plainTopics, type Setup } from './world/plan.ts'

/** The delay of a message that others are to overtake, ms: many times the usual latency. */
const lateMs = 15

/** Two members, two partitions, three records. */
const small: Setup = {
  brokers: 1,
  transactionVersion: 2,
  guarantee: 'exactly_once',
  instances: 2,
  partitions: 2,
  standbyReplicas: 0,
  commitIntervalMs: 20,
  transactionTimeoutMs: 5000,
  sessionTimeoutMs: 3000,
  persistent: false,
  control: false,
  batches: false,
  slowMs: 0,
  keys: 2,
  inputs: 3,
  poison: 0,
  inputMs: 300,
  latencyMs: 0.5,
  markerMs: 2,
  replicationMs: 0,
  loadingMs: 5,
  missedMs: 3000,
  passMs: undefined,
  topics: plainTopics,
}

export function smallPlan(transactionVersion: 1 | 2): Plan {
  return { seed: 1, setup: { ...small, transactionVersion }, faults: [] }
}

export interface OrdersOptions {
  /** The largest number of late messages in a schedule. */
  readonly bound: number
  /** The largest number of schedules to run. */
  readonly most: number
}

export interface ExploredOrders {
  /** The number of messages in the schedule in which none is late. */
  readonly messages: number
  readonly schedules: number
  /** The number of schedules whose events differ from those of every schedule before. */
  readonly different: number
  /** Whether every schedule within the bound was run. */
  readonly complete: boolean
  /** The late messages of each schedule that failed, by number, and what was wrong. */
  readonly wrong: readonly { readonly late: readonly number[]; readonly violation: string }[]
}

/**
 * Explores the orders in which messages arrive: all that differ from the usual one by at most `bound` messages that come late, so that others overtake them
 * (those of the same connection wait behind them, as in TCP). Depth first: a schedule is run, then those that have one more late message behind its last.
 */
export async function exploreOrders(plan: Plan, { bound, most }: OrdersOptions): Promise<ExploredOrders> {
  const wrong: { readonly late: readonly number[]; readonly violation: string }[] = []
  const hashes = new Set<string>()
  const left: (readonly number[])[] = [[]]
  let messages = 0
  let schedules = 0
  for (let late = left.pop(); late !== undefined && schedules < most; late = left.pop()) {
    const isLate = new Set(late)
    let sent = 0
    // oxlint-disable-next-line no-await-in-loop -- one world at a time
    const { violations, hash } = await runPlan(plan, { lateMs: () => (isLate.has(sent++) ? lateMs : 0) })
    schedules++
    hashes.add(hash)
    if (late.length === 0) messages = sent
    if (violations.length > 0) wrong.push({ late, violation: violations[0] as string })
    if (late.length < bound) for (let next = sent - 1; next > (late.at(-1) ?? -1); next--) left.push([...late, next])
  }
  return { messages, schedules, different: hashes.size, complete: left.length === 0, wrong }
}

/** The table that `--all-orders` prints. */
export function ordersTable(name: string, { messages, schedules, different, complete, wrong }: ExploredOrders, bound: number): string {
  const rows: readonly (readonly [string, string])[] = [
    ['world', name],
    ['messages', String(messages)],
    ['late ones, at most', String(bound)],
    ['schedules', `${schedules}${complete ? ': all within the bound' : ', not all within the bound'}`],
    ['different', String(different)],
    ['wrong', String(wrong.length)],
    ...wrong.slice(0, 5).map(({ late, violation }) => [`late ${late.join(' ')}`, violation] as const),
  ]
  return rows.map(([title, value]) => `${title.padEnd(24)}${value}`).join('\n')
}
