// Written from ./topic-config-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.

/** What a topic's configuration says of the records that it takes, by Kafka's own names. Defaults are Kafka's. */
export interface TopicConfigs {
  /**
   * Largest record batch.
   *
   * Unit: bytes. Allowed: a whole number, 0 or more, or Infinity.
   *
   * @defaultValue `1048588`
   */
  readonly 'max.message.bytes'?: number | string | undefined
  /**
   * Size of a log segment; no record batch can be larger.
   *
   * Unit: bytes. Allowed: a whole number, 0 or more, or Infinity.
   *
   * @defaultValue `1073741824`
   */
  readonly 'segment.bytes'?: number | string | undefined
  /**
   * Compression that the broker stores batches with; producer: the compression of the producer.
   *
   * Allowed: text that is not empty.
   *
   * @defaultValue `producer`
   */
  readonly 'compression.type'?: string | undefined
  /**
   * What becomes of old records; a compacted topic refuses records without a key.
   *
   * Allowed: delete, compact, or both separated by a comma.
   *
   * @defaultValue `delete`
   */
  readonly 'cleanup.policy'?: string | undefined
  /**
   * CreateTime (the record's own timestamp) or LogAppendTime (set by the broker).
   *
   * Allowed: CreateTime | LogAppendTime.
   *
   * @defaultValue `CreateTime`
   */
  readonly 'message.timestamp.type'?: 'CreateTime' | 'LogAppendTime' | undefined
  /**
   * How far a timestamp may be before the broker's clock.
   *
   * Unit: ms. Allowed: a whole number, 0 or more, or Infinity.
   *
   * @defaultValue `Infinity`
   */
  readonly 'message.timestamp.before.max.ms'?: number | string | undefined
  /**
   * How far a timestamp may be after the broker's clock.
   *
   * Unit: ms. Allowed: a whole number, 0 or more, or Infinity.
   *
   * @defaultValue `3600000`
   */
  readonly 'message.timestamp.after.max.ms'?: number | string | undefined
}
