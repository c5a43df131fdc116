/** What a simulated Kafka has of the world: time and chance, both the simulation's. */
export interface SimHost {
  /** Epoch ms. */
  now(): number
  /** Runs once, after so many ms; the result cancels it. */
  after(ms: number, run: () => void): () => void
  /** From 0 to below 1. */
  random(): number
}

export interface SimKafkaOptions {
  /** How many; their ids are 1, 2, …. */
  readonly brokers: number
  readonly host: SimHost
  /** The cluster's `transaction.version`; 2 (the default): each transaction has an epoch of its own (KIP-890). */
  readonly transactionVersion?: 1 | 2
  /** Where each broker says that it listens. Default: host `broker-1`, …, port 9092. */
  readonly addresses?: readonly { readonly host: string; readonly port: number }[]
  readonly timing?: Partial<Timing>
  readonly limits?: Partial<Limits>
}

/** ms. */
export interface Timing {
  /** Until a record is with all in-sync replicas; 0: at once, before anything else happens. */
  readonly replication: number
  /** Between a look at the coordinator whether a transaction is open and the write that it was for; 0: nothing comes between. */
  readonly verification: number
  /** Until a new partition's leader has heard of it. */
  readonly creation: number
  /** Until a marker of a transaction that was told to end is written; half to one and a half times that. */
  readonly marker: number
  /** Between tries of what a broker that is away holds up. */
  readonly retry: number
  /** Until a broker that is gone is missed (`broker.session.timeout.ms`): others lead then. */
  readonly session: number
  /** How long a coordinator loads after a move. */
  readonly loading: number
  /** Until a broker that has come back is in sync. */
  readonly sync: number
  /** `group.initial.rebalance.delay.ms` */
  readonly initialRebalance: number
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms`: transactions whose time is over are looked for so often. */
  readonly timeoutScan: number
}

export interface Limits {
  /** `transaction.max.timeout.ms` */
  readonly transactionTimeoutMs: number
  /** `group.min.session.timeout.ms` */
  readonly minSessionMs: number
  /** `group.max.session.timeout.ms` */
  readonly maxSessionMs: number
  /** Of `__consumer_offsets` and `__transaction_state` each. */
  readonly coordinatorPartitions: number
}

export const defaultTiming: Timing = {
  replication: 0,
  verification: 0,
  creation: 0,
  marker: 2,
  retry: 20,
  session: 3000,
  loading: 5,
  sync: 100,
  initialRebalance: 0,
  timeoutScan: 10_000,
}

export const defaultLimits: Limits = {
  transactionTimeoutMs: 900_000,
  minSessionMs: 1000,
  maxSessionMs: 1_800_000,
  coordinatorPartitions: 4,
}
