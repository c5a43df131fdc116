import type { Dice } from '../dice.ts'
import type { Fault } from './faults.ts'
import type { Setup } from './plan.ts'

const [produce, addPartitions, addOffsets, txnOffsetCommit] = [0, 24, 25, 28] as const

/** Worlds in which coordinators die while transactions end: markers take long, some records too, and inputs come to the end. */
export function endsSetup(dice: Dice, drawn: Setup): Setup {
  return {
    ...drawn,
    guarantee: 'exactly_once',
    instances: 2 + dice.below(2),
    partitions: 2 + dice.below(2),
    transactionTimeoutMs: dice.pick([5000, 10_000]),
    sessionTimeoutMs: 3000,
    commitIntervalMs: dice.pick([20, 100]),
    control: false,
    batches: false,
    passMs: undefined,
    slowMs: dice.pick([0, 50, 300]),
    inputs: 150,
    inputMs: 8000,
    markerMs: 200,
    loadingMs: 5,
    missedMs: 300,
    topics: { ...drawn.topics, partitionAtMs: undefined },
    serving: undefined,
  }
}

export function drawEnds(dice: Dice, setup: Setup): readonly Fault[] {
  const draw = dice.chance(0.5) ? drawAnswered : drawFenced
  return [...draw(dice, setup), ...(dice.chance(0.3) ? drawAnswered(dice, setup) : [])]
}

/** A coordinator dies after it has answered that a transaction commits, and the next one is cut short. */
function drawAnswered(dice: Dice, { inputMs }: Setup): readonly Fault[] {
  const next = {
    api: dice.pick([produce, addPartitions, addOffsets, txnOffsetCommit]),
    moment: dice.pick(['before', 'after'] as const),
    skip: dice.below(3),
    times: 1,
    act: 'kill',
    ms: dice.pick([50, 1000, 7000]),
  } as const
  const atMs = dice.between(200, 0.7 * inputMs)
  return [{ kind: 'ending', atMs, commit: true, skip: dice.below(4), afterMs: dice.between(10, 150), downMs: dice.pick([20, 60]), next }]
}

/** A member loses its transaction in the middle of a rebalance, and the coordinator dies while it aborts it. */
function drawFenced(dice: Dice, { instances, sessionTimeoutMs }: Setup): readonly Fault[] {
  const atMs = dice.between(500, 2500)
  const lost = {
    kind: 'request',
    api: dice.pick([produce, txnOffsetCommit]),
    moment: 'after',
    skip: 0,
    times: 1,
    act: 'freeze',
    ms: sessionTimeoutMs + dice.between(500, 2500),
    rebalancing: true,
  } as const
  return [
    { kind: 'stop', atMs, instance: dice.below(instances), downMs: dice.pick([50, 500]) },
    { ...lost, atMs: atMs + 1 },
    { kind: 'ending', atMs: atMs + 2, commit: false, skip: 0, afterMs: dice.between(1, 150), downMs: 20 },
  ]
}
