import { stringSerde } from '../../records/serde.ts'
import { versionedKeyValueStore, type VersionedKeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'

const texts = { key: stringSerde, value: stringSerde }

/** Keeps each setting from its record's timestamp on; one without a value ends it. */
function settings(): Processor<string, string | null> {
  let store: VersionedKeyValueStore<string, string>
  return {
    init(context) {
      store = context.getStateStore('settings')
    },
    async process({ key, value, timestamp }) {
      await (value === null ? store.delete(key, timestamp) : store.put(key, value, timestamp))
    },
  }
}

/** Tells of each reading what the setting was at its time. */
function readings(): Processor<string, string, string, string> {
  let context: ProcessorContext<string, string>
  let store: VersionedKeyValueStore<string, string>
  return {
    init(given) {
      context = given
      store = given.getStateStore('settings')
    },
    async process(record: StreamRecord<string, string>) {
      const setting = await store.get(record.key, record.timestamp)
      await context.forward({ ...record, value: `${record.value}: ${setting?.value ?? 'none'}` })
    },
  }
}

export interface VersionedNames {
  readonly settings: string
  readonly readings: string
  readonly out: string
}

/** Joins readings with settings, each as of its own time; the settings of an hour are kept in the store "settings". */
export function createTopology(names: VersionedNames): Topology {
  return new Topology()
    .addSource('settings', names.settings, texts)
    .addSource('readings', names.readings, texts)
    .addProcessor('keep', settings, 'settings')
    .addProcessor('join', readings, 'readings')
    .addStateStore(versionedKeyValueStore({ name: 'settings', ...texts, historyRetentionMs: 3_600_000 }), 'keep', 'join')
    .addSink('out', names.out, texts, 'join')
}
