import { Dice } from '../dice.ts'
import { drawFault, type Fault, faultKinds, type FaultKind } from './faults.ts'

/** What a world consists of. */
export interface Setup {
  readonly brokers: 1 | 3
  readonly transactionVersion: 1 | 2
  readonly guarantee: 'exactly_once' | 'at_least_once'
  readonly instances: number
  readonly partitions: number
  readonly standbyReplicas: 0 | 1
  readonly commitIntervalMs: number
  readonly transactionTimeoutMs: number
  readonly sessionTimeoutMs: number
  /** Whether stores are on disks that survive. */
  readonly persistent: boolean
  /** Whether there is a second input, which is read first by a task that starts. */
  readonly control: boolean
  /** Whether the processor takes batches. */
  readonly batches: boolean
  /** How long the processor waits for some of the records, ms; 0: for none. */
  readonly slowMs: number
  readonly keys: number
  readonly inputs: number
  /** How many of a hundred inputs are refused. */
  readonly poison: number
  /** How long inputs come, ms. */
  readonly inputMs: number
  readonly latencyMs: number
  /** How long it takes until the end of a transaction is written everywhere, ms. */
  readonly markerMs: number
  /** How long the other replicas take to have a record, ms; 0: they have it at once. */
  readonly replicationMs: number
  /** How long a coordinator loads after a move, ms. */
  readonly loadingMs: number
  /** How long it takes until a broker that is gone is missed, ms. */
  readonly missedMs: number
}

/** All that is drawn of a seed before its world begins; the same plan gives the same events. */
export interface Plan {
  readonly seed: number
  readonly setup: Setup
  readonly faults: readonly Fault[]
}

export function drawPlan(seed: number): Plan {
  const dice = new Dice(seed, 'plan')
  const setup = drawSetup(dice)
  return { seed, setup, faults: drawFaults(dice, setup) }
}

function drawSetup(dice: Dice): Setup {
  return {
    brokers: dice.chance(0.5) ? 1 : 3,
    transactionVersion: dice.chance(0.65) ? 2 : 1,
    guarantee: dice.chance(0.8) ? 'exactly_once' : 'at_least_once',
    instances: 1 + dice.below(3),
    partitions: 1 + dice.below(3),
    standbyReplicas: dice.chance(0.3) ? 1 : 0,
    commitIntervalMs: dice.pick([20, 100, 100, 400]),
    transactionTimeoutMs: dice.pick([2000, 5000, 10_000]),
    sessionTimeoutMs: dice.pick([3000, 6000]),
    persistent: dice.chance(0.6),
    control: dice.chance(0.3),
    batches: dice.chance(0.4),
    slowMs: dice.chance(0.3) ? dice.pick([5, 50, 300]) : 0,
    keys: dice.pick([1, 3, 10]),
    inputs: dice.pick([20, 60, 150]),
    poison: dice.chance(0.4) ? dice.pick([3, 20]) : 0,
    inputMs: dice.pick([1500, 4000, 8000]),
    latencyMs: dice.pick([0.1, 0.5, 3]),
    markerMs: dice.pick([2, 2, 20, 200]),
    replicationMs: dice.pick([0, 0, 1, 10]),
    loadingMs: dice.pick([5, 5, 300]),
    missedMs: dice.pick([300, 3000]),
  }
}

/** A mix of the seed's own: some kinds, and how many of them. */
function drawFaults(dice: Dice, setup: Setup): readonly Fault[] {
  const kinds: readonly FaultKind[] = faultKinds.filter(() => dice.chance(0.35))
  const count = kinds.length === 0 ? 0 : 1 + dice.below(dice.pick([2, 5, 10]))
  return Array.from({ length: count }, () => drawFault(dice, dice.pick(kinds), setup)).sort((a, b) => a.atMs - b.atMs)
}
