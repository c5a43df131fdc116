/** What a run was asked to do. */
export interface LifeSettings {
  /** In the form of KAFKA_BROKERS. */
  readonly brokers: string
  /** Directory for all files. */
  readonly directory: string
  readonly signal: AbortSignal
  readonly log: (line: string) => void
  /** Data records a second. */
  readonly rate: number
  /** Length of a stretch of load between two changes, s. */
  readonly seconds: number
  /** Longest time between two commits of the instances, ms. */
  readonly commitMs: number
  /** Keys of `canary`. */
  readonly keys: number
  /** Results that `lineage` scores again. */
  readonly results: number
  readonly swaps: number
  /** How often the champion of `shadows` is measured alone, and with shadows. */
  readonly rounds: number
}

/** What was seen of one promise. */
export interface Finding {
  readonly what: string
  readonly found: string
  readonly holds: boolean
  /** It is about times: on a machine that is busy with other things it may not hold. */
  readonly timed?: true
  /** Numbers of records by latency, for each kind of stretch. */
  readonly histogram?: readonly Readonly<Record<string, string | number>>[]
}

/** Shows some promises on a real Kafka, with instances as processes of their own. */
export interface Scenario {
  readonly what: string
  readonly run: (settings: LifeSettings) => Promise<readonly Finding[]>
}
