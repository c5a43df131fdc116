import { Dice } from '../dice.ts'
import { drawFault, type Fault, faultKinds, type FaultKind, forgets } from './faults.ts'
import { calmSetup, drawCalmFaults, type Calm } from './calm.ts'
import { drawEnds, endsSetup } from './ends.ts'
import { drawServing, type ServingSetup } from './serving/serving-setup.ts'
import { drawLateFaults, drawTopicFaults } from './scenarios.ts'

/** The parts of a world. */
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
  /** The time until all partitions of a transaction have its end marker, ms. */
  readonly markerMs: number
  /** How long the other replicas take to have a record, ms; 0: they have it at once. */
  readonly replicationMs: number
  /** How long a coordinator loads after a move, ms. */
  readonly loadingMs: number
  /** The time until the cluster notices that a broker is down, ms. */
  readonly missedMs: number
  /** How long a processor behind the first one delays some records while the first one does not wait for it, ms; undefined: there is no such processor. */
  readonly passMs: number | undefined
  readonly topics: TopicSetup
  /** So little fails at a time that the application must get over it soon; undefined: it may take until all is healed. */
  readonly calm?: Calm | undefined
  /** The instances serve models; undefined: they count. */
  readonly serving?: ServingSetup | undefined
}

/** Changes of the topics while the world runs. */
export interface TopicSetup {
  /** How often the changelog is compacted, ms; 0: never. */
  readonly compactMs: number
  /** Whether the processor deletes a count that has reached five, and begins anew; its changelog keeps deletions for `deletionsKeptMs`. */
  readonly deletes: boolean
  /** How often the inputs lose what is below the committed offsets, ms; 0: never. */
  readonly retentionMs: number
  /** The largest batch that the results take, bytes; some inputs then have headers of some size, and some too large ones. */
  readonly maxResultBytes: number | undefined
  /** When the inputs get another partition, ms; undefined: never. The topology then has no store. */
  readonly partitionAtMs: number | undefined
}

export const plainTopics: TopicSetup = { compactMs: 0, deletes: false, retentionMs: 0, maxResultBytes: undefined, partitionAtMs: undefined }

/** Everything that is drawn from a seed before its world begins; the same plan leads to the same events. */
export interface Plan {
  readonly seed: number
  readonly setup: Setup
  readonly faults: readonly Fault[]
}

/** The share of calm worlds, and that of worlds whose coordinators die while transactions end. */
const calmShare = 0.15
const endsShare = 0.05

export function drawPlan(seed: number): Plan {
  const dice = new Dice(seed, 'plan')
  const drawn = drawSetup(dice)
  // A separate sequence of random numbers, so that the other draws of a seed stay what they were before these topics were added.
  const more = new Dice(seed, 'topics')
  const topics = drawTopics(more, drawn)
  const passMs = !drawn.batches && more.chance(0.2) ? more.pick([1, 10]) : undefined
  const counting: Setup = { ...drawn, topics, passMs, control: drawn.control && topics.partitionAtMs === undefined }
  const serving = drawServing(new Dice(seed, 'applications'))
  const quiet = new Dice(seed, 'calm')
  if (quiet.chance(calmShare)) return drawCalm(seed, quiet, counting)
  const ends = new Dice(seed, 'ends')
  if (ends.chance(endsShare)) return drawEndings(seed, ends, counting)
  const setup = serving === undefined ? counting : served(counting, serving)
  const faults = [...drawFaults(dice, setup), ...drawTopicFaults(more, setup), ...drawLateFaults(new Dice(seed, 'more faults'), setup)]
  // Rows say by the clock of their instance how old they are: a clock that is set by more than deletions are kept makes them younger than they are.
  const kept = topics.deletes ? faults.filter(({ kind }) => kind !== 'clock') : faults
  // An offset that is lost can be told from the changelogs, unless these have lost something too.
  const apart = faults.some(({ kind }) => kind === 'offsets') ? kept.filter(fault => !forgets(fault)) : kept
  return { seed, setup, faults: apart.toSorted((a, b) => a.atMs - b.atMs) }
}

function drawCalm(seed: number, dice: Dice, drawn: Setup): Plan {
  const setup = calmSetup(dice, drawn)
  return { seed, setup, faults: drawCalmFaults(dice, setup).toSorted((a, b) => a.atMs - b.atMs) }
}

function drawEndings(seed: number, dice: Dice, drawn: Setup): Plan {
  const setup = endsSetup(dice, drawn)
  return { seed, setup, faults: drawEnds(dice, setup).toSorted((a, b) => a.atMs - b.atMs) }
}

/** The plan without the parts that only counting applications have. Copies of a global store are removed from the disk by the operating system, in an order that no seed decides. */
function served(setup: Setup, serving: ServingSetup): Setup {
  const topics = { ...setup.topics, deletes: false, maxResultBytes: undefined, partitionAtMs: undefined }
  const persistent = setup.persistent && serving.join === 'keyed'
  return { ...setup, persistent, control: false, batches: false, slowMs: 0, passMs: undefined, topics, serving }
}

function drawTopics(dice: Dice, { inputMs }: Pick<Setup, 'inputMs'>): TopicSetup {
  const grows = dice.chance(0.1)
  return {
    compactMs: dice.chance(0.3) ? dice.pick([150, 700]) : 0,
    deletes: !grows && dice.chance(0.25),
    retentionMs: dice.chance(0.25) ? dice.pick([100, 600]) : 0,
    maxResultBytes: dice.chance(0.35) ? 2000 : undefined,
    partitionAtMs: grows ? dice.between(0.2, 0.8) * inputMs : undefined,
  }
}

function drawSetup(dice: Dice): Omit<Setup, 'topics' | 'passMs' | 'serving'> {
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

/** A mix of faults, drawn from the seed: some kinds, and the number of each. */
function drawFaults(dice: Dice, setup: Setup): readonly Fault[] {
  const kinds: readonly FaultKind[] = faultKinds.filter(() => dice.chance(0.35))
  const count = kinds.length === 0 ? 0 : 1 + dice.below(dice.pick([2, 5, 10]))
  return Array.from({ length: count }, () => drawFault(dice, dice.pick(kinds), setup)).sort((a, b) => a.atMs - b.atMs)
}
