// Written from ./topology-option-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.
import type { TopicConfigs } from './output/index.ts'
import type { AnySerde } from './topology-definition.ts'

/** The options of a source node. */
export interface SourceOptions {
  /**
   * Serde of the keys.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly key: AnySerde
  /**
   * Serde of the values.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: AnySerde
  /**
   * Whether a task that starts reads these topics to their ends before it processes its other inputs.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly bootstrap?: boolean | undefined
  /**
   * Whether a task that starts processes these topics from their beginnings, for processors that keep what they read in memory only; what the group has committed already writes no output again.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly replay?: boolean | undefined
}

/** The options of a sink node. */
export interface SinkOptions<K = unknown> {
  /**
   * Serde of the keys.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly key: AnySerde
  /**
   * Serde of the values.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: AnySerde
  /**
   * Returns the bytes whose hash chooses the partition of a record, from the key.
   *
   * Allowed: a function of the key that returns bytes.
   *
   * @defaultValue the serialized key
   */
  readonly partitionBy?: ((key: K) => Uint8Array) | undefined
  /**
   * Whether the application creates the topic if it is missing, whatever createPartitions is, with as many partitions as the sink's inputs.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly created?: boolean | undefined
  /**
   * Whether the topic is one of the application: its name follows the application id and a hyphen, and the application creates it if it is missing.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly ofApplication?: boolean | undefined
}

/** The options of `TopologyTestDriver`. */
export interface TestDriverOptions {
  /**
   * Configurations of output topics, by topic; the driver refuses the records that a broker would refuse.
   *
   * Allowed: an object of topic configurations, each under the name of its topic.
   *
   * @defaultValue Kafka's defaults
   */
  readonly topicConfigs?: Readonly<Record<string, TopicConfigs>> | undefined
}
