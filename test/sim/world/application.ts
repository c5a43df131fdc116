import type { Topology } from '../../../topology/index.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import type { Dice } from '../dice.ts'
import type { SimKafka } from '../kafka/index.ts'
import type { Write } from './inputs.ts'
import type { Setup } from './plan.ts'

export const applicationId = 'sim'
export const deadLetters = `${applicationId}-dead-letters`
/** Of each internal topic of the brokers. */
export const coordinatorPartitions = 4

export interface ApplicationTopics {
  /** The first of them is the main one. */
  readonly inputs: readonly string[]
  readonly results: string
  readonly changelogs: readonly string[]
  /** Others that are judged. */
  readonly more: readonly string[]
}

/** When something is drawn, and how much of it. */
export interface DrawnAt {
  readonly dice: Dice
  readonly atMs: number
  readonly count: number
}

/** What the instances of a world run, what it is given, and what must hold of what it gives. It looks at one cluster. */
export interface Application {
  readonly topics: ApplicationTopics
  /** How many inputs there are that are to be answered, how many are, and what is wrong. As of the last look. */
  readonly verdict: { readonly inputs: number; readonly answered: number; readonly violations: readonly string[] }
  /** How long an instance runs once more when all is answered, ms, for what it tells later than its answers; 0: there is nothing. */
  readonly afterlifeMs: number
  createTopics(): void
  /** For one life of an instance. */
  topology(disk: SimDisk): Topology
  /** The inputs of one moment, by partition. */
  draw(at: DrawnAt): readonly Write[]
  /** Writes beside those, each at its own moment. */
  drawMore(dice: Dice): readonly (Write & { readonly atMs: number })[]
  /** Sees what has become committed. */
  look(): void
  /** Judges what can be judged at the end alone; `disks`: of the instances. */
  finish(disks: readonly SimDisk[]): void
}

export interface ApplicationParts {
  readonly kafka: SimKafka
  readonly setup: Setup
}
