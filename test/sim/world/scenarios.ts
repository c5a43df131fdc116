import type { Dice } from '../dice.ts'
import type { Fault } from './faults.ts'
import type { Setup } from './plan.ts'

/** `delete.retention.ms` of the changelog of a processor that deletes. */
export const deletionsKeptMs = 2000

/** Faults of stores, and members that return. */
export function drawTopicFaults(dice: Dice, setup: Setup): readonly Fault[] {
  return [...drawStoreFaults(dice, setup), ...drawReturns(dice, setup)]
}

/** Faults of several parts, each of which alone would come about too seldom. */
export function drawLateFaults(dice: Dice, setup: Setup): readonly Fault[] {
  return [
    ...drawAway(dice, setup),
    ...drawForgotten(dice, setup),
    ...drawAbsence(dice, setup),
    ...drawStale(dice, setup),
    ...drawLostOffsets(dice, setup),
    ...drawBrokenWait(dice, setup),
  ]
}

/** A disk that cannot be read for a while. */
function drawStoreFaults(dice: Dice, { persistent, instances, inputMs }: Setup): readonly Fault[] {
  if (!persistent || !dice.chance(0.15)) return []
  return [{ kind: 'unreadable', atMs: dice.between(200, inputMs + 2000), instance: dice.below(instances), forMs: dice.pick([1, 50, 1500]) }]
}

/** A member that does nothing for longer than its session, so that others take its tasks over, and then goes on. */
function drawReturns(dice: Dice, { instances, inputMs, sessionTimeoutMs }: Setup): readonly Fault[] {
  if (instances === 1 || !dice.chance(0.2)) return []
  const forMs = sessionTimeoutMs + dice.between(500, 4000)
  return [{ kind: 'freeze', atMs: dice.between(500, inputMs), instance: dice.below(instances), forMs }]
}

/** One of three brokers that does not come back: the other two must suffice. */
function drawAway(dice: Dice, { brokers, inputMs }: Setup): readonly Fault[] {
  if (brokers === 1 || !dice.chance(0.1)) return []
  return [{ kind: 'away', atMs: dice.between(200, inputMs), broker: 1 + dice.below(brokers), unflushed: dice.pick(['lost', 'kept']) }]
}

/** A coordinator that dies just after it has answered that a transaction ends, and forgets some of its markers; and then something befalls the next transactions. */
function drawForgotten(dice: Dice, { guarantee, markerMs, inputMs }: Setup): readonly Fault[] {
  if (guarantee !== 'exactly_once' || markerMs < 20 || !dice.chance(0.25)) return []
  const atMs = dice.between(500, inputMs)
  const once = { kind: 'request', times: 1 } as const
  return [
    { ...once, atMs, api: endTxn, moment: 'after', skip: dice.below(4), act: 'broker', ms: dice.pick([20, 60, 400]) },
    {
      ...once,
      atMs: atMs + dice.between(10, 1000),
      api: dice.pick(ofTransactions),
      moment: dice.pick(['before', 'after']),
      skip: dice.below(3),
      act: dice.pick(['cut', 'kill', 'freeze', 'late']),
      ms: dice.pick([50, 1000, 7000]),
    },
  ]
}

const endTxn = 26
/** Produce, AddPartitionsToTxn, AddOffsetsToTxn, EndTxn, TxnOffsetCommit. */
const ofTransactions: readonly number[] = [0, 24, 25, endTxn, 28]

/** A member that does nothing, from the middle of a rebalance on, for so long that the others go on without it. */
function drawAbsence(dice: Dice, { instances, inputMs, sessionTimeoutMs }: Setup): readonly Fault[] {
  if (instances === 1 || !dice.chance(0.25)) return []
  const atMs = dice.between(500, inputMs)
  const absent: Fault = {
    kind: 'request',
    atMs,
    api: dice.pick([joinGroup, syncGroup]),
    moment: dice.pick(['before', 'after']),
    skip: dice.below(3),
    times: 1,
    act: 'freeze',
    ms: sessionTimeoutMs + dice.between(500, 4000),
  }
  return [absent, { kind: 'stop', atMs: atMs + 1, instance: dice.below(instances), downMs: dice.pick([50, 500]) }]
}

/** Where rows are deleted: an instance that comes back when their deletions are gone from the changelog. */
function drawStale(dice: Dice, { topics, persistent, instances, inputMs }: Setup): readonly Fault[] {
  if (!topics.deletes || topics.compactMs === 0 || !persistent || instances === 1) return []
  const downMs = deletionsKeptMs + dice.between(500, 3000)
  return [{ kind: 'kill', atMs: dice.between(0.1, 0.7) * inputMs, instance: dice.below(instances), downMs }]
}

/** A coordinator that comes back without the offsets of the last commit, whose rows the changelogs have; all instances begin again. */
function drawLostOffsets(dice: Dice, { guarantee, control, topics, serving, inputMs }: Setup): readonly Fault[] {
  const { partitionAtMs, retentionMs } = topics
  const known = guarantee === 'exactly_once' && !control && serving === undefined && partitionAtMs === undefined && retentionMs === 0
  return known && dice.chance(0.1) ? [{ kind: 'offsets', atMs: dice.between(500, inputMs + 1000), downMs: dice.pick([20, 400]) }] : []
}

/** A store that cannot be read while a rebalance waits for the records of its task. */
function drawBrokenWait(dice: Dice, { persistent, slowMs, instances, inputMs }: Setup): readonly Fault[] {
  if (!persistent || slowMs < 50 || instances === 1 || !dice.chance(0.5)) return []
  const [atMs, one] = [dice.between(500, inputMs), dice.below(instances)]
  return [
    { kind: 'stop', atMs, instance: one, downMs: 50 },
    { kind: 'unreadable', atMs: atMs + dice.between(0, slowMs), instance: (one + 1) % instances, forMs: dice.pick([20, 400]) },
  ]
}

const [joinGroup, syncGroup] = [11, 14] as const
