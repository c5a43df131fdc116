/** The time and random numbers of a simulated Kafka, both provided by the simulation. */
export interface SimHost {
  /** Epoch ms. */
  now(): number
  /** Calls the function once, after this many ms; the returned function cancels the call. */
  after(ms: number, run: () => void): () => void
  /** A random number from 0 (inclusive) to 1 (exclusive). */
  random(): number
}

export interface SimKafkaOptions {
  /** The number of brokers; their ids are 1, 2, …. */
  readonly brokers: number
  readonly host: SimHost
  /** The cluster's `transaction.version`; 2 (the default): each transaction has an epoch of its own (KIP-890). */
  readonly transactionVersion?: 1 | 2
  /** Where each broker says that it listens. Default: host `broker-1`, …, port 9092. */
  readonly addresses?: readonly { readonly host: string; readonly port: number }[]
  readonly timing?: Partial<Timing>
  readonly limits?: Partial<Limits>
}

/** Delays, all in ms. */
export interface Timing {
  /** From a write until all in-sync replicas have the record; 0: they have it at once, before any other event. */
  readonly replication: number
  /** Between the request to the coordinator whether a transaction is open and the write that the request was made for; 0: no event comes between. */
  readonly verification: number
  /** Until the leader of a new partition knows of the partition. */
  readonly creation: number
  /** From EndTxn until a marker is written: drawn from half to one and a half times this value. */
  readonly marker: number
  /** Between retries of an operation that waits for a broker which is down. */
  readonly retry: number
  /** Until the cluster notices that a broker is down (`broker.session.timeout.ms`) and elects other leaders. */
  readonly session: number
  /** The time that a coordinator needs to load its state after it has moved to another broker. */
  readonly loading: number
  /** Until a restarted broker is in sync. */
  readonly sync: number
  /** `group.initial.rebalance.delay.ms` */
  readonly initialRebalance: number
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms`: the interval at which transactions that have timed out are looked for. */
  readonly timeoutScan: number
}

export interface Limits {
  /** `transaction.max.timeout.ms` */
  readonly transactionTimeoutMs: number
  /** `group.min.session.timeout.ms` */
  readonly minSessionMs: number
  /** `group.max.session.timeout.ms` */
  readonly maxSessionMs: number
  /** The number of partitions of `__consumer_offsets`, and of `__transaction_state`. */
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
