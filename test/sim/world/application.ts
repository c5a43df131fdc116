import type { Topology } from '../../../topology/index.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import type { Dice } from '../dice.ts'
import type { SimKafka } from '../kafka/index.ts'
import type { Write } from './inputs.ts'
import type { Setup } from './plan.ts'

export const applicationId = 'sim'
export const deadLetters = `${applicationId}-dead-letters`
/** The number of partitions of each internal topic of the brokers. */
export const coordinatorPartitions = 4

export interface ApplicationTopics {
  /** The input topics; the first one is the main input. */
  readonly inputs: readonly string[]
  readonly results: string
  readonly changelogs: readonly string[]
  /** Further topics that the judge reads. */
  readonly more: readonly string[]
}

/** The random numbers, the time and the number of the inputs that are drawn. */
export interface DrawnAt {
  readonly dice: Dice
  readonly atMs: number
  readonly count: number
}

/** The application that the instances of a world run: its inputs, and the conditions that its outputs must meet. It reads one cluster. */
export interface Application {
  readonly topics: ApplicationTopics
  /** The number of inputs that need an answer, the number that have one, and the faults that were found, as of the last look. */
  readonly verdict: { readonly inputs: number; readonly answered: number; readonly violations: readonly string[] }
  /** How long an instance runs on after the last answer, ms, so that outputs which follow the answers are written; 0: there are none. */
  readonly afterlifeMs: number
  createTopics(): void
  /** Creates the application for one life of an instance. */
  topology(disk: SimDisk): Topology
  /** The inputs of one moment, by partition. */
  draw(at: DrawnAt): readonly Write[]
  /** Further writes, each at a moment of its own. */
  drawMore(dice: Dice): readonly (Write & { readonly atMs: number })[]
  /** Reads the records that have been committed since the last look. */
  look(): void
  /** Checks the conditions that can only be checked at the end. `disks`: the disks of the instances. */
  finish(disks: readonly SimDisk[]): void
}

export interface ApplicationParts {
  readonly kafka: SimKafka
  readonly setup: Setup
}
