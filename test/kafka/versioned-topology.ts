import { stringSerde } from '../../records/serde.ts'
import { versionedKeyValueStore, type VersionedKeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'

const texts = { key: stringSerde, value: stringSerde }

/** Stores each setting as valid from the timestamp of its record; a record without a value ends it. */
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

/** Forwards with each reading the setting that was valid at its time. */
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

/** Joins each reading with the setting of its time. The store "settings" keeps the settings of an hour. */
export function createTopology(names: VersionedNames): Topology {
  return new Topology()
    .addSource('settings', names.settings, texts)
    .addSource('readings', names.readings, texts)
    .addProcessor('keep', settings, 'settings')
    .addProcessor('join', readings, 'readings')
    .addStateStore(versionedKeyValueStore({ name: 'settings', ...texts, historyRetentionMs: 3_600_000 }), 'keep', 'join')
    .addSink('out', names.out, texts, 'join')
}
