/** Topic settings that a broker knows, with Kafka's defaults. */
const defaults: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.type': 'producer',
  'delete.retention.ms': '86400000',
  'file.delete.delay.ms': '60000',
  'flush.messages': '9223372036854775807',
  'flush.ms': '9223372036854775807',
  'index.interval.bytes': '4096',
  'max.compaction.lag.ms': '9223372036854775807',
  'max.message.bytes': '1048588',
  'message.timestamp.after.max.ms': '3600000',
  'message.timestamp.before.max.ms': '9223372036854775807',
  'message.timestamp.type': 'CreateTime',
  'min.cleanable.dirty.ratio': '0.5',
  'min.compaction.lag.ms': '0',
  'min.insync.replicas': '1',
  preallocate: 'false',
  'retention.bytes': '-1',
  'retention.ms': '604800000',
  'segment.bytes': '1073741824',
  'segment.index.bytes': '10485760',
  'segment.jitter.ms': '0',
  'segment.ms': '604800000',
  'unclean.leader.election.enable': 'false',
}

/** What of a topic's settings is looked at with each record. */
export interface AppliedConfig {
  readonly maxMessageBytes: number
  readonly timestampAfterMs: number
  readonly timestampBeforeMs: number
  readonly compacted: boolean
  readonly minInSync: number
}

export class TopicConfigs {
  readonly #own = new Map<string, string>()
  #applied: AppliedConfig

  constructor(own: Readonly<Record<string, string>>) {
    this.#applied = this.set(own)
  }

  /** Whether there is a setting of that name. */
  static knows(name: string): boolean {
    return name in defaults
  }

  get applied(): AppliedConfig {
    return this.#applied
  }

  /** All settings of the topic's own; those before are gone. */
  set(own: Readonly<Record<string, string>>): AppliedConfig {
    this.#own.clear()
    for (const [name, value] of Object.entries(own)) this.#own.set(name, value)
    const number = (name: string): number => Number(this.get(name))
    this.#applied = {
      maxMessageBytes: number('max.message.bytes'),
      timestampAfterMs: number('message.timestamp.after.max.ms'),
      timestampBeforeMs: number('message.timestamp.before.max.ms'),
      compacted: this.get('cleanup.policy').includes('compact'),
      minInSync: number('min.insync.replicas'),
    }
    return this.#applied
  }

  get(name: string): string {
    return this.#own.get(name) ?? defaults[name] ?? ''
  }

  /** Those of these names, or all. `source`: 1, the topic's own; 5, the default. */
  describe(names: readonly string[] | null): { readonly name: string; readonly value: string; readonly source: number }[] {
    const asked = names === null || names.length === 0 ? Object.keys(defaults) : names.filter(name => TopicConfigs.knows(name))
    return asked.map(name => ({ name, value: this.get(name), source: this.#own.has(name) ? 1 : 5 }))
  }
}
