// Written from ./topology-option-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.
import type { TopicConfigs } from './output/index.ts'
import type { AnySerde } from './topology-definition.ts'

/** The options of a source node. */
export interface SourceOptions {
  /**
   * How keys become bytes, and bytes keys.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly key: AnySerde
  /**
   * How values become bytes, and bytes values.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: AnySerde
  /**
   * Whether a task reads the topics to their ends before the first record of its other inputs, each time it starts.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly bootstrap?: boolean | undefined
}

/** The options of a sink node. */
export interface SinkOptions<K = unknown> {
  /**
   * How keys become bytes, and bytes keys.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly key: AnySerde
  /**
   * How values become bytes, and bytes values.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: AnySerde
  /**
   * The bytes by which a record's partition is chosen.
   *
   * Allowed: a function of the key that returns bytes.
   *
   * @defaultValue the key's
   */
  readonly partitionBy?: ((key: K) => Uint8Array) | undefined
}

/** The options of `TopologyTestDriver`. */
export interface TestDriverOptions {
  /**
   * Configurations of topics that are written to: a record that a broker would refuse is refused here.
   *
   * Allowed: an object of topic configurations, each under the name of its topic.
   *
   * @defaultValue Kafka's defaults
   */
  readonly topicConfigs?: Readonly<Record<string, TopicConfigs>> | undefined
}
