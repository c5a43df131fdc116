import type { Dice } from '../dice.ts'
import type { Setup } from './plan.ts'

/** A fault: its time and its kind. Instances are numbered from 0; brokers have their ids. */
export type Fault = { readonly atMs: number } & FaultAction

type FaultAction =
  /** The process ends at once; a new one starts after `downMs`. */
  | { readonly kind: 'kill'; readonly instance: number; readonly downMs: number }
  | { readonly kind: 'stop'; readonly instance: number; readonly downMs: number }
  /** The process is frozen for a while, and does not notice it. */
  | { readonly kind: 'freeze'; readonly instance: number; readonly forMs: number }
  /** The instance's clock is set. */
  | { readonly kind: 'clock'; readonly instance: number; readonly byMs: number }
  /** Writes to the instance's disk fail. */
  | { readonly kind: 'full'; readonly instance: number; readonly forMs: number }
  /** Reads from the instance's disk fail. */
  | { readonly kind: 'unreadable'; readonly instance: number; readonly forMs: number }
  | {
      readonly kind: 'broker'
      readonly broker: number
      readonly downMs: number
      readonly unflushed: 'lost' | 'kept'
      readonly forgetMarkers: boolean
    }
  /** One of several brokers goes down, and does not come back before all inputs are answered. */
  | { readonly kind: 'away'; readonly broker: number; readonly unflushed: 'lost' | 'kept' }
  | { readonly kind: 'thick'; readonly broker: number; readonly forMs: number }
  | { readonly kind: 'leader'; readonly broker: number; readonly partition: number; readonly topic: 'input' | 'results' | 'changelog' }
  | { readonly kind: 'coordinator'; readonly broker: number; readonly of: 'group' | 'transaction' }
  /** The group's coordinator loses what the last commit of each input said, while no instance runs. */
  | { readonly kind: 'offsets'; readonly downMs: number }
  /** Connections break. */
  | { readonly kind: 'cut'; readonly instance: number; readonly broker: number }
  /** Messages are held back, in one direction or both. */
  | {
      readonly kind: 'block'
      readonly instance: number
      readonly broker: number
      readonly ways: 'up' | 'down' | 'both'
      readonly forMs: number
    }
  /** A fault that happens when a certain request is sent or answered. */
  | ({ readonly kind: 'request' } & RequestFault)
  /** The coordinator of a transaction that is told to end so dies `afterMs` later, and forgets markers of it; then something may befall a request that follows. */
  | {
      readonly kind: 'ending'
      readonly commit: boolean
      readonly skip: number
      readonly afterMs: number
      readonly downMs: number
      readonly next?: RequestFault | undefined
    }

export interface RequestFault {
  readonly api: number
  readonly moment: 'before' | 'after'
  readonly skip: number
  readonly times: number
  readonly act: 'cut' | 'late' | 'kill' | 'freeze' | 'broker'
  /** The duration of a delay, a freeze or a stop. */
  readonly ms: number
  /** Only requests of instances that take part in a rebalance count. */
  readonly rebalancing?: boolean
}

/** The faults that are drawn by their kind. */
export type FaultKind = Exclude<Fault['kind'], 'unreadable' | 'away' | 'offsets' | 'ending'>

export const faultKinds: readonly FaultKind[] = [
  'kill',
  'stop',
  'freeze',
  'clock',
  'full',
  'broker',
  'thick',
  'leader',
  'coordinator',
  'cut',
  'block',
  'request',
]

/** The requests that faults are tied to: those of commits, of takeovers, and of the group. */
const requests: readonly number[] = [0, 0, 1, 8, 9, 11, 12, 14, 22, 22, 24, 25, 26, 26, 26, 28, 28, 65, 66]

export function drawFault(dice: Dice, kind: FaultKind, setup: Setup): Fault {
  const atMs = dice.between(200, setup.inputMs + 4000)
  const instance = dice.below(setup.instances)
  const broker = 1 + dice.below(setup.brokers)
  const some = (): number => Math.round(dice.pick([50, 400, 2000, 7000]) * dice.between(0.5, 1.5))
  const draws: { readonly [K in FaultKind]: () => FaultAction } = {
    kill: () => ({ kind, instance, downMs: some() }) as FaultAction,
    stop: () => ({ kind, instance, downMs: some() }) as FaultAction,
    freeze: () => ({ kind, instance, forMs: 2 * some() }) as FaultAction,
    clock: () => ({ kind, instance, byMs: dice.pick([-1_500_000, -2000, 2000, 1_500_000]) }) as FaultAction,
    full: () => ({ kind, instance, forMs: some() }) as FaultAction,
    broker: () => ({
      kind: 'broker',
      broker,
      downMs: some(),
      unflushed: dice.pick(['lost', 'kept']),
      forgetMarkers: dice.chance(0.5),
    }),
    thick: () => ({ kind: 'thick', broker, forMs: some() }),
    leader: () => ({
      kind: 'leader',
      broker,
      partition: dice.below(setup.partitions),
      topic: dice.pick(['input', 'results', 'changelog']),
    }),
    coordinator: () => ({ kind: 'coordinator', broker, of: dice.pick(['group', 'transaction']) }),
    cut: () => ({ kind: 'cut', instance, broker }),
    block: () => ({ kind: 'block', instance, broker, ways: dice.pick(['up', 'down', 'both']), forMs: some() }),
    request: () => ({
      kind: 'request',
      api: dice.pick(requests),
      moment: dice.pick(['before', 'after']),
      skip: dice.below(8),
      times: dice.chance(0.8) ? 1 : 1 + dice.below(5),
      act: dice.pick(['cut', 'cut', 'late', 'late', 'kill', 'freeze', 'broker']),
      ms: some(),
    }),
  }
  return { atMs, ...draws[kind]() }
}

/** Whether a broker may forget the ends of transactions. */
export function forgets(fault: Fault): boolean {
  const { kind } = fault
  return kind === 'ending' || (kind === 'broker' && fault.forgetMarkers) || (kind === 'request' && fault.act === 'broker')
}

/** Whether a member may do nothing, or be out of reach, for longer than its session. */
export function silences(fault: Fault, { sessionTimeoutMs }: Pick<Setup, 'sessionTimeoutMs'>): boolean {
  const { kind } = fault
  const ms = kind === 'freeze' || kind === 'block' ? fault.forMs : kind === 'request' && fault.act === 'freeze' ? fault.ms : 0
  return ms >= sessionTimeoutMs
}

/** Whether a process of the application may end without a word. */
export function kills({ kind, ...rest }: Fault): boolean {
  return kind === 'kill' || (kind === 'request' && (rest as RequestFault).act === 'kill')
}

/** The fault in words. */
export function faultText({ atMs, kind, ...rest }: Fault): string {
  const facts = Object.entries(rest).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  return `${atMs.toFixed(0)} ms: ${kind} ${facts.join(', ')}`
}
