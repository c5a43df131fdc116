import type { Dice } from '../dice.ts'
import type { Fault } from './faults.ts'
import type { Setup } from './plan.ts'

/** What is demanded of instances of a calm world. */
export interface Calm {
  /** The longest time that an input may wait for its answer, ms. Shorter than sessions and transactions last. */
  readonly longestWaitMs: number
  /** Nothing happens for which a stream thread may fail. */
  readonly failsNever: boolean
}

/** The time between two faults, ms, and what it takes an instance to begin while a broker is dead. */
const apartMs = { from: 2500, to: 4000 }
const beginningMs = 4000

/** Worlds in which one thing fails at a time, and nothing is forgotten or lost. Sessions and transactions outlast all of it: whoever waits for their end is late. */
export function calmSetup(dice: Dice, drawn: Setup): Setup {
  const failsNever = dice.chance(0.5)
  const drawnMs = dice.pick([300, 2000])
  const begins = failsNever && drawn.guarantee === 'at_least_once'
  // So long that tasks are opened before the others do without a broker that has died. An instance that is alone waits for no member that reads from that broker.
  const missedMs = begins ? 2000 : drawnMs
  const instances = 2 + dice.below(2)
  const alone = begins && dice.chance(0.6)
  return {
    ...drawn,
    calm: { longestWaitMs: missedMs + 5000, failsNever },
    brokers: 3,
    instances: alone ? 1 : instances,
    sessionTimeoutMs: 30_000,
    transactionTimeoutMs: 30_000,
    missedMs,
    markerMs: 2,
    slowMs: 0,
    inputs: 150,
    inputMs: 12_000,
    serving: undefined,
  }
}

export function drawCalmFaults(dice: Dice, { instances, inputMs, calm, partitions, guarantee }: Setup): readonly Fault[] {
  // A transaction never begins with one coordinator and goes on with the next: where that moves, its transactions fail.
  const movable = calm?.failsNever === true && guarantee === 'exactly_once' ? (['group'] as const) : (['group', 'transaction'] as const)
  const moves: readonly ((atMs: number) => Fault)[] = [
    atMs => ({ kind: 'coordinator', atMs, broker: 1 + dice.below(3), of: dice.pick(movable) }),
    atMs => ({
      kind: 'leader',
      atMs,
      broker: 1 + dice.below(3),
      partition: dice.below(partitions),
      topic: dice.pick(['input', 'results', 'changelog']),
    }),
    atMs => ({ kind: 'clock', atMs, instance: dice.below(instances), byMs: dice.pick([-1_500_000, -2000, 2000, 1_500_000]) }),
    atMs => ({ kind: 'stop', atMs, instance: dice.below(instances), downMs: dice.pick([50, 1500]) }),
  ]
  const breaks: readonly ((atMs: number) => Fault)[] = [
    atMs => ({ kind: 'broker', atMs, broker: 1 + dice.below(3), downMs: 6000, unflushed: 'kept', forgetMarkers: false }),
    atMs => ({ kind: 'kill', atMs, instance: dice.below(instances), downMs: dice.pick([50, 1500]) }),
    atMs => ({
      kind: 'request',
      atMs,
      api: dice.pick([0, 26, 28]),
      moment: dice.pick(['before', 'after']),
      skip: 0,
      times: 1,
      act: 'kill',
      ms: 1500,
    }),
  ]
  const kinds = calm?.failsNever === true ? moves : [...moves, ...breaks]
  const faults: Fault[] = []
  for (let atMs = dice.between(1000, 3000); atMs < inputMs; atMs += dice.between(apartMs.from, apartMs.to)) {
    const begins = calm?.failsNever === true && guarantee === 'at_least_once' && dice.chance(0.5)
    faults.push(...(begins ? drawBeginning(dice, instances, atMs) : [dice.pick(kinds)(atMs)]))
    if (begins) atMs += beginningMs
  }
  return faults
}

/** An instance begins, and others get tasks, while a broker is dead that the others still name. It is not the group's coordinator. */
function drawBeginning(dice: Dice, instances: number, atMs: number): readonly Fault[] {
  const coordinator = 1 + dice.below(3)
  const dead = 1 + ((coordinator + dice.below(2)) % 3)
  return [
    { kind: 'coordinator', atMs, broker: coordinator, of: 'group' },
    { kind: 'stop', atMs: atMs + 1000, instance: dice.below(instances), downMs: 400 },
    { kind: 'broker', atMs: atMs + 1350, broker: dead, downMs: 1800, unflushed: 'kept', forgetMarkers: false },
  ]
}
