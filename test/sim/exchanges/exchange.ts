import type { Client } from './client.ts'

/** A list of requests to a broker, and the answers that Kafka gives. */
export interface Exchange {
  readonly title: string
  /** `name`: for the topics, groups and transactional ids of this run. */
  readonly run: (client: Client, name: string) => Promise<readonly string[]>
  /** The answers of Apache Kafka 4.4, one line each. */
  readonly answers: readonly string[]
}
