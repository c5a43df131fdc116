import type { Client } from './client.ts'

/** A list of questions to a broker, and what Kafka answers. */
export interface Exchange {
  readonly title: string
  /** `name`: for the topics, groups and transactional ids of this run. */
  readonly run: (client: Client, name: string) => Promise<readonly string[]>
  /** What Apache Kafka 4.4 answers, line by line. */
  readonly answers: readonly string[]
}
